import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct FaultProofTests {
    private func entry(_ fate: String, _ reason: String, _ fault: String = "fault-0") -> FaultLogEntry {
        FaultLogEntry(
            timeUs: Fixture.startUs + 5000, fault: fault, fate: fate, reason: reason, node: 1,
            direction: .brokerToClient, packetIndex: 0, delayUs: fate == "delay" ? 80_000 : nil, lengthBytes: 100)
    }

    private func evidence(_ effects: [String], _ entries: [FaultLogEntry]) -> [FaultEvidence] {
        var fixture = Fixture()
        fixture.record.cell.faults = [.init(id: "fault-0", summary: "as configured", effects: effects)]
        fixture.record.faultLog = entries
        return FaultProof.evidence(Ledger(fixture.record))
    }

    @Test(arguments: [
        ("loss", "drop", "loss"), ("delay", "delay", "delay"), ("delay", "delay", "message"),
        ("jitter", "delay", "delay"),
        ("rate", "queue", "rate"), ("rate", "drop", "rate"), ("partition", "drop", "partition"),
        ("drop", "drop", "message"),
        ("reset", "reset", "message"), ("reset", "reset", "timeline"), ("duplicate", "duplicate", "duplicate"),
        ("mark", "mark", "rate"), ("forget-idle", "drop", "forget-idle"), ("syn", "delay", "syn"),
        ("slot", "delay", "slot"),
    ])
    func anEffectIsShownByItsOwnEntries(effect: String, fate: String, reason: String) {
        #expect(evidence([effect], [entry(fate, reason)]).map(\.shown) == [true])
        #expect(evidence([effect], [entry(fate, reason, "fault-1")]).map(\.shown) == [false])
        #expect(evidence([effect], []).map(\.shown) == [false])
    }

    @Test(arguments: [
        ("drop", "drop", "reset"), ("drop", "drop", "retransmission"), ("loss", "drop", "partition"),
        ("reset", "drop", "reset"), ("delay", "queue", "rate"), ("mark", "drop", "rate"), ("mark", "queue", "rate"),
    ])
    func whatFollowsFromAnotherEffectIsNoEvidence(effect: String, fate: String, reason: String) {
        #expect(evidence([effect], [entry(fate, reason)]).map(\.shown) == [false])
    }

    @Test func everyEffectNeedsItsOwnEvidence() {
        let found = evidence(["drop", "reset"], [entry("drop", "message")])
        #expect(found.map(\.effect) == ["drop", "reset"])
        #expect(found.map(\.shown) == [true, false])
    }

    @Test func theDetailSaysWhatWasSeen() {
        let found = evidence(["delay"], [entry("delay", "delay"), entry("delay", "delay")])
        #expect(found[0].detail == "2 packets, 0.005 s to 0.005 s, held p50 80 ms, p99 80 ms")
        #expect(found[0].inFaultLog == 2)
    }

    @Test func aBrokerActionIsShownByTheHistory() {
        var fixture = Fixture()
        fixture.record.cell.faults = [.init(id: "fault-0", summary: "pause node 1", effects: ["pause"])]
        #expect(FaultProof.evidence(Ledger(fixture.record)).map(\.shown) == [false])
        fixture.record.history.append(
            HistoryEvent(timeUs: Fixture.startUs, kind: .brokerAction, subject: "1", detail: "pause"))
        #expect(FaultProof.evidence(Ledger(fixture.record)).map(\.shown) == [true])
    }

    /// A fault log that says an answer was held, and captures in which it was not: that is no delay.
    @Test(arguments: [(1_000, false), (449_000, false), (450_000, true), (600_000, true)] as [(Int64, Bool)])
    func aDelayThatTheCapturesDoNotShowIsContradicted(seenUs: Int64, isShown: Bool) {
        var fixture = Fixture()
        fixture.record.cell.faults = [.init(id: "fault-0", summary: "hold an answer", effects: ["delay"])]
        let parts = Fixture.connection.split(separator: ">")
        guard let attempt = fixture.record.wire?.batches[4].attempts[0], let left = attempt.ackLeftBrokerUs else {
            Issue.record("the fixture has no attempt")
            return
        }
        fixture.record.wire?.batches[4].attempts[0].ackReachedClientUs = left + seenUs
        fixture.record.faultLog = [
            FaultLogEntry(
                timeUs: left, fault: "fault-0", fate: "delay", reason: "message", node: 1, direction: .brokerToClient,
                packetIndex: 7, delayUs: 500_000, connection: "\(parts[1])>\(parts[0])", lengthBytes: 90,
                message: .init(api: "Produce", kind: "response", correlationID: attempt.correlationID))
        ]
        let evidence = FaultProof.evidence(Ledger(fixture.record))
        #expect(evidence.map(\.shown) == [isShown])
        #expect(evidence[0].onTheWire == (isShown ? 1 : 0))
    }

    /// Nearest rank: the smallest value that at least this share does not exceed.
    @Test func percentilesAreByNearestRank() {
        #expect(Percentile.of([1, 2, 3], 0.5) == 2)
        #expect(Percentile.of([1, 2, 3, 4], 0.5) == 2)
        #expect(Percentile.of([1, 2, 3], 0.99) == 3)
        #expect(Percentile.of([1, 2, 3], 0) == 1)
        #expect(Percentile.of([7], 0.01) == 7)
    }
}
