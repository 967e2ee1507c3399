/// The lines of a `.jsonl` file that were understood, and how many were not.
///
/// A process that is killed may leave half a line at the end of each of its files. That is normal and told apart from
/// damage inside the file.
public struct JSONLines<Element> {
    /// What was understood, in file order.
    public var elements: [Element]
    /// Whole lines that did not parse.
    public var malformedLines: Int
    /// True when the file ends in the middle of a line.
    public var endsInMidLine: Bool

    /// Reads every line of `bytes` with `parse`; a line for which it throws is counted, an empty line is not.
    public init(
        _ bytes: UnsafeBufferPointer<UInt8>, parse: (UnsafeBufferPointer<UInt8>) throws -> Element?
    ) {
        elements = []
        malformedLines = 0
        endsInMidLine = false
        var first = 0
        while first < bytes.count {
            var end = first
            while end < bytes.count, bytes[end] != 0x0a { end += 1 }
            let line = UnsafeBufferPointer(rebasing: bytes[first..<end])
            let whole = end < bytes.count
            first = end + 1
            if line.isEmpty { continue }
            do {
                if let element = try parse(line) { elements.append(element) }
            } catch {
                if whole { malformedLines += 1 } else { endsInMidLine = true }
            }
        }
    }
}

extension JSONLines: Sendable where Element: Sendable {}
