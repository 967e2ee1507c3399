import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import RunRecord
import Synchronization
import SystemCalls
import Testbed

/// Runs the producer's driver in a cell: configure, wait until it is ready, start, watch, and end it.
///
/// Its lines go to `driver.jsonl` unchanged before anything is made of them.
final class CellDriver: Sendable {
    /// How the driver's part of the cell ended.
    enum End: Sendable, Equatable {
        /// Every record has its outcome.
        case done
        /// The client refused to begin, for example because of a property. The text is the client's own.
        case refused(String)
        /// The client failed in the middle of its work and said so: a fatal error, or a program's exit code. A result.
        case gaveUp(String)
        /// The harness ended the driver in the middle of its work: what it reports is no account of the client.
        case rejected(String)
        /// A program ended before it produced anything.
        case neverBegan(String)
        /// The driver ended without `done` and without a word.
        case died(String)
        /// The cell's time was up, or the user stopped it.
        case stopped(String)
    }

    private let command: ChildCommand
    private let configuration: DriverConfiguration
    private let launch: DriverLaunch
    private let record: RecordDirectory
    private let history: HistoryWriter
    private let reporter: CellReporter
    private let limits: ProducerLimits
    private let state = Mutex(State())

    private struct State {
        var isReady = false
        var isAllSent = false
        var isDone = false
        var fatal: String?
        var timeZeroUs: Int64?
        /// Why this side ended the driver: it is not what was asked for, or no timeline can follow it. It may have said
        /// `done` in the same breath, which changes nothing.
        var rejected: String?
    }

    /// How far the time of the first record may be from this machine's clock, which is the driver's too.
    private static let clockTolerance = Duration.seconds(600)

    init(
        launch: DriverLaunch, configuration: DriverConfiguration, namespace: NetworkNamespace, record: RecordDirectory,
        history: HistoryWriter, reporter: CellReporter
    ) {
        self.launch = launch
        self.configuration = configuration
        self.record = record
        self.history = history
        self.reporter = reporter
        limits = ProducerLimits(history: history)
        command = ChildCommand(
            executable: launch.executable, arguments: launch.arguments, environment: launch.environment
        ).inside(namespace)
    }

    /// Runs the driver to its end.
    ///
    /// - Parameters:
    ///   - timeout: the cell's limit, from the start of the driver.
    ///   - loadTime: when the load ends, from time zero: the driver is told to send no more. Nil: after its records.
    ///   - stop: returns when the user asks to stop.
    ///   - onTimeZero: called once, with the time of the first record.
    ///   - onAllSent: called once, when the last record was handed to the client.
    func run(
        timeout: Duration, loadTime: Duration? = nil, stop: @escaping @Sendable () async -> Void,
        onTimeZero: @escaping @Sendable (Int64) -> Void, onAllSent: @escaping @Sendable () -> Void
    ) async throws -> End {
        let output = try RecordOutput(record, .driver)
        defer { output.report(to: history) }
        let result = try await ChildProcess.run(command, standardErrorPath: record.path(of: .driverLog)) { channel in
            await channel.write(String(decoding: DriverCommand.configure(configuration).line, as: UTF8.self))
            let watchdogs = limits.watch(channel, timeout: timeout, stop: stop) { channel in
                await channel.write(String(decoding: DriverCommand.stop.line, as: UTF8.self))
            }
            defer { watchdogs.forEach { $0.cancel() } }
            let loadEnd = Mutex<Task<Void, any Error>?>(nil)
            defer { loadEnd.withLock { $0?.cancel() } }
            let timeZero: @Sendable (Int64) -> Void = { timeUs in
                onTimeZero(timeUs)
                guard let loadTime else { return }
                let task = Task { try await self.endLoad(after: loadTime, from: timeUs, channel, onAllSent) }
                loadEnd.withLock { $0 = task }
            }
            var scanner = DriverLineScanner()
            try await channel.forEachChunk { chunk in
                output.write(chunk)
                for message in scanner.feed(chunk) { await self.handle(message, channel) }
                self.count(scanner, timeZero, onAllSent)
                if self.state.withLock({ $0.rejected != nil }) { channel.kill() }
            }
        }
        return conclude(result.end)
    }

    private func handle(_ message: DriverMessage, _ channel: ChildChannel) async {
        switch message {
        case .hello(let hello):
            history.append(.driverHello, subject: hello.driver, detail: hello.clientText)
            if !launch.accepts(hello) {
                let wanted = launch.expectedVersion ?? "another version"
                reject("the driver runs \(hello.clientText), the scenario asks for \(wanted)")
            }
        case .ready(let timeUs):
            history.append(.clientReady, timeUs: timeUs)
            state.withLock { $0.isReady = true }
            reporter.update { $0.state = .running }
            await channel.write(String(decoding: DriverCommand.start.line, as: UTF8.self))
        case .error(let error):
            reporter.update { $0.errors += 1 }
            if error.fatal { state.withLock { $0.fatal = $0.fatal ?? "\(error.name): \(error.message)" } }
        case .done:
            history.append(.driverDone)
            state.withLock { $0.isDone = true }
        case .malformed(let reason):
            // Who cannot say that it is ready in the protocol's words never will: waiting for it would prove nothing.
            guard !state.withLock({ $0.isReady }) else { break }
            reject("before it was ready the driver said what is no line of one: \(reason)")
        case .began, .log: break
        }
    }

    /// The driver is ended after the chunk at hand. A fatal error that the client named first stays the reason.
    private func reject(_ reason: String) {
        state.withLock { $0.rejected = $0.rejected ?? $0.fatal ?? reason }
    }

    private func count(_ scanner: DriverLineScanner, _ onTimeZero: (Int64) -> Void, _ onAllSent: () -> Void) {
        if let first = scanner.firstSentUs {
            let distance = WallClock.until(first)
            guard distance > .zero - Self.clockTolerance, distance < Self.clockTolerance else {
                return reject(
                    "it says that its first record was sent at \(first), and it is \(WallClock.nowUs()):"
                        + " microseconds since the Unix epoch are meant")
            }
            let isNew = state.withLock { state in
                defer { state.timeZeroUs = first }
                return state.timeZeroUs == nil
            }
            if isNew {
                history.append(.timeZero, timeUs: first)
                onTimeZero(first)
            }
        }
        if scanner.counters.sent >= Int64(configuration.records) {
            let isNew = state.withLock { state in
                defer { state.isAllSent = true }
                return !state.isAllSent
            }
            if isNew { onAllSent() }
        }
        reporter.update {
            $0.sent = Int(scanner.counters.sent)
            $0.acked = Int(scanner.counters.acknowledged)
            $0.failed = Int(scanner.counters.failed)
        }
    }

    /// Tells the driver to send no more when the load's time is over. What waits in the client is still delivered.
    private func endLoad(
        after loadTime: Duration, from timeUs: Int64, _ channel: ChildChannel, _ onAllSent: @Sendable () -> Void
    ) async throws {
        // A paced load that keeps its pace has sent its last record by then.
        let due = WallClock.until(timeUs) + loadTime + .milliseconds(20)
        if due > .zero { try await Task.sleep(for: due) }
        try Task.checkCancellation()
        let isNew = state.withLock { state in
            defer { state.isAllSent = true }
            return !state.isAllSent
        }
        guard isNew else { return }
        history.append(.loadEnded)
        onAllSent()
        await channel.write(String(decoding: DriverCommand.stop.line, as: UTF8.self))
    }

    private func conclude(_ end: ChildEnd) -> End {
        history.appendExit(end, detail: end.description)
        let state = state.withLock { $0 }
        if let reason = limits.stopReason { return .stopped(reason) }
        if let reason = state.rejected { return state.isReady ? .rejected(reason) : .refused(reason) }
        if state.isDone { return .done }
        if let fatal = state.fatal { return state.isReady ? .gaveUp(fatal) : .refused(fatal) }
        return .died("the driver ended with \(end) before it was done\(LastWords.of(record.path(of: .driverLog)))")
    }
}
