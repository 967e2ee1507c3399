import EvidenceModel
import Glibc
import SystemCalls

/// Bytes that a file of the record did not take.
package struct WriteFailure: Sendable, Equatable {
    /// The first errno.
    package var errorNumber: Int32 = 0
    /// Bytes that are not in the file.
    package var lostBytes = 0

    package mutating func add(_ other: WriteFailure) {
        if lostBytes == 0 { errorNumber = other.errorNumber }
        lostBytes += other.lostBytes
    }

    /// The system's words.
    package var reason: String { String(cString: strerror(errorNumber)) }

    /// The event that tells of it.
    package func event(file: String) -> HistoryEvent {
        HistoryEvent(
            timeUs: WallClock.nowUs(), kind: .recordWriteFailed, subject: file, detail: reason,
            values: ["errno": Int64(errorNumber), "lost_bytes": Int64(lostBytes)])
    }
}

/// Opens a file of the record for appending.
package func openForAppending(_ path: String) throws -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw HarnessError(operation: "open", subject: path, reason: String(cString: strerror(errno))) }
    return descriptor
}

/// Writes all bytes; nil when it could.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> WriteFailure? {
    bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// Writes all bytes; nil when it could.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> WriteFailure? {
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
