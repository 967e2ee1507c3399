import EvidenceModel

/// Finding `zero_window`: a receiver announced a window of 0, because its application does not read as fast as data comes.
enum ZeroWindows {
    static func add(_ entry: FlowFaults.Entry, to list: inout FindingList) {
        let sum = entry.sum
        guard sum.zeroWindows > 0 else { return }
        list.add(
            "zero_window", sum.firstZeroNs,
            "\(entry.receiver) announced a window of 0 to \(entry.sender) \(InspectText.count(sum.zeroWindows, "time")),"
                + " \(InspectText.seconds(us: sum.zeroWindowNs / 1000)) together, the longest"
                + " \(InspectText.seconds(us: sum.longestZeroNs / 1000)): "
                + (entry.isUp
                    ? "the broker did not read what came: overloaded, throttled by a quota, or paused"
                    : "the client did not read its answers: its process or its sending thread was busy or paused"))
    }
}
