import EvidenceModel

/// Turns the record of a cell into its verdict.
///
/// Rules, in this order:
/// 1. Each checker says what the accounts say. An answer that rests on an account in doubt becomes inconclusive; what
///    is proven by being seen once (two copies in the log, a 45 on the wire) stays failed whatever else is in doubt,
///    also when the fault did not show: a configuration that breaks without its fault has not survived. Only a failure
///    of the harness itself silences everything.
/// 2. `survived` is false when a property is proven broken, true when all hold and nothing is in doubt, else nil.
/// 3. An expectation passes only on sound evidence; see `Expectations`.
/// 4. Failed outranks inconclusive outranks passed, and a cell with any doubt is never passed.
public enum Judge {
    /// The verdict on a cell: a pure function of its record.
    public static func judge(_ record: CellRecord) -> Verdict {
        let ledger = Ledger(record)
        let evidence = FaultProof.evidence(ledger)
        let doubts = Soundness.doubts(ledger, evidence)
        let properties = checkers.map { settle($0, $0.check(ledger), doubts) }
        let survived = survived(properties, doubts)
        let measures = Measures(ledger)
        let assertions = Expectations.of(record.cell).map {
            Expectations.judge(
                $0, measures, survived: survived, refused: Soundness.isRejectedAtOnce(record), doubts: doubts)
        }
        let outcome = max(
            assertions.map(\.outcome).max() ?? .passed, doubts.isEmpty ? Outcome.passed : .inconclusive)
        return Verdict(
            id: record.cell.id, scenario: record.cell.scenario, seed: record.cell.seed,
            parameters: record.cell.parameters, outcome: outcome, survived: survived,
            reason: Reason.text(outcome, survived, measures, properties, assertions, doubts), measures: measures,
            faultEvidence: evidence, assertions: assertions, properties: properties, doubts: doubts.map(\.text),
            remarks: remarks(record),
            runs: 1 + (record.cell.earlierRuns ?? []).count)
    }

    /// What is told beside the verdict and changes nothing of it.
    private static func remarks(_ record: CellRecord) -> [String] {
        (record.cell.earlierRuns ?? []).map { "run again alone, because the time before it: \($0)" }
            + record.history.filter { $0.kind == .didNotExit }.map {
                $0.detail ?? "the cell's process did not exit when it had finished"
            }
    }

    /// Every name that an expectation may use, for the validation of scenario files.
    public static var measureNames: [String] {
        Measure.all.map(\.name) + [ExpectationName.survives]
            + KafkaError.names.keys.sorted().map { Measure.Family.errorCodes + String($0) }
    }

    /// A measure of a verdict by its name, `survives` as 1 or 0; nil when it could not be measured.
    public static func value(of measure: String, in verdict: Verdict) -> Double? {
        measure == ExpectationName.survives
            ? verdict.survived.map { $0 ? 1 : 0 } : Measure.named(measure)?.read(verdict.measures)
    }

    /// The names of the properties that make up `survives`, in the order of verdicts.
    public static var propertyNames: [String] { checkers.map { $0.property } }

    /// What happened to records comes before the errors that go with it.
    static let checkers: [any (Checker & Sendable).Type] = [
        NoLoss.self, NoDuplicates.self, Order.self, PayloadIntegrity.self, NothingGivenUp.self, NoSequenceErrors.self,
        AcksOnWire.self, Recovery.self,
    ]

    /// Turns what the accounts say into what is believed.
    private static func settle(
        _ checker: any Checker.Type, _ result: PropertyResult, _ doubts: [Doubt]
    ) -> PropertyResult {
        let rests: Set<Account>
        switch result.outcome {
        case .inconclusive: return result
        case .passed: rests = checker.passRestsOn
        case .failed: rests = checker.failRestsOn
        }
        guard let doubt = doubts.first(where: { $0.account == .harness || rests.contains($0.account) }) else {
            return result
        }
        var settled = result
        settled.outcome = .inconclusive
        settled.detail += " (not proven: \(doubt.text))"
        return settled
    }

    private static func survived(_ properties: [PropertyResult], _ doubts: [Doubt]) -> Bool? {
        if properties.contains(where: { $0.outcome == .failed }) { return false }
        return doubts.isEmpty && properties.allSatisfy { $0.outcome == .passed } ? true : nil
    }
}
