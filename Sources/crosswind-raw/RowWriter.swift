import EvidenceModel
import Glibc
import SystemCalls

/// Writes the driver's lines: rows are collected per topic and written together, everything else at once after them.
final class RowWriter {
    private static let flushIntervalNs: Int64 = 10_000_000
    /// A line is written when it has grown to this.
    private static let lineLimit = 64 * 1024
    private var sentRows: [[UInt8]]
    private var acknowledgedRows: [[UInt8]]
    private var failedRows: [[UInt8]]
    private var lastFlushNs: Int64 = 0

    init(topics: Int) {
        sentRows = Array(repeating: [], count: topics)
        acknowledgedRows = sentRows
        failedRows = sentRows
    }

    /// A record was handed to the producer.
    func sent(id: Int64, topic: Int, partition: Int32, timeUs: Int64) {
        Self.add("[\(id),\(partition),\(timeUs)]", to: &sentRows[topic])
        if sentRows[topic].count > Self.lineLimit { flush() }
    }

    /// A record was delivered.
    func acknowledged(id: Int64, topic: Int, partition: Int32, offset: Int64, timeUs: Int64) {
        Self.add("[\(id),\(partition),\(offset),\(timeUs)]", to: &acknowledgedRows[topic])
        if acknowledgedRows[topic].count > Self.lineLimit { flush() }
    }

    /// A record was given up.
    func failed(id: Int64, topic: Int, partition: Int32, timeUs: Int64, error: String, isCertain: Bool) {
        let persistence = isCertain ? "not_persisted" : "indeterminate"
        Self.add(#"[\#(id),\#(partition),\#(timeUs),"\#(error)","\#(persistence)"]"#, to: &failedRows[topic])
        if failedRows[topic].count > Self.lineLimit { flush() }
    }

    /// Writes waiting rows when the oldest may have waited long enough.
    func flushIfDue(nowNs: Int64) {
        guard nowNs - lastFlushNs >= Self.flushIntervalNs else { return }
        lastFlushNs = nowNs
        flush()
    }

    /// Writes waiting rows, `sent` first: a report must not precede its record.
    func flush() {
        Self.write(&sentRows, "sent")
        Self.write(&acknowledgedRows, "acknowledged")
        Self.write(&failedRows, "failed")
    }

    /// Writes a line after the waiting rows.
    func line(_ text: String) {
        flush()
        Self.write(line: text)
    }

    /// An `error` line.
    static func error(name: String, message: String, isFatal: Bool) -> String {
        #"{"type":"error","time_us":\#(Driver.epochUs()),"name":\#(JSONText.quoted(name)),"message":\#(JSONText.quoted(message)),"#
            + #""fatal":\#(isFatal)}"#
    }

    /// A `log` line.
    static func log(level: String, message: String) -> String {
        #"{"type":"log","time_us":\#(Driver.epochUs()),"level":\#(JSONText.quoted(level)),"message":\#(JSONText.quoted(message))}"#
    }

    /// Writes one line at once.
    static func write(line: String) { write(Array((line + "\n").utf8)) }

    private static func add(_ row: String, to rows: inout [UInt8]) {
        if !rows.isEmpty { rows.append(UInt8(ascii: ",")) }
        rows.append(contentsOf: row.utf8)
    }

    private static func write(_ rows: inout [[UInt8]], _ type: String) {
        for topic in rows.indices where !rows[topic].isEmpty {
            write(Array(#"{"type":"\#(type)","topic":\#(topic),"rows":["#.utf8) + rows[topic] + Array("]}\n".utf8))
            rows[topic].removeAll(keepingCapacity: true)
        }
    }

    /// Writes all bytes; when the harness is gone there is nobody left to tell, and the driver ends.
    private static func write(_ bytes: [UInt8]) {
        if Descriptor.write(bytes, to: STDOUT_FILENO) != 0 { ProcessEnd.atOnce(EXIT_FAILURE) }
    }
}
