import EvidenceModel

/// A reason to mistrust one of the accounts.
struct Doubt: Equatable {
    /// What is mistrusted.
    var account: Account
    /// One sentence.
    var text: String
}
