import EvidenceModel

/// The buffer of a socket: a connection carries at most what its sender may hold until it is acknowledged, or its
/// receiver may hold unread, in each round trip.
///
/// A program that sets `SO_SNDBUF` gets twice that (tcp(7), socket(7)), at most twice `net.core.wmem_max`, and loses the
/// kernel's own tuning; one that does not has up to the most of `tcp_wmem`. The receiver's window is half of the most of
/// `tcp_rmem` (`tcp_adv_win_scale` 1).
enum SocketBufferLimit: LimitRule {
    /// Whose buffer is the smaller one, and how much it takes.
    struct Buffer {
        var isSenders: Bool
        var bytes: Int
        /// Where it comes from, for people.
        var origin: String
    }

    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let wire = situation.observation.wire, let seen = wire.unacknowledgedBytes, seen > 0,
            let buffer = buffer(situation)
        else { return nil }
        let roundTripMs = roundTripMs(situation, wire)
        // A write that finds any room may be taken whole, and then more is under way than the buffer says.
        let carried = max(buffer.bytes, seen)
        let ceiling =
            Double(carried) / max(roundTripMs, 0.001) * 1000 * Double(max(wire.connections, 1))
            / max(wire.wireBytesPerRecord, 1)
        return CapacityLimit(
            kind: .socketBuffer, ceilingRecordsPerS: ceiling, used: min(Double(seen) / Double(buffer.bytes), 1),
            evidence: "\(Text.number(Double(seen) / 1000)) KB of a connection were under way in each round trip of"
                + " \(Text.number(roundTripMs)) ms; the \(buffer.isSenders ? "sender" : "receiver")'s buffer takes"
                + " \(Text.number(Double(buffer.bytes) / 1000)) KB (\(buffer.origin)), and"
                + " \(Text.number(Double(carried) / 1000)) KB in each are \(Text.number(ceiling)) records/s")
    }

    /// The way as it was asked for, else as it was seen.
    private static func roundTripMs(_ situation: PointSituation, _ wire: PointObservation.Wire) -> Double {
        let asked = Direction.allCases.compactMap { situation.configured("delay_ms", $0) }
        return asked.isEmpty ? wire.baseTransitMs : asked.reduce(0, +)
    }

    /// The smaller of the two buffers; nil where the record does not say what TCP had.
    static func buffer(_ situation: PointSituation) -> Buffer? {
        guard let tcp = situation.cell.network?.tcp, tcp.client.sendBufferBytes.count == 3,
            tcp.broker.receiveBufferBytes.count == 3
        else { return nil }
        let sender = sendBuffer(situation, tcp)
        let window = tcp.broker.receiveBufferBytes[2] / 2
        let receiver = Buffer(
            isSenders: false, bytes: window,
            origin: "half of the most of tcp_rmem, \(tcp.broker.receiveBufferBytes[2]) B")
        return sender.bytes <= receiver.bytes ? sender : receiver
    }

    private static func sendBuffer(_ situation: PointSituation, _ tcp: TCPOfCell) -> Buffer {
        let client = situation.cell.producer.settings ?? ClientSettings()
        let name = client.name(.sendBufferBytes) ?? "SO_SNDBUF"
        let given = client.value(.sendBufferBytes, in: situation.cell.producer.config).flatMap { Int($0) }
        if let bytes = given ?? client.defaultSendBufferBytes, bytes > 0 {
            let granted = min(bytes, tcp.machineSendMaxBytes ?? bytes)
            let cut = granted < bytes ? " cut to net.core.wmem_max, \(granted)" : ""
            return Buffer(
                isSenders: true, bytes: 2 * granted,
                origin: "\(name) \(bytes)\(given == nil ? ", the client's default" : "")\(cut), doubled by the kernel")
        }
        let most = tcp.client.sendBufferBytes[2]
        return Buffer(isSenders: true, bytes: most, origin: "the most of tcp_wmem, \(most) B")
    }

    /// Whether the client would have more under way than the buffer takes: what its requests in flight hold.
    static func isWanted(_ situation: PointSituation) -> Bool {
        guard let wire = situation.observation.wire, let buffer = buffer(situation) else { return false }
        return Double(situation.inFlightLimit) * wire.bytesPerRequest > Double(buffer.bytes)
    }
}
