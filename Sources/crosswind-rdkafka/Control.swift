import CLinux
import FoundationEssentials
import Glibc
import Synchronization
import SystemCalls

/// What the harness and the system ask of the driver while it works: start, stop, end.
///
/// The main thread alone talks to librdkafka and writes the lines. A second thread reads standard input, so that the end
/// of the harness is noticed whatever the main thread is doing.
enum Control {
    /// The harness said start.
    static let started = Atomic<Bool>(false)
    /// The harness said stop: send no more.
    static let stopRequested = Atomic<Bool>(false)
    /// The exit code to end with at once, or `notEnding`.
    static let ending = Atomic<Int32>(notEnding)
    /// The value of `ending` while the driver shall go on.
    static let notEnding: Int32 = -1
    /// An eventfd that wakes the main thread.
    static let wakeUp: Int32 = cl_eventfd()
    /// How long the main thread may take to write its last rows before the process ends without them.
    private static let graceMicroseconds: UInt32 = 200_000
    /// The same after a signal.
    private static let graceAfterSignalMicroseconds: UInt32 = 900_000

    /// Ignores SIGPIPE (a write to a dead harness is an error, not a death) and turns SIGTERM and SIGINT into an end
    /// that loses no line.
    static func installSignalHandlers() {
        StopSignals.ignoreBrokenPipes()
        StopSignals.begin { number in
            ending.store(128 + number, ordering: .releasing)
            wake()
            // The main thread may be blocked in a full pipe: then the process ends without its last rows.
            usleep(graceAfterSignalMicroseconds)
            ProcessEnd.atOnce(128 + number)
        }
    }

    /// Reads `start` and `stop` from `input` on a thread of its own until standard input ends.
    static func listen(to input: LineInput) {
        let handedOver = HandedOver(input: input)
        WorkerThread.start { serve(handedOver.input) }
    }

    /// The lines of standard input on their way to the only thread that reads them from now on.
    private struct HandedOver: @unchecked Sendable { let input: LineInput }

    /// Wakes the main thread.
    static func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    private static func serve(_ input: LineInput) {
        while let line = input.next() {
            switch Command(line) {
            case .start: started.store(true, ordering: .releasing)
            case .stop: stopRequested.store(true, ordering: .releasing)
            case nil: StandardError.say("crosswind-rdkafka: ignored a line that is neither start nor stop")
            }
            wake()
        }
        ending.store(0, ordering: .releasing)
        wake()
        usleep(graceMicroseconds)
        ProcessEnd.atOnce(EXIT_SUCCESS)
    }

    /// A command that follows `configure`.
    private enum Command: String {
        case start, stop

        init?(_ line: [UInt8]) {
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(line)) else { return nil }
            self.init(rawValue: message.type)
        }

        private struct Message: Decodable { var type: String }
    }
}
