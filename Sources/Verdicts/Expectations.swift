import EvidenceModel

/// Compares what was expected with what was measured.
///
/// Doubt never makes an expectation pass, and it never hides what is proven: a count of things seen can only grow when
/// evidence is missing, so a limit that it already breaks stays broken. Every other answer under doubt is inconclusive.
enum Expectations {
    /// The expectations of the cell, or the one that stands when a scenario has none: it survives.
    static func of(_ cell: CellDescription) -> [CellDescription.Expectation] {
        if !cell.expectations.isEmpty { return cell.expectations }
        return [.init(measure: ExpectationName.survives, comparison: "==", value: 1, line: 0, text: "survives: true")]
    }

    /// One expectation with its outcome.
    static func judge(
        _ expectation: CellDescription.Expectation, _ measures: Measures, survived: Bool?, refused: Bool,
        doubts: [Doubt]
    ) -> Assertion {
        let isSurvival = expectation.measure == ExpectationName.survives
        let actual: Double? =
            switch expectation.measure {
            case ExpectationName.survives: survived.map { $0 ? 1 : 0 }
            case ExpectationName.refused: refused ? 1 : 0
            default: Measure.named(expectation.measure)?.read(measures)
            }
        var assertion = Assertion(
            text: expectation.text, line: expectation.line, actual: actual, outcome: .inconclusive)
        guard let actual, let holds = compare(actual, expectation) else { return assertion }
        if doubts.isEmpty {
            assertion.outcome = holds ? .passed : .failed
        } else if !holds, staysBroken(expectation, isSurvival: isSurvival),
            !doubts.contains(where: { $0.account == .harness })
        {
            assertion.outcome = .failed
        }
        return assertion
    }

    /// True when the expectation is broken now and would be broken by any larger value too. `survived` is false only
    /// when a property is proven broken, so that does not heal either.
    private static func staysBroken(_ expectation: CellDescription.Expectation, isSurvival: Bool) -> Bool {
        if isSurvival { return true }
        guard Measure.named(expectation.measure)?.isCountOfThingsSeen == true else { return false }
        return ["==", "<", "<="].contains(expectation.comparison)
    }

    /// Whether the comparison holds; nil for one that does not exist.
    static func compare(_ actual: Double, _ expectation: CellDescription.Expectation) -> Bool? {
        switch expectation.comparison {
        case "==": actual == expectation.value
        case "!=": actual != expectation.value
        case "<": actual < expectation.value
        case "<=": actual <= expectation.value
        case ">": actual > expectation.value
        case ">=": actual >= expectation.value
        default: nil
        }
    }
}
