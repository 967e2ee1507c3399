import EvidenceModel

/// The reasons that a fault record may name by number: the link's own first, then every impairment, then every
/// connection fault.
enum ReasonTable {
    /// The words, by their numbers.
    static let words: [String] =
        LinkReason.allCases.map(\.word) + ImpairmentKind.all.map(\.name) + ConnectionFaultKind.all.map(\.name)

    /// The number of an impairment, by its place in `ImpairmentKind.all`.
    static func impairment(_ index: Int) -> UInt16 { UInt16(LinkReason.allCases.count + index) }

    /// The number of a connection fault, by its place in `ConnectionFaultKind.all`.
    static func connectionFault(_ index: Int) -> UInt16 { impairment(ImpairmentKind.all.count + index) }
}
