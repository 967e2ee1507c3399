import EvidenceModel
import Testing

@testable import Verdicts

/// What a fault swallowed is no hole in the capture; what the capture missed is.
@Suite struct SwallowedStretchesTests {
    private func stretch(
        _ sequence: UInt32, _ length: Int, _ direction: Direction = .clientToBroker, isReceived: Bool = false
    ) -> WireEvidence.MissingStretch {
        .init(
            connection: "198.18.0.1:40000>198.18.1.1:9092", direction: direction, sequence: sequence,
            lengthBytes: length, isReceived: isReceived)
    }

    private func drop(
        _ sequence: UInt32, payload: Int, _ direction: Direction = .clientToBroker, fate: String = "drop",
        fault: String = "fault-0"
    ) -> FaultLogEntry {
        FaultLogEntry(
            timeUs: 1, fault: fault, fate: fate, reason: "mtu", node: 1, direction: direction, packetIndex: 0,
            connection: direction == .clientToBroker
                ? "198.18.0.1:40000>198.18.1.1:9092" : "198.18.1.1:9092>198.18.0.1:40000",
            sequence: sequence, lengthBytes: payload + 40)
    }

    private func count(_ stretches: [WireEvidence.MissingStretch], _ log: [FaultLogEntry]) -> Int {
        SwallowedStretches.count(stretches, log)
    }

    @Test func everyByteMustBeAccountedFor() {
        #expect(count([stretch(1000, 2896)], [drop(1000, payload: 1448), drop(2448, payload: 1448)]) == 1)
        #expect(count([stretch(1000, 2896)], [drop(1000, payload: 1448)]) == 0)
        #expect(count([stretch(1000, 2896)], [drop(2448, payload: 1448)]) == 0)
        #expect(count([stretch(1000, 2896)], [drop(900, payload: 4000)]) == 1)
        #expect(count([stretch(1000, 2896)], []) == 0)
    }

    @Test func sequenceNumbersWrap() {
        #expect(count([stretch(.max - 99, 200)], [drop(.max - 99, payload: 100), drop(0, payload: 100)]) == 1)
    }

    @Test func directionConnectionAndFateCount() {
        #expect(count([stretch(1000, 100, .brokerToClient)], [drop(1000, payload: 100)]) == 0)
        #expect(count([stretch(1000, 100, .brokerToClient)], [drop(1000, payload: 100, .brokerToClient)]) == 1)
        #expect(count([stretch(1000, 100)], [drop(1000, payload: 100, fate: "delay")]) == 0)
        #expect(count([stretch(1000, 100)], [drop(1000, payload: 100, fault: "link")]) == 0)
    }

    /// The receiver has the bytes: a later packet brought them, and the capture missed that one.
    @Test func whatTheReceiverHasWasMissedByTheCapture() {
        #expect(count([stretch(1000, 100, isReceived: true)], [drop(1000, payload: 100)]) == 0)
    }

    @Test func theJudgeDoubtsOnlyWhatIsNotAccountedFor() {
        var fixture = Fixture()
        fixture.addPhase("loss", fromMs: 500, toMs: 700)
        fixture.record.wire?.captures[1].gaps = 2
        fixture.record.wire?.captures[1].missing = [stretch(1000, 100), stretch(5000, 100)]
        fixture.record.faultLog += [drop(1000, payload: 100)]
        #expect(fixture.verdict.doubts == ["broker-1.pcapng: 1 stretch of the streams are missing"])
        fixture.record.faultLog += [drop(5000, payload: 100)]
        #expect(fixture.verdict.doubts.isEmpty)
    }
}

/// A program without a driver: what its exit code and its numbers say.
@Suite struct ProgramTests {
    /// A sound cell whose producer is a program.
    private func fixture(exit code: Int64, numbered: Bool = true) -> Fixture {
        var fixture = Fixture(expecting: [survives])
        fixture.record.cell.producer.client = "command"
        fixture.record.client = ClientAccount(finished: false, reportsRecords: false)
        fixture.record.log?.isNumbered = numbered
        if code != 0 { fixture.record.history.removeAll { $0.kind == .driverDone } }
        fixture.change(.driverExited) {
            $0.values = ["exit_code": code]
            $0.detail = code == 0 ? "exit code 0" : "exit code \(code): given up: 7"
        }
        return fixture
    }

    @Test func anotherCodeThanZeroSaysThatRecordsWereGivenUp() {
        let verdict = fixture(exit: 1).verdict
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "the program says that records were given up (exit code 1: given up: 7)")
        #expect(verdict.doubts.isEmpty)
        var expected = fixture(exit: 1)
        expected.record.cell.expectations = [breaks]
        #expect(expected.verdict.outcome == .passed)
        #expect(expected.verdict.reason.hasPrefix("broke as expected: the program says that records were given up"))
    }

    @Test func whatItNeverWroteCountsAsFailedAndNotAsLost() {
        var fixture = fixture(exit: 1)
        fixture.forgetLogBatch(2)
        fixture.record.wire?.batches.remove(at: 4)
        #expect(fixture.verdict.measures.failed == 10)
        #expect(fixture.verdict.measures.lost == 0)
    }

    @Test func aSignalOfItsOwnIsNoBetter() {
        var fixture = fixture(exit: 1)
        fixture.change(.driverExited) {
            $0.values = ["signal": 11]
            $0.detail = "signal 11"
        }
        #expect(fixture.verdict.reason.contains("(signal 11)"))
        // The one that the harness sent is not its own.
        fixture.record.history.append(HistoryEvent(timeUs: 9, kind: .interrupted, detail: "time limit"))
        #expect(fixture.verdict.outcome == .inconclusive)
    }

    /// The retry of a batch was packed anew: its first try was never acknowledged, and every number is in the log.
    @Test func numbersInTheLogSayMoreThanBatchesOnTheWire() {
        for (numbered, outcome) in [(true, Outcome.passed), (false, .failed)] {
            var fixture = fixture(exit: 0, numbered: numbered)
            var again = fixture.record.wire!.batches[4]
            again.id = "orders-0/again"
            fixture.record.wire?.batches.append(again)
            fixture.record.wire?.batches[4].attempts[0].ackReachedClientUs = nil
            fixture.record.wire?.batches[4].attempts[0].fate = .requestLost
            fixture.record.wire?.batches[4].attempts[0].errorCode = nil
            fixture.record.wire?.batches[4].attempts[0].baseOffset = nil
            #expect(fixture.property("nothing-given-up").outcome == outcome)
        }
    }

    @Test func exitCodeZeroWithoutARecordInTheLogIsALoss() {
        var fixture = fixture(exit: 0)
        fixture.forgetLogBatch(2)
        fixture.record.wire?.batches.remove(at: 4)
        let verdict = fixture.verdict
        #expect(verdict.outcome == .failed)
        #expect(verdict.measures.lost == 10)
    }

    /// After the fault the program sends slower than before: nobody knows that it does not mean to.
    @Test func aProgramsPausesAreNoFailureToRecover() {
        var fixture = fixture(exit: 0)
        fixture.addPhase("loss", fromMs: 700, toMs: 800)
        let cutUs = Fixture.startUs + 800_000
        for b in fixture.record.wire!.batches.indices {
            for a in fixture.record.wire!.batches[b].attempts.indices {
                guard let reached = fixture.record.wire!.batches[b].attempts[a].ackReachedClientUs, reached > cutUs
                else { continue }
                fixture.record.wire!.batches[b].attempts[a].ackReachedClientUs = cutUs + (reached - cutUs) * 10
            }
        }
        let result = fixture.property("recovery")
        #expect(result.outcome == .passed)
        #expect(result.detail.contains("nobody knows when the program had its pauses"))
    }

    @Test func aBatchThatWasSplitIsNotOneThatWasNeverAcknowledged() {
        var fixture = fixture(exit: 0, numbered: false)
        var whole = fixture.record.wire!.batches[4]
        whole.id = "orders-0/whole"
        whole.isSplit = true
        whole.attempts[0].errorCode = 10
        whole.attempts[0].baseOffset = nil
        whole.attempts[0].fate = .refused
        fixture.record.wire?.batches.append(whole)
        #expect(fixture.property("nothing-given-up").outcome == .passed)
        #expect(fixture.verdict.measures.sent == 400)
    }

    @Test func aClientThatEndsWithAFatalErrorFailedAndTheHarnessDidNot() {
        var fixture = Fixture(expecting: [survives, expectation("failed", ">", 0)])
        fixture.record.client.finished = false
        fixture.record.client.errors = [
            ClientError(timeUs: Fixture.startUs + 5, name: "TypeError", message: "not done", fatal: true)
        ]
        for id in 380..<400 { fixture.record.client.records[id].outcome = .none }
        let verdict = fixture.verdict
        #expect(verdict.outcome == .failed)
        #expect(verdict.doubts.isEmpty)
        #expect(verdict.measures.failed == 20)
        #expect(verdict.reason.contains("TypeError: not done"))
    }
}
