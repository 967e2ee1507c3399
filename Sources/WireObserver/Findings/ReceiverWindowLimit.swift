import EvidenceModel

/// Finding `receiver_window_limit`: what is in flight fills the receiver's window in many round trips, so that the receiver's buffer
/// decides how much goes through.
enum ReceiverWindowLimit {
    /// A window is full now and then while it grows.
    private static let leastRounds = 10

    static func add(_ entry: FlowFaults.Entry, to list: inout FindingList) {
        let sum = entry.sum
        guard sum.fullRounds >= leastRounds, sum.fullRounds * 5 >= sum.rounds else { return }
        let roundNs = max(sum.fullRoundNs / Int64(sum.fullRounds), 1)
        list.add(
            "receiver_window_limit", sum.firstFullNs,
            "data from \(entry.sender) filled the window of \(entry.receiver) in \(sum.fullRounds) of \(sum.rounds) round"
                + " trips: \(sum.fullWindow) bytes in \(InspectText.milliseconds(roundNs)), at most"
                + " \(InspectText.rate(sum.fullWindow, perNs: roundNs)); the receiver's buffer is the limit ("
                + (entry.isUp ? "the broker's socket.receive.buffer.bytes" : "the client's receive.buffer.bytes")
                + ", net.ipv4.tcp_rmem)")
    }
}
