import EvidenceModel
import Foundation
import Reports
import ScenarioModel
import Testing

@testable import Cells
@testable import RunRecord

/// Whose fault it is: the client's own word, what a fault swallowed, and when latency begins, in whole cells.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct BlameTests {
    /// A producer section that runs a program in Python with kafka-python.
    private func program(_ code: String) -> String {
        let cache = ClientTests.cache
        let words = [
            "env", "PYTHONPATH=\(cache)/kafka-python/3.0.12", "\(cache)/python/bin/python3", "-c",
            code.split(separator: "\n").joined(separator: "\\n"), "{bootstrap}", "{topic}", "{records}", "{rate}",
        ]
        return "{ client: command, command: [\(words.map { "\"\($0)\"" }.joined(separator: ", "))] }"
    }

    private func cell(
        expecting exitCode: Int32, _ sections: String
    ) throws -> (verdict: Verdict, output: String) {
        let (results, output) = try EndToEndTests.results(
            [], expecting: exitCode, scenario: "name: blame\nclaim: A test of the harness.\n" + sections)
        return (try #require(results.cells.first?.verdict), output)
    }

    /// The beginning of every program: numbered records at the rate of the workload.
    private let numbered = """
        import os, sys, time, kafka
        run, records, rate = os.environ['CROSSWIND_RUN'], int(sys.argv[3]), int(sys.argv[4])
        def send(producer, n):
            return producer.send(sys.argv[2], b'an order', headers=[('crosswind-record', f'{run}/{n}'.encode())])
        """

    // MARK: - Programs

    /// Needs also that `{rate}` has no point: int() takes none.
    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func aProgramThatGivesRecordsUpFailsWithItsLastWords() throws {
        let code =
            numbered + """

                p = kafka.KafkaProducer(bootstrap_servers=sys.argv[1], delivery_timeout_ms=1500, request_timeout_ms=1000, linger_ms=0)
                sends = []
                for n in range(records):
                    sends.append(send(p, n)); time.sleep(1 / rate)
                time.sleep(2)
                print('given up:', sum(1 for s in sends if s.failed()), flush=True)
                os._exit(1)
                """
        let (verdict, _) = try cell(
            expecting: 0,
            """
            producer: \(program(code))
            workload: { records: 300, rate: 200/s, size: 16B }
            faults: [{ at: 1s, for: 6s, partition: true }]
            expect: [{ survives: false, failed: "> 0", lost: 0 }]
            """)
        #expect(verdict.reason.contains("the program says that records were given up (exit code 1: "))
        #expect(verdict.reason.contains("given up: "), "\(verdict.reason)")
        #expect(verdict.doubts.isEmpty, "\(verdict.doubts)")
    }

    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func aProgramThatEndsWhileItsBrokerIsAwayHasItsLogRead() throws {
        let code =
            numbered + """

                p = kafka.KafkaProducer(bootstrap_servers=sys.argv[1], linger_ms=0)
                sends = [send(p, n) for n in range(records)]
                p.flush()
                time.sleep(2)
                os._exit(0)
                """
        // The fault begins long after records / rate: nobody knows when a program sends its last record.
        let (verdict, _) = try cell(
            expecting: 0,
            """
            producer: \(program(code))
            workload: { records: 100, rate: 1000/s, size: 16B }
            faults: [{ at: 1s, for: 60s, do: [shutdown] }]
            """)
        #expect(verdict.survived == true, "\(verdict.reason) \(verdict.doubts)")
        #expect(verdict.measures.lost == 0)
    }

    @Test func aProgramThatNeverProducedIsNoExperiment() throws {
        let (verdict, _) = try cell(
            expecting: 2,
            """
            producer: { client: command, command: [sh, -c, "echo no such module >&2; exit 3"] }
            expect: [{ survives: false }]
            """)
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.reason.contains("exit code 3: no such module"), "\(verdict.reason)")
        #expect(verdict.reason.contains("before its first Produce request"), "\(verdict.reason)")
        #expect(!verdict.reason.contains("the harness failed"), "\(verdict.reason)")
    }

    // MARK: - Drivers

    /// kafka-python 3.0 splits a batch that is too large, and its flush() raises then.
    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func aClientsOwnExceptionIsTheClientsFailure() throws {
        let (verdict, output) = try cell(
            expecting: 1,
            """
            broker: { topics: [{ name: orders, partitions: 1, config: { max.message.bytes: 4000 } }] }
            producer: { client: kafka-python, config: { acks: all, linger_ms: 100, batch_size: 64000 } }
            workload: { records: 400, rate: 1000/s, size: 500B }
            """)
        #expect(verdict.reason.contains("fatal error of the client"), "\(verdict.reason)")
        #expect(!output.contains("the harness failed"), "\(output)")
        #expect(verdict.doubts.isEmpty, "\(verdict.doubts)")
    }

    @Test(arguments: [
        ("librdkafka", "linger_typo: 5", "did you mean 'linger.ms' in place of 'linger_typo'?"),
        ("librdkafka", "quantum.foam: 5", "leave 'quantum.foam' out"), ("librdkafka", "linger.ms: soon", "linger.ms"),
        ("raw", "acks: maybe", "acks"),
    ])
    func whatOnlyTheClientKnowsIsToldAtOnceInItsWords(client: String, config: String, words: String) throws {
        let (verdict, output) = try cell(
            expecting: 64, "producer: { client: \(client), config: { \(config) } }")
        #expect(!output.contains("time limit"), "it was ended at once, not at its limit: \(output)")
        #expect(verdict.reason.hasPrefix("the client did not take its configuration: \(client)"), "\(verdict.reason)")
        #expect(verdict.reason.contains(words), "\(verdict.reason)")
        #expect(!output.contains("the harness failed"), "\(output)")
    }

    // MARK: - The wire

    /// Every batch is longer than the path carries: the streams' missing stretches are the fault's own.
    @Test func whatAPathSwallowsIsNoHoleInTheCapture() throws {
        let (verdict, _) = try cell(
            expecting: 0,
            """
            producer: { client: librdkafka, config: { acks: all, message.timeout.ms: 4000, socket.timeout.ms: 2000 } }
            workload: { records: 200, rate: 100/s, size: 4KB }
            faults: [{ during: always, direction: clientToBroker, mtu: 1300B }]
            expect: [{ survives: false, failed: 200 }]
            """)
        #expect(verdict.doubts.isEmpty, "\(verdict.doubts)")
    }

    // MARK: - Latency

    /// A send call that blocks for a second takes no record in that time: from the send call nearly all look fast.
    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func aStallShowsInTheLatencyAlthoughTheClientTookNoRecords() throws {
        let (verdict, _) = try cell(
            expecting: 0,
            """
            producer:
              client: kafka-clients
              config: { acks: all, batch.size: 16384, max.block.ms: 60000, buffer.memory: 65536 }
            workload: { records: 10000, rate: 2000/s, size: 1000B }
            faults: [{ at: 2s, for: 1s, do: [pause] }]
            expect: [{ survives: true, ack_latency_ms.p99: "> 500", ack_latency_from_send_ms.p99: "< 400" }]
            """)
        #expect(verdict.measures.ackLatencyMs?.p99 ?? 0 > 500)
    }
}

/// What cannot be written is told.
@Suite struct WriteFailureTests {
    @Test func aDriversLinesThatDoNotFitAreToldInTheHistory() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let history = try HistoryWriter(path: directory + "/history.jsonl")
            let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
            try #require(full >= 0)
            let output = RecordOutput(descriptor: full, file: .driver)
            for _ in 0..<3 { [UInt8](repeating: 1, count: 100).withUnsafeBytes { output.write($0) } }
            output.report(to: history)
            output.report(to: history)
            let events = try RecordDirectory(path: directory).history().elements
            #expect(events.map(\.kind) == [.recordWriteFailed])
            #expect(events.first?.subject == "driver.jsonl")
            #expect(events.first?.values == ["errno": Int64(ENOSPC), "lost_bytes": 300])
        }
    }

    @Test func aHistoryThatCannotBeWrittenSaysSoAtItsEnd() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        let history = HistoryWriter(descriptor: full)
        #expect(history.failure == nil)
        history.append(.cellStarted)
        history.append(.cellEnded)
        #expect(history.failure?.errorNumber == ENOSPC)
        #expect(history.failure?.lostBytes ?? 0 > 60)
    }

    /// A disk that was full for a while: the next event that fits is preceded by one that tells of the loss.
    @Test func aHistoryThatCanBeWrittenAgainTellsWhatIsMissing() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        defer { close(ends[0]) }
        let history = HistoryWriter(descriptor: ends[1])
        while history.failure == nil { history.append(.driverDone, detail: String(repeating: "x", count: 3000)) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        func drain() {
            while true {
                let count = read(ends[0], &buffer, buffer.count)
                guard count > 0 else { return }
                text += buffer[..<count]
            }
        }
        drain()
        history.append(.cellEnded)
        #expect(history.failure == nil)
        drain()
        let lines = text.withUnsafeBufferPointer { bytes in
            JSONLines(bytes) { try JSONDecoder().decode(HistoryEvent.self, from: Data($0)) }
        }
        #expect(lines.elements.suffix(2).map(\.kind) == [.recordWriteFailed, .cellEnded])
        #expect(lines.elements.dropLast().last?.values?["errno"] == Int64(EAGAIN))
        #expect(lines.malformedLines <= 1)
    }
}

@Suite struct RateTextTests {
    @Test func aWholeRateHasNoPoint() {
        #expect(CellProgram.text(500) == "500")
        #expect(CellProgram.text(0.5) == "0.5")
        #expect(CellProgram.text(1_000_000) == "1000000")
        #expect(CellProgram.text(33.25) == "33.25")
    }
}
