import EvidenceModel
import PacketWire
import ScenarioModel

/// Gives packets a fate. One value for each fault, node and direction, so its state is that of one path.
///
/// Runs on the packet path: no allocation, no class, no array; what needs memory takes it when it is made.
protocol Impairment {
    /// Decides over one packet: drops it, holds it, changes it, asks for a copy, or leaves it alone.
    ///
    /// Everything random comes from `packet.uniform`, everything about time from `packet.time` and `packet.elapsed`.
    mutating func apply(to packet: inout PacketInTransit)

    /// Called when the fault's phase begins, before its first packet.
    ///
    /// - Parameter index: of the path's next packet, whether or not a fault in front lets it through: what counts
    ///   packets counts from there, so that no other fault can shift it.
    mutating func phaseBegan(at index: UInt64)

    /// Gives memory back.
    func free()
}

extension Impairment {
    mutating func phaseBegan(at index: UInt64) {}
    func free() {}
}

/// An impairment as the link knows it: its words, and how it is made from a fault's settings.
///
/// To add one: write a file like the others here, add it to `ImpairmentKind.all`, write its test. See
/// docs/add-an-impairment.md.
struct ImpairmentKind: Sendable {
    /// The reason that stands in the fault log, and the main word.
    let name: String
    /// The words it takes, its modifiers too.
    let keywords: [FaultKeyword]
    /// Makes it from a fault's settings; nil when the fault does not ask for it.
    ///
    /// - Throws: `ScenarioError`, as `keywords` would; `LinkError` when memory is short.
    let make: @Sendable (FaultSettings) throws -> (any Impairment)?
}

/// The settings of one fault, as an impairment reads them.
struct FaultSettings {
    private let values: [String: ScenarioValue]
    /// Length of the fault's phase in nanoseconds; nil for one without an end.
    let phaseLengthNs: Int64?
    /// The link's MTU in bytes.
    let mtu: Int

    init(_ settings: [FaultSpec.Setting], phaseLengthNs: Int64?, mtu: Int) {
        values = Dictionary(settings.map { ($0.keyword, $0.value) }, uniquingKeysWith: { _, last in last })
        self.phaseLengthNs = phaseLengthNs
        self.mtu = mtu
    }

    /// The value of a word; nil when the fault does not have it.
    subscript(_ keyword: String) -> ScenarioValue? { values[keyword] }
}

/// A packet on its way through the impairments of its path.
///
/// Faults act like links in a row, in the order of the scenario file: `time` is when the packet leaves those before.
struct PacketInTransit {
    /// The packet's bytes; an impairment may change them.
    let bytes: UnsafeMutableRawBufferPointer
    /// When the packet reached the link, monotonic nanoseconds.
    let arrival: Int64
    /// Index among the packets of its node and direction, from 0.
    let index: UInt64
    /// 0 for the packet itself, 1… for copies made by `duplicate`.
    let copy: UInt64
    /// When the packet leaves what acted on it so far.
    var time: Int64
    /// True after `drop`; nothing acts on it any more.
    private(set) var isDropped = false
    /// True after `duplicate`, until the link has made the copy.
    var wantsCopy = false
    /// True while later impairments of the same fault are to leave the packet alone in time, as `reorder` asks.
    var overtakes = false
    /// The TCP checksum is only begun: an impairment that changes bytes must call `completeChecksum` first.
    var hasPartialChecksum = false

    let node: UInt16
    let isClientToBroker: Bool
    /// When the fault's phase began, monotonic nanoseconds.
    var phaseStart: Int64 = 0
    /// The draws of this fault on this path.
    var stream = RandomStream(seed: 0, node: 0, direction: 0, fault: "")
    /// The fault and the impairment that act now.
    var fault: UInt16 = 0
    var reason: UInt16 = 0
    /// Microseconds since the epoch at monotonic time 0.
    let epochOffsetNs: Int64
    let log: UnsafePointer<FaultLogRing>

    /// How long the phase had lasted when the packet reached the link, nanoseconds.
    var elapsed: Int64 { max(arrival - phaseStart, 0) }

    /// A uniform number in 0..<1 for one decision of this impairment.
    ///
    /// - Parameter purpose: a number of its own for each kind of decision: `RandomPurpose`.
    @inline(__always)
    func uniform(_ purpose: UInt64) -> Double { stream.uniform(index: index, purpose: purpose &+ copy &<< 32) }

    /// Loses the packet.
    @inline(__always)
    mutating func drop() {
        isDropped = true
        record(.drop)
    }

    /// Holds the packet for some nanoseconds more.
    @inline(__always)
    mutating func hold(_ nanoseconds: Int64, as fate: FateCode = .delay) {
        time &+= nanoseconds
        record(fate, delayNs: nanoseconds)
    }

    /// Asks for a copy, which goes on behind this impairment on its own.
    @inline(__always)
    mutating func duplicate() {
        wantsCopy = true
        record(.duplicate)
    }

    /// Makes the TCP checksum whole where it is only begun, so that a change of bytes makes it wrong.
    mutating func completeChecksum() {
        guard hasPartialChecksum else { return }
        IPv4Mutation.updateTCPChecksum(bytes)
        hasPartialChecksum = false
    }

    /// Writes the decision to the fault log.
    func record(_ fate: FateCode, delayNs: Int64? = nil) {
        var record = FaultRecord()
        record.timeUs = (arrival &+ epochOffsetNs) / 1000
        record.fate = fate.rawValue
        record.fault = fault
        record.reason = reason
        record.packetIndex = index
        record.node = node
        record.isClientToBroker = isClientToBroker
        if let delayNs {
            record.hasDelay = true
            record.delayUs = delayNs / 1000
        }
        record.describe(UnsafeRawBufferPointer(bytes))
        log.pointee.write(record)
    }
}

extension FaultRecord {
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
}

/// One number for each kind of random decision, so that the decisions of one fault are independent of each other.
enum RandomPurpose {
    static let loss: UInt64 = 1
    static let lossState: UInt64 = 2
    static let jitter: UInt64 = 3
    static let jitterSecond: UInt64 = 4
    static let duplicate: UInt64 = 5
    static let reorder: UInt64 = 6
    static let corrupt: UInt64 = 7
    static let corruptBit: UInt64 = 8
}
