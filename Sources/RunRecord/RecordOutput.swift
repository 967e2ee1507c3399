import EvidenceModel
import Glibc
import Synchronization

/// A file of the record that another process's output goes to; what it does not take is counted.
package final class RecordOutput: Sendable {
    private let descriptor: Int32
    private let file: String
    private let lost = Mutex(WriteFailure())

    /// Opens the file, for appending.
    package init(_ record: RecordDirectory, _ file: RecordDirectory.File) throws {
        descriptor = try openForAppending(record.path(of: file))
        self.file = file.rawValue
    }

    /// Writes to a descriptor, which it closes at its end.
    package init(descriptor: Int32, file: RecordDirectory.File) {
        self.descriptor = descriptor
        self.file = file.rawValue
    }

    deinit { close(descriptor) }

    /// Appends bytes as they are.
    package func write(_ bytes: UnsafeRawBufferPointer) {
        guard let failure = writeAll(bytes, to: descriptor) else { return }
        lost.withLock { $0.add(failure) }
    }

    /// Tells the history what the file lacks, once at the end.
    package func report(to history: HistoryWriter) {
        let failure = lost.withLock { lost in
            defer { lost = WriteFailure() }
            return lost
        }
        guard failure.lostBytes > 0 else { return }
        let event = failure.event(file: file)
        history.append(event.kind, subject: event.subject, detail: event.detail, values: event.values)
    }
}
