import EvidenceModel
import PacketWire

/// Compares the captures at both ends of the link packet by packet: what was lost, delayed, repeated or overtaken.
///
/// A packet is the same at both ends when addresses, ports, IP identification, sequence and acknowledgement numbers and
/// flags are; the link changes none of them. Packets that the link cuts or makes have no sender and are counted apart.
/// A packet longer than the MTU, as devices with offloads show it, stands for the packets that the link cut it into or
/// joined it from. Only TCP over IPv4 is compared.
enum LinkCrossings {
    /// The crossings of every broker's capture, two for each.
    static func compare(
        client: CrossingSide, brokers: [(side: CrossingSide, node: Int)]
    ) -> [WireEvidence.Crossing] {
        brokers.flatMap { broker, node in
            // Behind address translation the two ends have no packet in common, and nothing can be compared.
            guard !client.pairs.isDisjoint(with: broker.pairs) else { return [WireEvidence.Crossing]() }
            return [
                crossing(
                    node, .clientToBroker, sent: client.up, received: broker.up, acknowledging: client.down,
                    broker.pairs),
                crossing(
                    node, .brokerToClient, sent: broker.down, received: client.down, acknowledging: broker.up,
                    broker.pairs),
            ]
        }
    }

    private static func crossing(
        _ node: Int, _ direction: Direction, sent: [CrossingSide.Packet], received: [CrossingSide.Packet],
        acknowledging: [CrossingSide.Packet], _ pairs: Set<UInt64>
    ) -> WireEvidence.Crossing {
        let isUp = direction == .clientToBroker
        var result = WireEvidence.Crossing(node: node, direction: direction)
        let mine = { (packet: CrossingSide.Packet) in pairs.contains(packet.key.pair(isUp: isUp)) }
        var arrivals: [CrossingSide.Key: [Int64]] = [:]
        for packet in received where mine(packet) { arrivals[packet.key, default: []].append(packet.timeUs) }
        for key in arrivals.keys { arrivals[key]?.sort(by: >) }
        var known: Set<CrossingSide.Key> = []
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
        let flights = UnacknowledgedBytes.bySlice(sent: sent.filter(mine), acknowledging: acknowledging)
        result.slices = slices.sorted { $0.key < $1.key }.map { slice, content in
            let delays = content.delays.sorted()
            return .init(
                timeUs: slice * WireEvidence.Crossing.sliceUs, sent: content.sent, arrived: delays.count,
                delaysUs: delays.count <= 21 ? delays : (0...20).map { delays[$0 * (delays.count - 1) / 20] },
                unacknowledgedBytes: flights[slice])
        }
        return result
    }
}
