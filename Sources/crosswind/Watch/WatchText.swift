import EvidenceModel
import Glibc
import Reports
import WireObserver

/// Words of `crosswind watch`.
enum WatchText {
    /// One line of what went by.
    static func summary(_ status: WatchStatus, atNs: Int64, lastedNs: Int64, dropped: UInt64) -> String {
        let total = status.total
        var text = time(us: atNs / 1000) + "  summary  \(status.producers.count) producers, "
        text += "\(rate(total.records, lastedNs)) records/s in \(rate(total.batches, lastedNs)) batches/s, "
        text += "\(total.retries) sent again, \(total.deduplicated) deduplicated, \(total.errors) errors, "
        text += "\(total.unanswered) without an answer, p99 \(milliseconds(total.p99Ns))"
        return text + (dropped > 0 ? ", \(dropped) packets dropped by the kernel" : "") + "\n"
    }

    /// The screen of a terminal, with the device that is watched.
    static func screen(
        _ device: String, _ status: WatchStatus, _ recent: [String], everyNs: Int64, dropped: UInt64,
        _ style: TerminalStyle
    ) -> String {
        var lines = [
            "crosswind watch \(device): the last \(everyNs / 1_000_000_000) s; \(dropped) packets dropped", "",
        ]
        lines.append(row("producer", "id", "records/s", "again", "dedup", "errors", "no ack", "p99 ms"))
        let rows = max(min(style.height - recent.count - 7, 20), 3)
        for producer in status.producers.prefix(rows) { lines.append(row(producer, everyNs)) }
        if status.producers.count > rows { lines.append("… \(status.producers.count - rows) more") }
        var total = status.total
        total.client = "all"
        lines.append(row(total, everyNs))
        lines.append("")
        lines += recent
        return "\u{1b}[H" + lines.map { String($0.prefix(style.width)) + "\u{1b}[K\n" }.joined() + "\u{1b}[J"
    }

    private static func row(_ producer: WatchStatus.Producer, _ everyNs: Int64) -> String {
        row(
            producer.client, producer.producerID < 0 ? "-" : "\(producer.producerID)", rate(producer.records, everyNs),
            "\(producer.retries)", "\(producer.deduplicated)", "\(producer.errors)", "\(producer.unanswered)",
            milliseconds(producer.p99Ns).replacing(" ms", with: ""))
    }

    private static func row(_ name: String, _ cells: String...) -> String {
        let first = String(name.prefix(27))
        return first + String(repeating: " ", count: 28 - first.count)
            + cells.map { String(repeating: " ", count: max(9 - $0.count, 1)) + $0 }.joined()
    }

    private static func rate(_ count: Int, _ ns: Int64) -> String {
        let rate = Double(count) * 1e9 / Double(max(ns, 1))
        return rate < 10 ? "\((rate * 10).rounded() / 10)" : "\(Int(rate.rounded()))"
    }

    static func milliseconds(_ ns: Int64) -> String { "\(Double(ns / 10_000) / 100) ms" }

    /// Time of day in UTC with milliseconds.
    static func time(us: Int64) -> String {
        var seconds = time_t(us / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let millis = String(us / 1000 % 1000)
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))."
            + String(repeating: "0", count: 3 - millis.count) + millis
    }
}
