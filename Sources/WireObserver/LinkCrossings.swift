import EvidenceModel
import PacketWire

/// Compares the captures at both ends of the link packet by packet: what was lost, delayed, repeated or overtaken.
///
/// A packet is the same at both ends when addresses, ports, IP identification, sequence and acknowledgement numbers and
/// flags are; the link changes none of them. Packets that the link cuts or makes have no sender and are counted apart.
/// A packet longer than the MTU, as devices with offloads show it, stands for the packets that the link cut it into or
/// joined it from. Only TCP over IPv4 is compared, captured as raw IP (the testbed's devices) or Ethernet.
public enum LinkCrossings {
    /// The crossings of every broker whose capture is given, two for each.
    ///
    /// - Parameter mtu: bytes of the longest packet that the link lets through; longer ones are its pieces, joined.
    /// - Throws: ``CaptureError`` when a file cannot be read or is no capture.
    public static func analyse(
        client: String, brokers: [(path: String, node: Int)], mtu: Int = 1500
    ) throws -> [WireEvidence.Crossing] {
        let atClient = try Side(client, mtu: mtu)
        return try brokers.flatMap { broker in
            let atBroker = try Side(broker.path, mtu: mtu)
            // Behind address translation the two ends have no packet in common, and nothing can be compared.
            guard !atClient.pairs.isDisjoint(with: atBroker.pairs) else { return [WireEvidence.Crossing]() }
            return [
                crossing(broker.node, .clientToBroker, sent: atClient.up, received: atBroker.up, atBroker.pairs),
                crossing(broker.node, .brokerToClient, sent: atBroker.down, received: atClient.down, atBroker.pairs),
            ]
        }
    }

    /// What tells one packet from another.
    private struct Key: Hashable {
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

        var connection: String {
            let source = UInt16(truncatingIfNeeded: portsAndSequence >> 48)
            let destination = UInt16(truncatingIfNeeded: portsAndSequence >> 32)
            return "\(Self.text(UInt32(truncatingIfNeeded: addresses >> 32))):\(source)>"
                + "\(Self.text(UInt32(truncatingIfNeeded: addresses))):\(destination)"
        }

        private static func text(_ address: UInt32) -> String {
            "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        }
    }

    private struct Packet {
        var timeUs: Int64
        var key: Key
    }

    /// The packets of one capture by direction; the broker is the end with the lower port.
    private struct Side {
        var up: [Packet] = []
        var down: [Packet] = []
        var pairs: Set<UInt64> = []

        init(_ path: String, mtu: Int) throws {
            var up: [Packet] = []
            var down: [Packet] = []
            var pairs: Set<UInt64> = []
            _ = try CaptureFileReader(path: path).forEachPacket { captured in
                guard let bytes = Self.packet(captured), let (key, isUp) = Self.key(bytes) else { return }
                pairs.insert(key.pair(isUp: isUp))
                Self.forEachPiece(key, bytes, mtu: mtu) { key in
                    let packet = Packet(timeUs: captured.timeNs / 1000, key: key)
                    if isUp { up.append(packet) } else { down.append(packet) }
                }
            }
            self.up = up
            self.down = down
            self.pairs = pairs
        }

        /// The IP packet of a frame.
        private static func packet(_ captured: CapturedPacket) -> UnsafeRawBufferPointer? {
            switch captured.linkType {
            case .raw, .ipv4: return captured.bytes
            case .ethernet:
                guard captured.bytes.count > 14, captured.bytes[12] == 8, captured.bytes[13] == 0 else { return nil }
                return UnsafeRawBufferPointer(rebasing: captured.bytes[14...])
            default: return nil
            }
        }

        /// The packets of the MTU that a longer one stands for; itself if it is none.
        private static func forEachPiece(
            _ key: Key, _ bytes: UnsafeRawBufferPointer, mtu: Int, _ body: (Key) -> Void
        ) {
            let length = Int(bytes[2]) << 8 | Int(bytes[3])
            guard length > mtu, let cut = TCPSegmentation(headers: bytes, length: length, mtu: mtu) else {
                return body(key)
            }
            for piece in 0..<cut.count { body(key.piece(piece, of: cut)) }
        }

        private static func key(_ bytes: UnsafeRawBufferPointer) -> (Key, isUp: Bool)? {
            guard bytes.count >= 20, bytes[0] >> 4 == 4, bytes[9] == 6 else { return nil }
            let header = Int(bytes[0] & 15) * 4
            guard header >= 20, bytes.count >= header + 14 else { return nil }
            func number(_ at: Int, _ count: Int) -> UInt64 {
                (at..<at + count).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
            }
            let source = number(header, 2)
            let destination = number(header + 2, 2)
            let key = Key(
                addresses: number(12, 8), portsAndSequence: number(header, 8),
                rest: number(header + 8, 4) << 32 | number(4, 2) << 8 | UInt64(bytes[header + 13]))
            return (key, source > destination)
        }
    }

    private static func crossing(
        _ node: Int, _ direction: Direction, sent: [Packet], received: [Packet], _ pairs: Set<UInt64>
    ) -> WireEvidence.Crossing {
        let isUp = direction == .clientToBroker
        var result = WireEvidence.Crossing(node: node, direction: direction)
        let mine = { (packet: Packet) in pairs.contains(packet.key.pair(isUp: isUp)) }
        var arrivals: [Key: [Int64]] = [:]
        for packet in received where mine(packet) { arrivals[packet.key, default: []].append(packet.timeUs) }
        for key in arrivals.keys { arrivals[key]?.sort(by: >) }
        var known: Set<Key> = []
        var slices: [Int64: (sent: Int, delays: [Int64])] = [:]
        var order: [(arrivedUs: Int64, index: Int)] = []
        for (index, packet) in sent.enumerated() where mine(packet) {
            result.sent += 1
            known.insert(packet.key)
            let slice = packet.timeUs / WireEvidence.Crossing.sliceUs
            slices[slice, default: (0, [])].sent += 1
            guard let arrivedUs = arrivals[packet.key]?.popLast() else {
                if result.lost.count < WireEvidence.Crossing.lostLimit {
                    result.lost.append(
                        .init(
                            timeUs: packet.timeUs, connection: packet.key.connection, sequence: packet.key.sequence))
                }
                continue
            }
            result.arrived += 1
            slices[slice]?.delays.append(arrivedUs - packet.timeUs)
            order.append((arrivedUs, index))
        }
        for (key, rest) in arrivals where !rest.isEmpty {
            if known.contains(key) { result.duplicated += rest.count } else { result.made += rest.count }
        }
        order.sort { ($0.arrivedUs, $0.index) < ($1.arrivedUs, $1.index) }
        var latest = -1
        for packet in order {
            if packet.index < latest { result.reordered += 1 }
            latest = max(latest, packet.index)
        }
        result.slices = slices.sorted { $0.key < $1.key }.map { slice, content in
            let delays = content.delays.sorted()
            return .init(
                timeUs: slice * WireEvidence.Crossing.sliceUs, sent: content.sent, arrived: delays.count,
                delaysUs: delays.count <= 21 ? delays : (0...20).map { delays[$0 * (delays.count - 1) / 20] })
        }
        return result
    }
}
