import EvidenceModel

/// Finding `duplicate_acks`: a receiver acknowledged the same bytes again and again, because segments behind them came and one
/// before did not, or not yet.
enum DuplicateAcknowledgements {
    static func add(_ entry: FlowFaults.Entry, to list: inout FindingList) {
        let sum = entry.sum
        // One or two are ordinary: TCP acts on three (RFC 5681, 3.2).
        guard sum.runsOfThree > 0 else { return }
        list.add(
            "duplicate_acks", sum.firstDuplicateNs,
            "\(entry.receiver) sent \(InspectText.count(sum.duplicateAcks, "duplicate acknowledgement")) to \(entry.sender),"
                + " in \(InspectText.count(sum.runsOfThree, "run")) of three and more; \(sum.repeated) of"
                + " \(InspectText.count(sum.segments, "segment")) with data were sent again: "
                + (sum.reordered > 0 && sum.repeated == 0
                    ? "the path changes the order of packets" : "packets are lost on the way"))
    }
}
