import EvidenceModel
import FoundationEssentials
import Glibc
import Synchronization

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
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What was lost and not told yet; nil when the file holds everything or says what it lacks.
    var failure: WriteFailure? { state.withLock { $0.lostBytes > 0 ? $0 : nil } }

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

/// Bytes that a file of the record did not take.
struct WriteFailure: Sendable, Equatable {
    /// The first errno.
    var errorNumber: Int32 = 0
    /// Bytes that are not in the file.
    var lostBytes = 0

    mutating func add(_ other: WriteFailure) {
        if lostBytes == 0 { errorNumber = other.errorNumber }
        lostBytes += other.lostBytes
    }

    /// The system's words.
    var reason: String { String(cString: strerror(errorNumber)) }

    /// The event that tells of it.
    func event(file: String) -> HistoryEvent {
        HistoryEvent(
            timeUs: WallClock.nowUs(), kind: .recordWriteFailed, subject: file, detail: reason,
            values: ["errno": Int64(errorNumber), "lost_bytes": Int64(lostBytes)])
    }
}

/// Opens a file of the record for appending.
func openForAppending(_ path: String) throws -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw HarnessError(operation: "open", subject: path, reason: String(cString: strerror(errno))) }
    return descriptor
}

/// Writes all bytes; nil when it could.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> WriteFailure? {
    bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// Writes all bytes; nil when it could.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> WriteFailure? {
    var rest = bytes
    while !rest.isEmpty {
        let written = write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
            if errno == EINTR { continue }
            return WriteFailure(errorNumber: errno, lostBytes: rest.count)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return nil
}

/// A file of the record that another process's output goes to; what it does not take is counted.
final class RecordOutput: Sendable {
    private let descriptor: Int32
    private let file: String
    private let lost = Mutex(WriteFailure())

    /// Opens the file, for appending.
    init(_ record: RecordDirectory, _ file: RecordDirectory.File) throws {
        descriptor = try openForAppending(record.path(of: file))
        self.file = file.rawValue
    }

    /// Writes to a descriptor, which it closes at its end.
    init(descriptor: Int32, file: RecordDirectory.File) {
        self.descriptor = descriptor
        self.file = file.rawValue
    }

    deinit { close(descriptor) }

    /// Appends bytes as they are.
    func write(_ bytes: UnsafeRawBufferPointer) {
        guard let failure = writeAll(bytes, to: descriptor) else { return }
        lost.withLock { $0.add(failure) }
    }

    /// Tells the history what the file lacks, once at the end.
    func report(to history: HistoryWriter) {
        let failure = lost.withLock { lost in
            defer { lost = WriteFailure() }
            return lost
        }
        guard failure.lostBytes > 0 else { return }
        let event = failure.event(file: file)
        history.append(event.kind, subject: event.subject, detail: event.detail, values: event.values)
    }
}
