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
    ])
    func anEffectIsShownByItsOwnEntries(effect: String, fate: String, reason: String) {
        #expect(evidence([effect], [entry(fate, reason)]).map(\.shown) == [true])
        #expect(evidence([effect], [entry(fate, reason, "fault-1")]).map(\.shown) == [false])
        #expect(evidence([effect], []).map(\.shown) == [false])
    }

    @Test(arguments: [
        ("drop", "drop", "reset"), ("drop", "drop", "retransmission"), ("loss", "drop", "partition"),
        ("reset", "drop", "reset"), ("delay", "queue", "rate"),
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
}
