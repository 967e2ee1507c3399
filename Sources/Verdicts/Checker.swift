import EvidenceModel

/// Judges one property of `survives`.
///
/// A checker says what the accounts say, as if they were all sound. What each answer rests on is declared beside it, so
/// that one place (`Judge`) turns doubt about an account into "inconclusive", for every checker by the same rule.
protocol Checker: Sendable {
    /// The property's name in verdicts.
    static var property: String { get }
    /// "Passed" is believed only when none of these is in doubt.
    static var passRestsOn: Set<Account> { get }
    /// "Failed" is believed only when none of these is in doubt. Empty for what is proven by being seen once.
    static var failRestsOn: Set<Account> { get }
    /// What the accounts say.
    static func check(_ ledger: Ledger) -> PropertyResult
}

extension Checker {
    static func passed(_ detail: String) -> PropertyResult {
        PropertyResult(property: property, outcome: .passed, detail: detail)
    }

    static func failed(_ detail: String, batches: [String] = [], records: [Int64] = []) -> PropertyResult {
        PropertyResult(
            property: property, outcome: .failed, detail: detail, batches: batches, records: Array(records.prefix(20)))
    }

    static func inconclusive(_ detail: String) -> PropertyResult {
        PropertyResult(property: property, outcome: .inconclusive, detail: detail)
    }
}
