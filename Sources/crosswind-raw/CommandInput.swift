import FoundationEssentials
import Glibc
import SystemCalls

/// What the harness says on standard input, one JSON object a line.
final class CommandInput {
    private let lines = LineInput(STDIN_FILENO)
    /// The harness is gone.
    var hasEnded: Bool { lines.hasEnded }
    /// The harness said start.
    private(set) var hasStarted = false
    /// The harness said stop.
    private(set) var wantsStop = false

    /// The first line, or nil when the input ends before.
    func waitForLine() -> [UInt8]? { lines.next() }

    /// Reads what is there, at least one byte or the end.
    func read() {
        lines.fill()
        while let line = lines.takeLine() { obey(line) }
    }

    private func obey(_ line: [UInt8]) {
        struct Message: Decodable { var type: String }
        switch (try? JSONDecoder().decode(Message.self, from: Data(line)))?.type {
        case "start": hasStarted = true
        case "stop": wantsStop = true
        default: StandardError.say("crosswind-raw: ignored a line")
        }
    }
}
