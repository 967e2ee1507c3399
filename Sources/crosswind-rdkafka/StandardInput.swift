import Glibc

/// Lines of standard input.
///
/// Used by one thread at a time: first by the main thread, which then hands it over to the listener for good.
final class StandardInput {
    /// Longer lines are refused: a configure line is a few kilobytes.
    private static let maximumLineBytes = 16 << 20
    private var pending: [UInt8] = []
    private var searched = 0
    private var ended = false

    /// The next line without its end, or nil when standard input has ended. An unfinished last line is dropped.
    func readLine() -> [UInt8]? {
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                searched = 0
                return line
            }
            searched = pending.count
            guard !ended, pending.count <= Self.maximumLineBytes else { return nil }
            fill()
        }
    }

    private func fill() {
        let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            var received: Int
            repeat {
                received = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            } while received < 0 && errno == EINTR
            count = max(received, 0)
        }
        ended = chunk.isEmpty
        pending += chunk
    }
}
