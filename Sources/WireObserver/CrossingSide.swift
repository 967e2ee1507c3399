import PacketWire

/// What tells the packets of one capture apart, kept while the capture is read, so that ``LinkCrossings`` can compare the
/// two ends without reading a file again.
///
/// Which way a packet goes is known when the capture is over: by the connection's client, proven by its handshake or by what
/// it says.
final class CrossingSide {
    /// What tells one packet from another.
    struct Key: Hashable {
        var addresses: UInt64
        var portsAndSequence: UInt64
        var rest: UInt64

        var sequence: UInt32 { UInt32(truncatingIfNeeded: portsAndSequence) }

        /// Client address and broker address, whichever way the packet goes.
        func pair(isUp: Bool) -> UInt64 { isUp ? addresses : addresses << 32 | addresses >> 32 }

        /// The key of a piece of this packet.
        func piece(_ index: Int, of cut: TCPSegmentation) -> Key {
            var key = self
            key.portsAndSequence = (portsAndSequence >> 32) << 32 | UInt64(cut.sequence(ofPiece: index))
            key.rest =
                (rest >> 32) << 32 | UInt64(cut.identification(ofPiece: index)) << 8
                | UInt64(cut.flags(ofPiece: index).rawValue)
            return key
        }

        /// `198.18.0.1:40000>198.18.1.1:9092`, sender first.
        var connection: String {
            "\(WireAnalysis.text(source))>\(WireAnalysis.text(destination))"
        }

        var source: ObservedConnection.Endpoint {
            .init(
                address: IPAddress(v4: UInt32(truncatingIfNeeded: addresses >> 32)),
                port: UInt16(truncatingIfNeeded: portsAndSequence >> 48))
        }

        var destination: ObservedConnection.Endpoint {
            .init(
                address: IPAddress(v4: UInt32(truncatingIfNeeded: addresses)),
                port: UInt16(truncatingIfNeeded: portsAndSequence >> 32))
        }
    }

    struct Packet {
        var timeUs: Int64
        var key: Key
    }

    /// Bytes of the longest packet that the link lets through; longer ones are its pieces, joined.
    private let mtu: Int
    private var packets: [Packet] = []
    private(set) var up: [Packet] = []
    private(set) var down: [Packet] = []
    /// Client and broker addresses of all packets.
    private(set) var pairs: Set<UInt64> = []
    /// The client's end of each pair of ends, once it is known.
    private var clients: [ConnectionTable.FlowKey: ObservedConnection.Endpoint] = [:]

    init(mtu: Int) { self.mtu = mtu }

    /// Notes a segment as the capture holds it, with a right checksum or without.
    func note(_ segment: CapturedSegment, timeNs: Int64) {
        guard segment.source.isV4, segment.destination.isV4 else { return }
        let key = Key(
            addresses: segment.source.low << 32 | segment.destination.low & 0xffff_ffff,
            portsAndSequence: UInt64(segment.sourcePort) << 48 | UInt64(segment.destinationPort) << 32
                | UInt64(segment.sequence),
            rest: UInt64(segment.acknowledgement) << 32 | UInt64(segment.identification) << 8 | UInt64(segment.flags))
        let length = segment.networkLength
        guard length > mtu, let cut = TCPSegmentation(headers: segment.network, length: length, mtu: mtu) else {
            packets.append(Packet(timeUs: timeNs / 1000, key: key))
            return
        }
        for piece in 0..<cut.count {
            packets.append(Packet(timeUs: timeNs / 1000, key: key.piece(piece, of: cut)))
        }
    }

    /// The ends of a connection are known for good.
    func note(_ key: ConnectionTable.FlowKey, _ connection: ObservedConnection) { clients[key] = connection.client }

    /// The capture is over: every packet gets its direction.
    func settle() {
        for packet in packets {
            let source = packet.key.source
            let destination = packet.key.destination
            // A packet with a damaged header belongs to no connection: the lower port serves.
            let client = clients[ConnectionTable.FlowKey(source, destination)]
            let isUp = client.map { $0 == source } ?? (source.port > destination.port)
            pairs.insert(packet.key.pair(isUp: isUp))
            if isUp { up.append(packet) } else { down.append(packet) }
        }
        packets = []
    }
}
