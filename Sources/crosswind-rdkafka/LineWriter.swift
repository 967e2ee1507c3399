import Glibc
import SystemCalls

/// Writes the driver's lines: rows are collected per topic and written together, everything else at once.
///
/// Within one flush `sent` rows precede `acknowledged` and `failed` rows, so that a report never precedes its record.
final class LineWriter {
    /// Rows wait no longer than this.
    private static let flushIntervalNanoseconds: Int64 = 10_000_000
    private let sent: [RowBuffer]
    private let acknowledged: [RowBuffer]
    private let failed: [RowBuffer]
    private let topicCount: Int64
    private var lastFlush: Int64 = 0

    init(topics: Int) {
        func buffers(_ type: String) -> [RowBuffer] {
            (0..<topics).map { RowBuffer(head: #"{"type":"\#(type)","topic":\#($0),"rows":["#) }
        }
        sent = buffers("sent")
        acknowledged = buffers("acknowledged")
        failed = buffers("failed")
        topicCount = Int64(topics)
        enlargePipe()
    }

    /// Reports that record `id` was handed to the client.
    @inline(__always)
    func sent(id: Int64, partition: Int32, timeUs: Int64) {
        let rows = sent[Int(id % topicCount)]
        rows.open(id)
        rows.add(Int64(partition))
        rows.add(timeUs)
        rows.close()
        if rows.isFull { flush() }
    }

    /// Reports that the client delivered record `id`.
    @inline(__always)
    func acknowledged(id: Int64, partition: Int32, offset: Int64, timeUs: Int64) {
        let rows = acknowledged[Int(id % topicCount)]
        rows.open(id)
        rows.add(Int64(partition))
        rows.add(offset)
        rows.add(timeUs)
        rows.close()
        if rows.isFull { flush() }
    }

    /// Reports that the client gave record `id` up.
    func failed(id: Int64, partition: Int32, timeUs: Int64, error: String, persistence: String) {
        let rows = failed[Int(id % topicCount)]
        rows.open(id)
        rows.add(Int64(partition))
        rows.add(timeUs)
        rows.add(name: error)
        rows.add(name: persistence)
        rows.close()
        if rows.isFull { flush() }
    }

    /// Writes the waiting rows when the oldest may have waited long enough.
    func flushIfDue(now: Int64) {
        guard now &- lastFlush >= Self.flushIntervalNanoseconds else { return }
        lastFlush = now
        flush()
    }

    /// Writes the waiting rows.
    func flush() {
        for kind in [sent, acknowledged, failed] {
            for rows in kind where !rows.isEmpty { rows.takeLine(Self.write) }
        }
    }

    /// Writes one line after the waiting rows.
    func line(_ text: String) {
        flush()
        Self.writeLine(text)
    }

    /// Writes one line; used before there are rows.
    static func writeLine(_ text: String) {
        var text = text + "\n"
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes all bytes; when the harness is gone there is nobody left to tell, and the driver ends.
    private static func write(_ bytes: UnsafeRawBufferPointer) {
        if Descriptor.write(bytes, to: STDOUT_FILENO) != 0 { ProcessEnd.atOnce(EXIT_FAILURE) }
    }

    /// Asks for a pipe of 1 MiB, about 0.2 s of rows at 100,000 records/s: a harness that is busy for a moment must not
    /// hold up the load. Fails harmlessly where standard output is no pipe or the limit is lower.
    private func enlargePipe() {
        let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ, fcntl(2)
        _ = fcntl(STDOUT_FILENO, setPipeSize, 1 << 20)
    }
}
