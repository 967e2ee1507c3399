import EvidenceModel
import FoundationEssentials
import Glibc
import Synchronization

/// Appends events to `history.jsonl`, each with one write: what was written is in the record even if this process is
/// killed right after.
public final class HistoryWriter: Sendable {
    private let descriptor: Int32
    private let lock = Mutex(())

    /// Opens the file, for appending.
    public init(path: String) throws { descriptor = try openForAppending(path) }

    deinit { close(descriptor) }

    /// Appends one event, at the time now unless told otherwise.
    public func append(
        _ kind: HistoryEvent.Kind, subject: String? = nil, detail: String? = nil, values: [String: Int64]? = nil,
        timeUs: Int64? = nil
    ) {
        let event = HistoryEvent(
            timeUs: timeUs ?? WallClock.nowUs(), kind: kind, subject: subject, detail: detail, values: values)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(event) else {
            preconditionFailure("an event is made of strings and integers, which always encode")
        }
        line.append(0x0a)
        lock.withLock { _ in
            line.withUnsafeBytes { bytes in writeAll(bytes, to: descriptor) }
        }
    }
}
