import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct SoundnessTests {
    /// One way to make evidence unsound, and the words that must appear.
    struct Flaw: Sendable, CustomTestStringConvertible {
        var words: String
        var apply: @Sendable (inout Fixture) -> Void

        var testDescription: String { words }
    }

    static let flaws: [Flaw] = [
        Flaw(words: "client.pcapng: the capture lost 2 packets") {
            $0.change(.captureEnded) { $0.values = ["dropped_packets": 2] }
        },
        Flaw(words: "the capture lost 1 packet") {
            $0.change(.captureEnded) { $0.values = ["interface_dropped_packets": 1] }
        },
        Flaw(words: "the capture did not end in order") { $0.record.history.removeAll { $0.kind == .captureEnded } },
        Flaw(words: "device tun0 dropped 4 packets") {
            $0.change(.deviceCounters) { $0.values = ["rx_dropped_packets": 1, "tx_dropped_packets": 3] }
        },
        Flaw(words: "the link itself was late: p99 250 ms, budget 100 ms") {
            $0.change(.linkEnded) { $0.values = ["lateness_p99_us": 250_000] }
        },
        Flaw(words: "the link itself was late: p99 25 ms, budget 10 ms") {
            $0.addPhase("delay", fromMs: 500, toMs: 700)
            $0.change(.linkEnded) { $0.values = ["lateness_p99_us": 25_000] }
        },
        Flaw(words: "the link itself was late: p99 25 ms, budget 10 ms") {
            $0.record.cell.expectations.append(expectation("ack_latency_ms.p99", "<", 1000))
            $0.change(.linkEnded) { $0.values = ["lateness_p99_us": 25_000] }
        },
        Flaw(words: "the fault log lost 7 entries") {
            $0.change(.linkEnded) { $0.values = ["fault_log_lost_entries": 7] }
        },
        Flaw(words: "the link itself had no room for 1 packet") {
            $0.record.faultLog.append(
                FaultLogEntry(
                    timeUs: 1, fault: "link", fate: "drop", reason: "overflow", node: 1, direction: .clientToBroker,
                    packetIndex: 0, lengthBytes: 40))
        },
        Flaw(words: "the link's own account is missing") { $0.record.history.removeAll { $0.kind == .linkEnded } },
        Flaw(words: "the harness failed: boom") {
            $0.record.history.append(HistoryEvent(timeUs: 1, kind: .harnessError, detail: "boom"))
        },
        Flaw(words: "the cell was interrupted: SIGINT") {
            $0.record.history.append(HistoryEvent(timeUs: 1, kind: .interrupted, detail: "SIGINT"))
        },
        Flaw(words: "the broker's log was not read back") { $0.record.log = nil },
        Flaw(words: "the broker's log was read back only in part") { $0.record.log?.complete = false },
        Flaw(words: "1 line of the driver could not be read") { $0.record.client.malformedLines = 1 },
        Flaw(words: "the driver did not finish (signal 9)") {
            $0.record.client.finished = false
            $0.change(.driverExited) { $0.values = ["signal": 9] }
        },
        Flaw(words: "broker-1.pcapng: 2 frames could not be decoded") {
            $0.record.wire?.captures[1].undecodableFrames = 2
        },
        Flaw(words: "client.pcapng: 1 stretch of the streams are missing") { $0.record.wire?.captures[0].gaps = 1 },
        Flaw(words: "there is no capture of the broker side") { $0.record.wire?.captures.removeLast() },
        Flaw(words: "there are no decoded captures") { $0.record.wire = nil },
        Flaw(words: "link.jsonl: 3 lines could not be read") {
            $0.record.unreadable = ["link.jsonl: 3 lines could not be read"]
        },
        Flaw(words: "the fault did not show: fault-0 loss") {
            $0.addPhase("loss", fromMs: 500, toMs: 700)
            $0.record.faultLog = []
        },
    ]

    @Test(arguments: flaws)
    func doubtfulEvidenceIsInconclusiveAndNeverPassed(flaw: Flaw) {
        var fixture = Fixture(expecting: [survives, expectation("acked", ">", 0), expectation("duplicates", "==", 0)])
        flaw.apply(&fixture)
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.survived == nil)
        #expect(verdict.doubts.contains { $0.contains(flaw.words) }, "\(verdict.doubts)")
        #expect(verdict.assertions.allSatisfy { $0.outcome == .inconclusive })
    }

    @Test func aSlightlyLateLinkChangesNothingWhereTimeIsNoPartOfTheExperiment() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        fixture.change(.linkEnded) { $0.values = ["lateness_p99_us": 25_000] }
        #expect(fixture.verdict.outcome == .passed)
    }

    /// Every effect that holds packets for a time: a late link would be taken for it.
    @Test(arguments: ["delay", "jitter", "rate", "trace", "reorder", "queue"])
    func effectsThatHoldPacketsNeedALinkThatIsOnTime(effect: String) {
        var fixture = Fixture()
        fixture.addPhase(effect, fromMs: 500, toMs: 700)
        #expect(Soundness.latenessBudgetUs(fixture.record) == 10_000)
        fixture.change(.linkEnded) { $0.values = ["lateness_p99_us": 25_000] }
        #expect(fixture.verdict.doubts.contains { $0.contains("the link itself was late: p99 25 ms, budget 10 ms") })
    }

    @Test func effectsThatHoldNothingDoNot() {
        var fixture = Fixture()
        fixture.addPhase("loss", fromMs: 500, toMs: 700)
        #expect(Soundness.latenessBudgetUs(fixture.record) == 100_000)
    }

    @Test func whereAFaultDelaysTheBudgetIsAQuarterOfTheDelay() {
        var fixture = Fixture()
        fixture.addPhase("delay", fromMs: 500, toMs: 700)
        #expect(Soundness.latenessBudgetUs(fixture.record) == 10_000)
        fixture.record.faultLog[0].delayUs = 200_000
        #expect(Soundness.latenessBudgetUs(fixture.record) == 50_000)
        fixture.record.cell.expectations = [expectation("recovery_ms", "<", 1000)]
        #expect(Soundness.latenessBudgetUs(fixture.record) == 10_000)
    }

    @Test(arguments: flaws)
    func doubtDoesNotTurnAProvenBreachIntoAPass(flaw: Flaw) {
        var fixture = Fixture(idempotent: false, expecting: [survives])
        fixture.loseAck(of: 13)
        flaw.apply(&fixture)
        let outcome = fixture.verdict.outcome
        let proofIsGone = fixture.record.log == nil || fixture.record.history.contains { $0.kind == .harnessError }
        #expect(outcome == (proofIsGone ? .inconclusive : .failed))
    }

    @Test func onlyAClientThatNeverSentWasRejectedAtOnce() {
        var fixture = Fixture()
        fixture.record.client.errors = [.init(timeUs: Fixture.startUs, name: "_FATAL", message: "no", fatal: true)]
        #expect(!Soundness.isRejectedAtOnce(fixture.record))
        for i in fixture.record.client.records.indices { fixture.record.client.records[i] = .init() }
        #expect(Soundness.isRejectedAtOnce(fixture.record))
        fixture.record.client.errors = []
        #expect(!Soundness.isRejectedAtOnce(fixture.record))
    }

    /// What is seen can only grow: a limit that it breaks stays broken, whatever else is in doubt.
    @Test(arguments: ["==", "<", "<="]) func aLimitThatIsBrokenStaysBrokenUnderDoubt(comparison: String) {
        let limit = comparison == "<" ? 1.0 : 0
        var fixture = Fixture(idempotent: false, expecting: [expectation("duplicates", comparison, limit)])
        fixture.loseAck(of: 13)
        fixture.record.wire?.captures[0].gaps = 1
        #expect(fixture.verdict.assertions.map(\.outcome) == [.failed])
        fixture.record.cell.expectations = [expectation("duplicates", ">", 1000)]
        #expect(fixture.verdict.assertions.map(\.outcome) == [.inconclusive])
    }
}
