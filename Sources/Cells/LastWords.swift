import FoundationEssentials
import Synchronization

/// The end of what a program said, for the sentence that tells how it ended: its last lines of output, which it chose
/// itself, and the last line of all, which may be an exception that nobody caught.
final class LastWords: Sendable {
    private static let mostBytes = 4096
    private static let mostCharacters = 300
    private let tail = Mutex<[UInt8]>([])

    /// Notes a chunk of standard output.
    func note(_ chunk: UnsafeRawBufferPointer) {
        tail.withLock { tail in
            tail.append(contentsOf: chunk.suffix(Self.mostBytes))
            if tail.count > 2 * Self.mostBytes { tail.removeFirst(tail.count - Self.mostBytes) }
        }
    }

    /// `: ` and the words in one line; empty when there are none.
    ///
    /// - Parameter log: the file that everything it said went to.
    func text(log: String) -> String {
        var lines = Array(Self.lines(tail.withLock { $0 }).suffix(2))
        if let last = Self.lines(ofFile: log).last, !lines.contains(last) { lines.append(last) }
        return Self.joined(lines)
    }

    /// The same of a file alone.
    static func of(_ path: String) -> String { joined(lines(ofFile: path).suffix(2)) }

    private static func lines(ofFile path: String) -> [String] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return lines(Array(data.suffix(mostBytes)))
    }

    /// Lines without what is indented: the frames of a traceback tell a reader of one sentence nothing.
    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { $0.first?.isWhitespace == false }
            .map { line in String(line.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } })
            }
            .filter { !$0.isEmpty }
    }

    private static func joined(_ lines: some Sequence<String>) -> String {
        let text = lines.joined(separator: " / ")
        return text.isEmpty ? "" : ": " + (text.count > mostCharacters ? "…" + text.suffix(mostCharacters) : text)
    }
}
