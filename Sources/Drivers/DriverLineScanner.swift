import EvidenceModel

/// Cuts a driver's output into lines while the driver runs: yields what the harness acts on at once, and counts rows
/// without reading them.
///
/// The raw chunks belong in `driver.jsonl` unchanged; this scanner only looks at them.
public struct DriverLineScanner: Sendable {
    /// Lines longer than this are malformed: a driver must not make the harness run out of memory.
    public static let maximumLineBytes = 4 << 20
    /// Counts of the rows seen so far.
    public private(set) var counters = DriverCounters()
    /// When the first record was handed to the client, microseconds since the epoch: time zero of a timeline.
    public private(set) var firstSentUs: Int64?
    /// Lines that did not parse.
    public private(set) var malformedLines = 0
    /// The beginning of a line whose end has not come yet.
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// Makes a scanner that has seen nothing.
    public init() {}

    /// True when the last chunk ended inside a line.
    public var hasUnfinishedLine: Bool { !pending.isEmpty || isSkipping }

    /// Looks at the next bytes of the driver's output.
    ///
    /// - Returns: the messages that ended in this chunk, in order; rows are only counted.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) -> [DriverMessage] {
        var messages: [DriverMessage] = []
        var rest = chunk
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let part = UnsafeRawBufferPointer(rebasing: rest[..<newline])
            rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
            if isSkipping {
                isSkipping = false
            } else if pending.isEmpty {
                finish(part, &messages)
            } else {
                pending.append(contentsOf: part)
                let line = pending
                pending.removeAll(keepingCapacity: true)
                line.withUnsafeBytes { finish($0, &messages) }
            }
        }
        guard !isSkipping else { return messages }
        pending.append(contentsOf: rest)
        if pending.count > Self.maximumLineBytes {
            pending = []
            isSkipping = true
            malformedLines += 1
            messages.append(.malformed("a line of more than \(Self.maximumLineBytes) bytes"))
        }
        return messages
    }

    /// Looks at the next bytes of the driver's output.
    public mutating func feed(_ chunk: [UInt8]) -> [DriverMessage] {
        chunk.withUnsafeBytes { feed($0) }
    }

    private mutating func finish(_ line: UnsafeRawBufferPointer, _ messages: inout [DriverMessage]) {
        do throws(JSONError) {
            let parts = try DriverLine(line)
            if let message = try parts.message() {
                messages.append(message)
                return
            }
            var cursor = JSONCursor(line, at: parts.rowsPosition ?? 0)
            if parts.kind == .sent, firstSentUs == nil {
                var first = JSONCursor(line, at: parts.rowsPosition ?? 0)
                try first.rows(.sent) { row in firstSentUs = min(firstSentUs ?? row.timeUs, row.timeUs) }
            }
            let rows = try cursor.countRows()
            switch parts.kind {
            case .sent: counters.sent += rows
            case .acknowledged: counters.acknowledged += rows
            default: counters.failed += rows
            }
        } catch {
            malformedLines += 1
            messages.append(.malformed(error.reason))
        }
    }
}
