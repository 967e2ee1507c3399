import EvidenceModel

/// How much of a connection was under way, from the packets at its sender's end: what had left and was not acknowledged
/// there when one more packet left. A sender that always has as much under way is held by a buffer or a window.
enum UnacknowledgedBytes {
    /// The ends of a connection, as its sender names them.
    private struct Ends: Hashable {
        var addresses: UInt64
        var ports: UInt64
    }

    private struct State {
        var highestSent: UInt32
        var acknowledged: UInt32?
    }

    /// The most of any connection, for each slice of ``WireEvidence/Crossing/sliceUs``.
    ///
    /// - Parameters:
    ///   - sent: packets of the sender, as its own capture holds them.
    ///   - acknowledging: packets to the sender, from the same capture.
    static func bySlice(sent: [CrossingSide.Packet], acknowledging: [CrossingSide.Packet]) -> [Int64: Int] {
        var states: [Ends: State] = [:]
        var most: [Int64: Int] = [:]
        var next = 0
        for packet in sent {
            while next < acknowledging.count, acknowledging[next].timeUs <= packet.timeUs {
                take(acknowledging[next].key, &states)
                next += 1
            }
            let ends = Ends(addresses: packet.key.addresses, ports: packet.key.portsAndSequence >> 32)
            var state = states[ends] ?? State(highestSent: packet.key.sequence)
            if Int32(bitPattern: packet.key.sequence &- state.highestSent) > 0 {
                state.highestSent = packet.key.sequence
            }
            states[ends] = state
            guard let acknowledged = state.acknowledged else { continue }
            let bytes = Int(Int32(bitPattern: state.highestSent &- acknowledged))
            let slice = packet.timeUs / WireEvidence.Crossing.sliceUs
            most[slice] = max(most[slice] ?? 0, bytes)
        }
        return most
    }

    private static func take(_ key: CrossingSide.Key, _ states: inout [Ends: State]) {
        let ports = key.portsAndSequence >> 32
        let ends = Ends(
            addresses: key.addresses << 32 | key.addresses >> 32, ports: (ports & 0xffff) << 16 | ports >> 16)
        guard var state = states[ends] else { return }
        let number = UInt32(truncatingIfNeeded: key.rest >> 32)
        if state.acknowledged.map({ Int32(bitPattern: number &- $0) > 0 }) ?? true { state.acknowledged = number }
        states[ends] = state
    }
}
