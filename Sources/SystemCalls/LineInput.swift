import Glibc

/// Lines of a descriptor, by read(2): a thread that waits for one holds no lock of stdio.
///
/// Used by one thread at a time.
public final class LineInput {
    /// Longer lines are refused: what is read so is a few kilobytes at most.
    public static let longestLineBytes = 16 << 20

    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var searched = 0
    /// The descriptor has ended, failed, or brought a line that is too long.
    public private(set) var hasEnded = false

    /// Reads from `descriptor`, which stays the caller's.
    public init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line without its end, or nil when the input has ended. An unfinished last line is dropped.
    public func next() -> [UInt8]? {
        while true {
            if let line = takeLine() { return line }
            if hasEnded { return nil }
            fill()
        }
    }

    /// Reads once, which blocks when nothing is there; take the lines by ``takeLine()``.
    public func fill() {
        let chunk = Descriptor.read(descriptor)
        pending += chunk
        hasEnded = hasEnded || chunk.isEmpty || pending.count > Self.longestLineBytes
    }

    /// A line that is there already, without its end.
    public func takeLine() -> [UInt8]? {
        guard let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = pending.count
            return nil
        }
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        searched = 0
        return line
    }
}
