import EvidenceModel

extension TerminalStyle {
    /// The mark of an outcome: a sign and a colour, so that neither is needed alone.
    func mark(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: paint(unicode ? "✓" : "+", .green)
        case .failed: paint(unicode ? "✗" : "x", .red)
        case .inconclusive: paint("?", .yellow)
        }
    }

    /// The outcome's word in its colour.
    func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: paint("passed", .green)
        case .failed: paint("failed", .red)
        case .inconclusive: paint("inconclusive", .yellow)
        }
    }
}
