import Foundation
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
        let comment = Comment(
            rawValue:
                "\(incident.name) found: \(found) because \(diagnosis.causes.first?.evidence.map { $0.place + " " + $0.text } ?? [])"
        )
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
            if let first = diagnosis.causes.first {
                #expect(diagnosis.effect(of: first.cause).rawValue == incident.truth.dataEffect, comment)
            }
            expectFix(diagnosis, incident)
        }
    }

    /// The fix sets properties of the true fix and no other: no folk fix is recommended.
    private func expectFix(_ diagnosis: Diagnosis, _ incident: Incident) {
        let known = incident.truth.fix.keys.map(PropertyName.canonical).filter(PropertyName.isKnown)
        let answered = diagnosis.properties.map { PropertyName.canonical($0.name) }
        let comment = Comment(rawValue: "found: \(incident.name) fix \(answered.sorted()), truth \(known.sorted())")
        // The truth may name a second way beside the first.
        #expect(Set(answered).isSubset(of: Set(known)), comment)
        #expect(answered.isEmpty == known.isEmpty, comment)
    }
}

/// One kind of input at a time is held back: what remains may decide less, never something else with certainty.
@Suite struct HeldBackTests {
    @Test(arguments: Incident.all)
    func nothingElseIsCertain(_ incident: Incident) throws {
        let kinds: [(what: String, drops: (String) -> Bool)] = [
            ("ticket", { $0 == "ticket.txt" }), ("capture", { $0.hasSuffix(".pcapng") }),
            ("log", { $0.hasSuffix(".log") }),
            ("settings", { !$0.hasSuffix(".log") && !$0.hasSuffix(".pcapng") && $0 != "ticket.txt" }),
        ]
        for kind in kinds where incident.files.contains(where: { kind.drops($0.name) }) {
            let rest = incident.files.filter { !kind.drops($0.name) }
            guard !rest.isEmpty else { continue }
            let diagnosis = Diagnosis(try Incident.caseFile(rest))
            guard let first = diagnosis.causes.first else { continue }
            let allowed = [incident.truth.cause] + incident.truth.otherCauses + (incident.truth.candidates ?? [])
            let found = diagnosis.causes.map { "\($0.cause.id) \($0.score)" }.joined(separator: ", ")
            let comment = Comment(
                rawValue: "\(incident.name) [\(incident.truth.cause)] without \(kind.what) found: \(found)")
            let isSound =
                allowed.contains(first.cause.id) || first.confidence < .certain && incident.truth.cause != "none"
            #expect(isSound, comment)
            if ProcessInfo.processInfo.environment["HELD"] != nil, !allowed.contains(first.cause.id) {
                print("HELD", comment)
            }
        }
    }
}

/// The same for inputs written by hand.
@Suite struct SyntheticTests {
    @Test(arguments: SyntheticInput.all.indices)
    func trueCauseFirst(_ index: Int) throws {
        let input = SyntheticInput.all[index]
        let files = input.files.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: Array($0.value.utf8)) }
        let diagnosis = Diagnosis(try Incident.caseFile(files))
        let found = diagnosis.causes.map { "\($0.cause.id) \($0.score)" }.joined(separator: ", ")
        let comment = Comment(
            rawValue: "\(index) \(input.cause) found: \(found) of \(diagnosis.inputs.map { $0.kind.rawValue })")
        #expect(diagnosis.causes.first?.cause.id ?? "none" == input.cause, comment)
        #expect(diagnosis.undecided.isEmpty, comment)
    }
}
