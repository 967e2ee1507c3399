import EvidenceModel

/// Finding `reordering`: segments came behind later ones and were not sent again, told by the numbers of their packets or by a time
/// too short for TCP to have sent them again.
enum Reordering {
    static func add(_ entry: FlowFaults.Entry, to list: inout FindingList) {
        let sum = entry.sum
        guard sum.reordered > 0 else { return }
        list.add(
            "reordering", sum.firstReorderedNs,
            "\(sum.reordered) of \(InspectText.count(sum.segments, "segment")) with data from \(entry.sender) to"
                + " \(entry.receiver) came behind later ones, by up to \(sum.furthestBytes) bytes and"
                + " \(InspectText.milliseconds(sum.latestNs)): the path changes the order of packets")
    }
}
