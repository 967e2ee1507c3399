import EvidenceModel
import Testing

@testable import Verdicts

/// Every counter of the record, set to something: what the judge makes of it.
@Suite struct RecordedCounterTests {
    /// A sound cell in whose history one counter is not 0.
    private func fixture(_ counter: RecordedCounter, _ value: Int64, onMessage: Bool) -> Fixture {
        var fixture = Fixture(expecting: [survives, expectation("acked", ">", 0)])
        if onMessage {
            fixture.loseAck(of: 13)
            fixture.record.cell.faults[0].onMessage = true
        } else {
            fixture.addPhase("loss", fromMs: 500, toMs: 700)
        }
        if counter.event == .recordWriteFailed {
            fixture.record.history.append(
                HistoryEvent(
                    timeUs: 1, kind: .recordWriteFailed, subject: "driver.jsonl", values: [counter.name: value]))
        } else {
            fixture.change(counter.event) { $0.values?[counter.name] = value }
        }
        return fixture
    }

    @Test(arguments: RecordedCounter.all, [false, true])
    func aCounterIsADoubtOrHarmless(counter: RecordedCounter, onMessage: Bool) throws {
        let before = fixture(counter, 0, onMessage: onMessage)
        guard counter.event != .recordWriteFailed else { return try writeFailure(counter, onMessage) }
        #expect(before.verdict.doubts.isEmpty, "\(before.verdict.doubts)")
        // Of a judged number: beyond every budget.
        let doubted = fixture(counter, 2_500_000, onMessage: onMessage)
        let doubts = Soundness.doubts(Ledger(doubted.record), [])
        switch counter.weight {
        case .harmless:
            #expect(doubts.isEmpty)
            #expect(doubted.verdict.outcome == .passed)
        case .doubtOfMessages where !onMessage: #expect(doubts.isEmpty)
        case .doubt(let account, _), .doubtOfMessages(let account, _, _), .judged(let account, _):
            try #require(!doubts.isEmpty)
            #expect(doubts.allSatisfy { $0.account == account })
            #expect(doubted.verdict.outcome == .inconclusive)
            #expect(doubted.verdict.survived == nil)
        }
        if case .doubt(_, let words) = counter.weight {
            let subject = doubted.record.history.first { $0.kind == counter.event }?.subject
            #expect(doubted.verdict.doubts.contains(words.doubt(subject: subject, value: 2_500_000)))
        }
    }

    private func writeFailure(_ counter: RecordedCounter, _ onMessage: Bool) throws {
        let doubted = fixture(counter, 28, onMessage: onMessage)
        let doubts = Soundness.doubts(Ledger(doubted.record), [])
        #expect(doubts.map(\.account) == [.client])
        #expect(doubted.verdict.outcome == .inconclusive)
    }

    @Test func aHistoryWithHolesIsADoubtAndWordsOfTheProgramAreNot() {
        var fixture = Fixture()
        fixture.record.history.append(
            HistoryEvent(
                timeUs: 1, kind: .recordWriteFailed, subject: "history.jsonl", detail: "No space left on device",
                values: ["errno": 28, "lost_bytes": 120]))
        #expect(
            fixture.verdict.doubts == ["history.jsonl could not be written: 120 bytes lost, No space left on device"])
        fixture = Fixture()
        fixture.record.history.append(
            HistoryEvent(
                timeUs: 1, kind: .recordWriteFailed, subject: "driver.log", values: ["errno": 28, "lost_bytes": 120]))
        #expect(fixture.verdict.doubts.isEmpty)
    }

    @Test func aCounterThatNobodyKnowsIsADoubt() {
        var fixture = Fixture()
        fixture.change(.linkEnded) { $0.values?["packets_eaten"] = 3 }
        #expect(fixture.verdict.doubts == ["link-ended: nobody knows what packets_eaten means"])
    }

    @Test func aDeviceOfWhichNothingIsKnownIsADoubt() {
        var fixture = Fixture()
        fixture.change(.deviceCounters) { $0.values = nil }
        #expect(fixture.verdict.doubts == ["device-counters tun0: nothing counted"])
    }

    @Test func ofTwoAccountsOfTheLinkTheEmptyOneHidesNothing() {
        var fixture = Fixture()
        fixture.change(.linkEnded) { $0.values?["lateness_p99_us"] = 250_000 }
        fixture.change(.linkEnded) { $0.values?["fault_log_lost_entries"] = 7 }
        fixture.record.history.append(
            HistoryEvent(
                timeUs: 1, kind: .linkEnded, values: ["lateness_p99_us": 0, "fault_log_lost_entries": 0]))
        #expect(fixture.verdict.doubts.contains { $0.hasPrefix("the link itself was late") })
        #expect(fixture.verdict.doubts.contains("the fault log lost 7 entries"))
    }

    @Test func aHistoryThatStopsIsADoubt() {
        var fixture = Fixture()
        fixture.record.history.removeAll { $0.kind == .cellEnded }
        #expect(fixture.verdict.doubts == ["the history does not tell that the cell ended in order"])
    }
}

@Suite struct RefusalTests {
    @Test func aClientThatRefusesItsConfigurationIsQuotedAndTheHarnessIsNotBlamed() {
        var fixture = Fixture()
        fixture.record.client.records = Array(repeating: .init(), count: 400)
        fixture.record.client.errors = [ClientError(timeUs: 5, name: "BAD", message: "no such thing", fatal: true)]
        fixture.record.client.finished = false
        fixture.record.log = nil
        fixture.record.history.removeAll { $0.kind == .cellEnded }
        fixture.record.history.append(HistoryEvent(timeUs: 6, kind: .clientRefused, detail: "x 1.0: no such thing"))
        let verdict = fixture.verdict
        #expect(verdict.reason == "the client did not take its configuration: x 1.0: no such thing")
        #expect(!verdict.doubts.contains { $0.contains("harness") })
    }

    @Test func whatARejectedDriverAcknowledgedIsNoLoss() {
        var fixture = Fixture()
        fixture.record.log = LogAccount(complete: true)
        #expect(fixture.verdict.outcome == .failed)
        fixture.record.client.finished = false
        fixture.record.history.append(HistoryEvent(timeUs: 6, kind: .driverRejected, detail: "its clock is another"))
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.doubts == ["the driver was ended: its clock is another"])
    }
}
