import Testing

@testable import Diagnosis

/// Real incidents with known truth: the true cause first, the candidates where the inputs cannot decide, nothing for the
/// healthy ones.
@Suite struct IncidentTests {
    @Test func corpusIsThere() { #expect(Incident.all.count == 51) }

    @Test(arguments: Incident.all)
    func trueCauseFirst(_ incident: Incident) throws {
        let diagnosis = Diagnosis(try incident.caseFile())
        let found = diagnosis.causes.map { "\($0.cause.id) \($0.score)" }.joined(separator: ", ")
        let comment = Comment(rawValue: "\(incident.name) found: \(found) because \(diagnosis.causes.first?.evidence.map { $0.place + " " + $0.text } ?? [])")
        if incident.truth.cause == "none" {
            #expect(diagnosis.causes.isEmpty, comment)
            #expect(diagnosis.verdict == .none)
            #expect(diagnosis.exitCode == 0)
        } else if incident.truth.ambiguous {
            #expect(Set(diagnosis.undecided.map(\.cause.id)) == Set(incident.truth.candidates ?? []), comment)
            #expect(diagnosis.exitCode == 2)
            #expect(diagnosis.properties.isEmpty, "no fix before it is decided")
        } else {
            #expect(diagnosis.causes.first?.cause.id == incident.truth.cause, comment)
            #expect(diagnosis.exitCode == 1)
        }
    }
}
