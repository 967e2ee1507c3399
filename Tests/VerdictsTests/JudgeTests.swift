import EvidenceModel
import Testing
import Verdicts

@Suite struct JudgeTests {
    @Test func aRunWithoutTroubleSurvives() {
        let verdict = Fixture().verdict
        #expect(verdict.outcome == .passed)
        #expect(verdict.survived == true)
        #expect(verdict.doubts.isEmpty)
        #expect(verdict.properties.map(\.property) == Judge.propertyNames)
        for property in verdict.properties { #expect(property.outcome == .passed, "\(property.detail)") }
        #expect(verdict.reason == "survived: 400 of 400 acknowledged, none lost, none duplicated")
        #expect(verdict.measures.sent == 400)
        #expect(verdict.measures.acked == 400)
        #expect(verdict.measures.lost == 0)
        #expect(verdict.measures.retriedBatches == 0)
        #expect(verdict.measures.errorCodes == ["0": 40])
        #expect(verdict.measures.ackLatencyMs == .init(p50: 45, p99: 95, max: 95))
    }

    @Test func lostAcksWithoutSequencesMakeDuplicatesAndTheReasonPointsAtTheBatch() {
        var fixture = Fixture(idempotent: false, expecting: [expectation("duplicates", ">", 0), breaks])
        fixture.loseAck(of: 13)
        let verdict = fixture.verdict
        #expect(verdict.outcome == .passed, "\(verdict.doubts)")
        #expect(verdict.survived == false)
        #expect(verdict.measures.duplicates == 10)
        #expect(verdict.measures.retriedBatches == 1)
        #expect(
            verdict.reason
                == "broke as expected: 10 duplicates, first: orders-1 batch without a sequence, record 121 at offsets 60 and 200;"
                + " its ack was dropped by fault-0 at 0.697 s")
        #expect(verdict.faultEvidence.map(\.shown) == [true])
        #expect(verdict.faultEvidence.map(\.onTheWire) == [1])
    }

    @Test func lostAcksWithSequencesAreDeduplicatedAndTheCellSurvives() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        fixture.loseAck(of: 20)
        let verdict = fixture.verdict
        #expect(verdict.outcome == .passed, "\(verdict.reason)")
        #expect(verdict.survived == true)
        #expect(verdict.measures.duplicates == 0)
        #expect(verdict.measures.deduplicatedBatches == 2)
        #expect(verdict.measures.retriedBatches == 2)
    }

    @Test func aBrokerThatAppendsDuplicatesIsFoundOut() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        #expect(fixture.verdict.survived == true)
        guard let again = fixture.record.log?.batches[3] else { return }
        var copy = again
        copy.baseOffset = 200
        fixture.record.log?.batches.append(copy)
        let verdict = fixture.verdict
        #expect(verdict.outcome == .failed)
        #expect(verdict.survived == false)
        #expect(verdict.reason.hasPrefix("10 duplicates, first: orders-0 batch at seq 30"))
    }

    @Test func whatAConsumerOfAnotherAgeGotIsAMeasure() {
        var fixture = Fixture(expecting: [
            expectation("fetched_records.3", "==", 0), expectation("fetch_errors.3", "==", 35),
        ])
        #expect(fixture.verdict.outcome == .inconclusive, "nobody fetched")
        fixture.record.history.append(
            HistoryEvent(
                timeUs: Fixture.startUs, kind: .fetched, subject: "v3",
                values: ["fetch_version": 3, "fetched_records": 0, "error_code": 35]))
        #expect(fixture.verdict.outcome == .passed, "\(fixture.verdict.reason)")
        #expect(fixture.verdict.measures.fetchErrors == ["3": 35])
        fixture.record.history[fixture.record.history.count - 1].values?["fetched_records"] = 400
        #expect(fixture.verdict.outcome == .failed)
    }

    @Test func aFaultThatDidNotShowIsNeverPassed() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        fixture.record.faultLog = []
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.survived == nil)
        #expect(verdict.reason.hasPrefix("proves nothing: the fault did not show: fault-0 drop"))
    }

    @Test func aFaultLogThatTheCapturesContradictIsNeverPassed() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        // The captures now show that the answer arrived after all.
        let sentUs = fixture.record.wire?.batches[13].attempts[0].requestLeftClientUs ?? 0
        fixture.record.wire?.batches[13].attempts[0].ackReachedClientUs = sentUs + 3000
        fixture.record.wire?.batches[13].attempts[0].fate = .acknowledged
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.faultEvidence.map(\.onTheWire) == [0])
    }

    @Test func aProvenBreachStaysFailedWhenTheFaultDidNotShow() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 13)
        fixture.record.faultLog = []
        let verdict = fixture.verdict
        #expect(verdict.outcome == .failed)
        #expect(verdict.survived == false)
        #expect(!verdict.doubts.isEmpty)
    }

    @Test func anExpectedBreachPassesOnlyOnSoundEvidence() {
        var fixture = Fixture(idempotent: false, expecting: [expectation("duplicates", ">", 0), breaks])
        fixture.loseAck(of: 13)
        fixture.record.faultLog = []
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.assertions.map(\.outcome) == [.inconclusive, .inconclusive])
        #expect(verdict.assertions.map(\.actual) == [10, 0])
    }

    @Test func aFailureOfTheHarnessSilencesEverything() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 13)
        fixture.record.history.append(HistoryEvent(timeUs: 1, kind: .harnessError, detail: "no space left"))
        let verdict = fixture.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.survived == nil)
        #expect(verdict.reason == "proves nothing: the harness failed: no space left")
    }

    @Test func failedOutranksInconclusiveOutranksPassed() {
        var fixture = Fixture(expecting: [expectation("recovery_ms", "<", 100), expectation("acked", "==", 1)])
        #expect(fixture.verdict.outcome == .failed)
        #expect(fixture.verdict.assertions.map(\.outcome) == [.inconclusive, .failed])
        fixture.record.cell.expectations[1] = expectation("acked", "==", 400)
        #expect(fixture.verdict.outcome == .inconclusive)
        #expect(fixture.verdict.reason == "proves nothing: `recovery_ms: < 100.0` could not be measured")
        fixture.record.cell.expectations.removeFirst()
        #expect(fixture.verdict.outcome == .passed)
    }

    @Test func theReasonNamesEveryBreachAndExplainsTheFirst() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        fixture.record.client.errors = [.init(timeUs: Fixture.startUs, name: "FATAL", message: "", fatal: true)]
        let reason = fixture.verdict.reason
        #expect(reason.hasPrefix("10 acknowledged records not in the log, first: record 40"))
        #expect(reason.hasSuffix("; also fatal error of the client at 0.000 s: FATAL"))
    }

    @Test func everyMeasureNameCanBeJudged() {
        var fixture = Fixture()
        fixture.addPhase("loss", fromMs: 800, toMs: 1000)
        for name in Judge.measureNames {
            fixture.record.cell.expectations = [expectation(name, ">=", 0)]
            let assertion = fixture.verdict.assertions[0]
            #expect(assertion.outcome == .passed, "\(name) has no value")
        }
        fixture.record.cell.expectations = [expectation("nonsense", ">=", 0)]
        #expect(fixture.verdict.assertions[0].outcome == .inconclusive)
    }

    @Test func aConfigurationThatTheClientRejectsDoesNotSurviveAndNeedsNoFaultForThat() {
        var fixture = Fixture(expecting: [breaks])
        fixture.addPhase("loss", fromMs: 100, toMs: 200)
        fixture.record.faultLog = []
        fixture.record.wire = nil
        fixture.record.log = LogAccount(complete: true)
        fixture.record.client = ClientAccount(
            records: Array(repeating: .init(), count: 400),
            errors: [.init(timeUs: Fixture.startUs, name: "INVALID_CONFIG", message: "acks must be all", fatal: true)])
        let verdict = fixture.verdict
        #expect(verdict.survived == false)
        #expect(verdict.outcome == .passed, "\(verdict.doubts)")
        #expect(verdict.reason.contains("INVALID_CONFIG"))
    }

    @Test func theVerdictSurvivesAnEmptyRecord() {
        var record = Fixture().record
        record.client = ClientAccount()
        record.log = nil
        record.wire = nil
        record.history = []
        #expect(Judge.judge(record).outcome == .inconclusive)
        record.log = LogAccount()
        record.wire = WireEvidence()
        record.cell.workload.records = 0
        #expect(Judge.judge(record).outcome == .inconclusive)
    }
}
