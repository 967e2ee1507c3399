import EvidenceModel
import FoundationEssentials
import Glibc
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls
import Testbed

/// Runs the user's own program as the producer of a cell (`client: command`). It speaks no protocol: the wire and the
/// broker's log alone judge it.
///
/// In `producer.command` these words are replaced: `{bootstrap}` by the broker's address, `{topic}` by the first topic,
/// `{records}`, `{rate}` and `{size}` by the workload, `{run}` by what it numbers its records with. Its output goes to
/// `driver.log`. Time zero is when its first Produce request is seen at its end of the link. Records that are numbered by
/// a header (`RecordNumber`) bring the ledger of records back.
final class CellProgram: Sendable {
    private let cell: ScenarioCell
    private let command: ChildCommand
    private let record: RecordDirectory
    private let history: HistoryWriter
    private let reporter: CellReporter
    private let limits: ProducerLimits
    private let produced = Atomic(false)
    private let lastWords = LastWords()

    private static let pollInterval = Duration.milliseconds(5)

    init(
        cell: ScenarioCell, bootstrap: String, namespace: NetworkNamespace, record: RecordDirectory,
        history: HistoryWriter, reporter: CellReporter
    ) {
        self.cell = cell
        self.record = record
        self.history = history
        self.reporter = reporter
        limits = ProducerLimits(history: history)
        let values = [
            "{bootstrap}": bootstrap, "{topic}": cell.broker.topics.first?.name ?? "",
            "{records}": "\(cell.workload.records)", "{size}": "\(cell.workload.size)",
            "{run}": RecordNumber.run(seed: cell.seed),
            "{rate}": cell.workload.rate.map(Self.text) ?? "unlimited",
        ]
        let words = cell.producer.command.map { word in
            values.reduce(word) { $0.replacing($1.key, with: $1.value) }
        }
        command = ChildCommand(
            executable: words.first ?? "", arguments: Array(words.dropFirst()),
            environment: [RecordNumber.variable: RecordNumber.run(seed: cell.seed)]
        ).inside(namespace)
    }

    /// A rate as programs read numbers: a whole one without a point.
    static func text(_ rate: Double) -> String { Int(exactly: rate).map(String.init) ?? String(rate) }

    /// Runs the program to its end; exit code 0 means that it sent all it wanted, another that it gave records up.
    ///
    /// - Parameters:
    ///   - timeout: the cell's limit.
    ///   - stop: returns when the user asks to stop.
    ///   - hasProduced: whether a Produce request was seen at the client's end.
    ///   - onTimeZero: called once, when the first one was.
    func run(
        timeout: Duration, stop: @escaping @Sendable () async -> Void, hasProduced: @escaping @Sendable () -> Bool,
        onTimeZero: @escaping @Sendable (Int64) -> Void
    ) async throws -> CellDriver.End {
        let output = try RecordOutput(record, .driverLog)
        defer { output.report(to: history) }
        let path = record.path(of: .driverLog)
        let result = try await ChildProcess.run(command, standardErrorPath: path) { channel in
            history.append(.driverHello, subject: "command", detail: cell.producer.command.joined(separator: " "))
            reporter.update { $0.state = .running }
            await channel.closeInput()
            let tasks =
                [
                    Task {
                        while !hasProduced() { try await Task.sleep(for: Self.pollInterval) }
                        let now = WallClock.nowUs()
                        self.produced.store(true, ordering: .releasing)
                        self.history.append(.timeZero, timeUs: now)
                        onTimeZero(now)
                    }
                ] + limits.watch(channel, timeout: timeout, stop: stop) { $0.terminate() }
            defer { tasks.forEach { $0.cancel() } }
            try await channel.forEachChunk {
                output.write($0)
                lastWords.note($0)
            }
        }
        return conclude(result.end)
    }

    private func conclude(_ end: ChildEnd) -> CellDriver.End {
        let words = lastWords.text(log: record.path(of: .driverLog))
        let detail = end == .exited(0) ? end.description : end.description + words
        history.appendExit(end, detail: detail)
        if let reason = limits.stopReason { return .stopped(reason) }
        guard end == .exited(0) else {
            // Without a Produce request there was no experiment: a missing file or module looks like this.
            return produced.load(ordering: .acquiring)
                ? .gaveUp(detail) : .neverBegan("the program ended before its first Produce request, with \(detail)")
        }
        history.append(.driverDone)
        return .done
    }
}
