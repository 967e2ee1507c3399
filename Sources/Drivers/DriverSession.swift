import Glibc
import SystemCalls

/// A driver process under the eyes of `DriverCheck`: one thread, plain pipes, a deadline on everything.
///
/// The harness itself starts drivers inside a sandbox; this is for looking at a driver alone.
final class DriverSession {
    /// A message and the bytes before it.
    struct Received {
        var message: DriverMessage
        /// Counts of rows that came before the message.
        var counters: DriverCounters
    }

    private let process: SpawnedProcess
    private let input: Int32
    private let output: Int32
    private var knownEnd: Int32?
    private var scanner = DriverLineScanner()
    private var waiting: [Received] = []
    private var inputIsOpen = true
    private var outputHasEnded = false
    /// Everything the driver said.
    private(set) var transcript: [UInt8] = []

    /// Counts of the rows so far.
    var counters: DriverCounters { scanner.counters }
    /// The exit code, or 128 + the signal that ended it; nil while it runs.
    var exitCode: Int32? {
        knownEnd = knownEnd ?? process.endIfEnded()
        return knownEnd
    }

    /// Starts the driver.
    ///
    /// - Throws: an error of the system when the executable cannot be started.
    init(_ launch: DriverLaunch, errorsTo log: Int32) throws {
        StopSignals.ignoreBrokenPipes()  // a driver that is gone is an answer, not the end of the checker
        let (theirInput, ours) = try Descriptor.pipe()
        let (theirs, theirOutput) = try Descriptor.pipe()
        (input, output) = (ours, theirs)
        defer { for end in [theirInput, theirOutput] { close(end) } }
        process = try SpawnedProcess(
            [launch.executable] + launch.arguments, environment: launch.environment, input: theirInput,
            output: theirOutput, error: log)
    }

    deinit {
        closeInput()
        if exitCode == nil {
            kill(process.processIdentifier, SIGKILL)
            _ = process.wait()
        }
        close(output)
    }

    /// Says something to the driver; false when it does not listen any more.
    @discardableResult
    func say(_ bytes: [UInt8]) -> Bool {
        inputIsOpen && Descriptor.write(bytes, to: input) == 0
    }

    /// Closes the driver's standard input.
    func closeInput() {
        guard inputIsOpen else { return }
        inputIsOpen = false
        close(input)
    }

    /// The next message, or nil when none comes in so many seconds or the driver ends.
    func next(within seconds: Double) -> Received? {
        let deadline = Deadline(seconds: seconds)
        while waiting.isEmpty, !outputHasEnded {
            let left = deadline.secondsLeft
            guard left > 0 else { return nil }
            receive(within: left)
        }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    /// Collects rows for so many seconds, or until `enough` says so.
    func watch(for seconds: Double, until enough: (DriverCounters) -> Bool = { _ in false }) {
        let deadline = Deadline(seconds: seconds)
        while !outputHasEnded, !enough(counters) {
            let left = deadline.secondsLeft
            guard left > 0 else { return }
            receive(within: left)
        }
    }

    /// The exit code, or nil when the driver does not end in so many seconds. What it still says is kept.
    func end(within seconds: Double) -> Int32? {
        let deadline = Deadline(seconds: seconds)
        while true {
            let left = deadline.secondsLeft
            if outputHasEnded {
                if let exitCode { return exitCode }
                usleep(2000)
            } else if left > 0 {
                receive(within: min(left, 0.02))
            }
            if left <= 0 { return exitCode }
        }
    }

    private func receive(within seconds: Double) {
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(max(1, min(seconds * 1000, 1000)))) > 0 else { return }
        let chunk = Descriptor.read(output)
        if chunk.isEmpty {
            outputHasEnded = true
            return
        }
        transcript += chunk
        // Line by line, so that the counters beside a message are those of the lines before it.
        var rest = chunk[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            let before = scanner.counters
            waiting += scanner.feed(Array(rest[..<end])).map { Received(message: $0, counters: before) }
            rest = rest[end...]
        }
    }
}
