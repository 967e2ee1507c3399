import EvidenceModel

/// Finding `sender_buffer_limit`: what is in flight stays at one ceiling below the receiver's window, round trip after round trip,
/// without a loss, and every acknowledgement is followed at once by more: the sender's own buffer holds no more.
enum SenderBufferLimit {
    /// Congestion control without a loss would have gone beyond a ceiling in fewer round trips.
    private static let leastRounds = 16
    /// A window nearer than this may be the reason.
    private static let leastRoom = 1.25

    static func add(_ entry: FlowFaults.Entry, to list: inout FindingList) {
        let plateau = entry.sum.plateau
        guard plateau.rounds >= leastRounds, Double(plateau.window) > Double(plateau.ceiling) * leastRoom,
            entry.sum.repeated * 500 <= entry.sum.segments
        else { return }
        let roundNs = max(plateau.sumNs / Int64(plateau.rounds), 1)
        list.add(
            "sender_buffer_limit", plateau.firstNs,
            "data from \(entry.sender) to \(entry.receiver): never more than about \(plateau.ceiling) bytes in flight in"
                + " \(plateau.rounds) round trips of \(InspectText.milliseconds(roundNs)), below the window of"
                + " \(plateau.window) bytes and without a loss, and each acknowledgement was followed at once by more: the"
                + " sender's buffer is the limit, at most \(InspectText.rate(plateau.ceiling, perNs: roundNs)) ("
                + (entry.isUp
                    ? "send.buffer.bytes, socket.send.buffer.bytes" : "the broker's socket.send.buffer.bytes")
                + ", net.ipv4.tcp_wmem)")
    }
}
