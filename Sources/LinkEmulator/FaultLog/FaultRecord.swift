import EvidenceModel
import PacketWire

/// A fault log entry as the packet path writes it: plain, of fixed size, turned into JSON by another thread.
///
/// `FaultRecorder` makes them all.
struct FaultRecord: BitwiseCopyable {
    /// What the record is.
    enum Kind: UInt8 { case packet, phaseBegan, phaseEnded, triggered }

    /// Microseconds since the epoch.
    var timeUs: Int64 = 0
    var delayUs: Int64 = 0
    var packetIndex: UInt64 = 0
    var source: UInt32 = 0
    var destination: UInt32 = 0
    var sequence: UInt32 = 0
    var lengthBytes: Int32 = 0
    var correlationID: Int32 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var node: UInt16 = 0
    /// Index of the fault; `FaultRecord.link` for the link itself.
    var fault: UInt16 = 0
    /// Index into `ReasonTable`.
    var reason: UInt16 = 0
    var apiKey: Int16 = -1
    var kind = Kind.packet
    var fate = PacketFate.drop
    var isClientToBroker = false
    var isTCP = false
    var hasDelay = false
    /// 0 none, 1 request, 2 response.
    var message: UInt8 = 0

    /// The fault index that stands for the link itself, as when a limit of the link was hit.
    static let link = UInt16.max

    /// Fills in length, addresses and, for TCP, ports and sequence number.
    mutating func describe(_ bytes: UnsafeRawBufferPointer) {
        lengthBytes = Int32(truncatingIfNeeded: bytes.count)
        guard let packet = try? IPv4Packet(bytes), packet.protocolNumber == IPv4Packet.ProtocolNumber.tcp,
            !packet.isFragment, let segment = try? TCPSegment(packet.payload)
        else { return }
        isTCP = true
        source = packet.source.value
        destination = packet.destination.value
        sourcePort = segment.sourcePort
        destinationPort = segment.destinationPort
        sequence = segment.sequence
    }

    /// Fills in the addresses and ports of a connection, in one of its directions.
    mutating func describe(_ key: ConnectionKey, isUp: Bool) {
        isTCP = true
        source = isUp ? key.client : key.server
        destination = isUp ? key.server : key.client
        sourcePort = isUp ? key.clientPort : key.serverPort
        destinationPort = isUp ? key.serverPort : key.clientPort
    }

    /// Names the Kafka message.
    mutating func name(_ seen: SeenMessage) {
        message = seen.isRequest ? 1 : 2
        apiKey = seen.apiKey
        correlationID = seen.correlationID
    }
}
