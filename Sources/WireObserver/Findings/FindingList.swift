import EvidenceModel

/// Findings as they are made, of which each kind is bounded: a client that loops on an error can make millions.
struct FindingList {
    private static let maximumOfAKind = 1000
    private var findings: [WireEvidence.Finding] = []
    private var counts: [String: Int] = [:]
    private var lastOfKind: [String: Int64] = [:]

    mutating func add(_ kind: String, _ timeNs: Int64, batch: String? = nil, _ detail: String) {
        counts[kind, default: 0] += 1
        lastOfKind[kind] = timeNs / 1000
        guard counts[kind, default: 0] <= Self.maximumOfAKind else { return }
        findings.append(WireEvidence.Finding(kind: kind, timeUs: timeNs / 1000, batch: batch, detail: detail))
    }

    mutating func add(_ finding: WireEvidence.Finding) { findings.append(finding) }

    /// All in time order; where a kind was cut short, its last entry says by how many.
    func sorted() -> [WireEvidence.Finding] {
        var all = findings
        for (kind, count) in counts where count > Self.maximumOfAKind {
            all.append(
                WireEvidence.Finding(
                    kind: kind, timeUs: lastOfKind[kind] ?? 0, detail: "\(count - Self.maximumOfAKind) more of these"))
        }
        return all.sorted { ($0.timeUs, $0.kind) < ($1.timeUs, $1.kind) }
    }
}
