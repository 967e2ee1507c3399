import Foundation

/// What the harness says on standard input, one JSON object a line.
final class CommandInput {
    /// Longer lines are not read: a configure line is a few kilobytes.
    private static let longestLine = 16 << 20
    private var bytes: [UInt8] = []
    /// The harness is gone.
    private(set) var hasEnded = false
    /// The harness said start.
    private(set) var hasStarted = false
    /// The harness said stop.
    private(set) var wantsStop = false

    /// The first line, or nil when the input ends before.
    func waitForLine() -> [UInt8]? {
        while true {
            if let line = takeLine() { return line }
            if hasEnded { return nil }
            fill()
        }
    }

    /// Reads what is there, at least one byte or the end.
    func read() {
        fill()
        while let line = takeLine() { obey(line) }
    }

    private func obey(_ line: [UInt8]) {
        struct Message: Decodable { var type: String }
        switch (try? JSONDecoder().decode(Message.self, from: Data(line)))?.type {
        case "start": hasStarted = true
        case "stop": wantsStop = true
        default: FileHandle.standardError.write(Data("crosswind-raw: ignored a line\n".utf8))
        }
    }

    private func takeLine() -> [UInt8]? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes.removeSubrange(...end) }
        return Array(bytes[..<end])
    }

    private func fill() {
        let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            var received: Int
            repeat {
                received = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            } while received < 0 && errno == EINTR
            count = max(received, 0)
        }
        hasEnded = hasEnded || chunk.isEmpty || bytes.count > Self.longestLine
        bytes += chunk
    }
}
