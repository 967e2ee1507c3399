import EvidenceModel

/// Finding `may_be_twice`: a batch without a producer id that was sent again although an earlier attempt may have been appended. A
/// broker cannot know the second for a duplicate.
enum SentTwice {
    static func add(
        _ attempts: [Int32], _ fates: [WireEvidence.Fate], _ request: ObservedAttempt, _ id: String,
        to list: inout FindingList
    ) {
        guard attempts.count > 1, request.producerID < 0, !request.flags.contains(.headerCut),
            let last = fates.lastIndex(of: .acknowledged)
        else { return }
        let earlier = fates[..<last].filter { $0 == .connectionLost || $0 == .ackLost || $0 == .ackLate }
        guard !earlier.isEmpty else { return }
        let isCertain = earlier.contains { $0 != .connectionLost }
        list.add(
            "may_be_twice", request.requestNs, batch: id,
            "\(request.recordCount) records without a producer id were sent again after "
                + "\(InspectText.count(earlier.count, "attempt")) without an answer: they "
                + (isCertain ? "are" : "may be") + " in the log twice")
    }
}
