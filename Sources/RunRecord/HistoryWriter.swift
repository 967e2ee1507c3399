import EvidenceModel
import FoundationEssentials
import Glibc
import Synchronization
import SystemCalls

/// Appends events to `history.jsonl`, each with one write: what was written is in the record even if this process is
/// killed right after.
///
/// An event that could not be written is told by the next one that can be (`record-write-failed`), or by ``failure``.
public final class HistoryWriter: Sendable {
    private let descriptor: Int32
    private let state = Mutex(WriteFailure())

    /// Opens the file, for appending.
    public init(path: String) throws { descriptor = try openForAppending(path) }

    /// Writes to a descriptor, which it closes at its end.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What was lost and not told yet; nil when the file holds everything or says what it lacks.
    package var failure: WriteFailure? { state.withLock { $0.lostBytes > 0 ? $0 : nil } }

    /// Appends one event, at the time now unless told otherwise.
    public func append(
        _ kind: HistoryEvent.Kind, subject: String? = nil, detail: String? = nil, values: [String: Int64]? = nil,
        timeUs: Int64? = nil
    ) {
        let event = HistoryEvent(
            timeUs: timeUs ?? WallClock.nowUs(), kind: kind, subject: subject, detail: detail, values: values)
        state.withLock { lost in
            if lost.lostBytes > 0 {
                // A line of its own: the one that failed may have left a part.
                let told = lost.event(file: RecordDirectory.File.history.rawValue)
                guard writeAll([0x0a] + Self.line(told), to: descriptor) == nil else {
                    lost.add(WriteFailure(errorNumber: lost.errorNumber, lostBytes: Self.line(event).count))
                    return
                }
                lost = WriteFailure()
            }
            if let failure = writeAll(Self.line(event), to: descriptor) { lost.add(failure) }
        }
    }

    private static func line(_ event: HistoryEvent) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(event) else {
            preconditionFailure("an event is made of strings and integers, which always encode")
        }
        return Array(line) + [0x0a]
    }
}
