import EvidenceModel
import SystemCalls

/// Some releases of a client: `librdkafka`, `librdkafka>=1.0`, `librdkafka>=1.0<2.3`.
public struct ReleaseRange: Sendable, Equatable {
    /// The client.
    public let client: String
    /// The first one; nil for any.
    public let from: String?
    /// The first that is too new; nil for none.
    public let below: String?

    /// Names a range.
    public init(client: String, from: String? = nil, below: String? = nil) {
        self.client = client
        self.from = from
        self.below = below
    }

    /// Reads a range; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: ">=", maxSplits: 1, omittingEmptySubsequences: false)
        client = String(head[0])
        from = head.count > 1 ? String(head[1]) : nil
        below = parts.count > 1 ? String(parts[1]) : nil
        guard !client.isEmpty, [from, below].allSatisfy({ $0.map(Self.isRelease) ?? true }) else { return nil }
    }

    private static func isRelease(_ text: String) -> Bool {
        text.first?.isNumber == true && text.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") }
    }

    /// Those of `releases` that are in it, oldest first.
    public func chosen(of releases: [String]) -> [String] {
        releases.sorted { NaturalOrder.precedes($0, $1) }.filter { release in
            if let from, NaturalOrder.precedes(release, from) { return false }
            if let below, !NaturalOrder.precedes(release, below) { return false }
            return true
        }
    }
}
