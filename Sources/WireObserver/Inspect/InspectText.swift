import EvidenceModel
import Glibc
import KafkaWire

/// Words and numbers of `crosswind inspect`.
enum InspectText {
    static func count(_ value: Int, _ noun: String) -> String {
        "\(grouped(value)) \(noun)\(value == 1 ? "" : noun.hasSuffix("ch") ? "es" : "s")"
    }

    /// Digits in groups of three.
    static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// Time of day in UTC with microseconds.
    static func time(us: Int64) -> String {
        var seconds = time_t(us / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let micros = String(us % 1_000_000)
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))."
            + String(repeating: "0", count: max(6 - micros.count, 0)) + micros
    }

    /// Date and time of day in UTC.
    static func date(us: Int64) -> String {
        var seconds = time_t(us / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
    }

    /// Seconds since a start with microseconds, 12 characters.
    static func offset(ns: Int64) -> String {
        let us = ns / 1000
        let micros = String(abs(us) % 1_000_000)
        let text =
            "\(us < 0 ? "-" : "+")\(abs(us) / 1_000_000)."
            + String(repeating: "0", count: max(6 - micros.count, 0)) + micros + " s"
        return String(repeating: " ", count: max(13 - text.count, 0)) + text
    }

    static func seconds(us: Int64) -> String {
        let tenths = (us + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) s"
    }

    /// Milliseconds with one decimal, below 1 ms with three.
    static func milliseconds(_ ns: Int64) -> String {
        if ns < 1_000_000 { return "0." + String(String(1000 + max(ns, 0) / 1000).dropFirst()) + " ms" }
        let tenths = (ns + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) ms"
    }

    /// Bytes in each so many nanoseconds as a rate in kB/s or MB/s.
    static func rate(_ bytes: Int, perNs ns: Int64) -> String {
        let rate = Double(bytes) * 1e9 / Double(max(ns, 1))
        return rate < 1e6 ? "\(Int((rate / 1e3).rounded())) kB/s" : "\((rate / 1e5).rounded() / 10) MB/s"
    }

    static func fate(_ attempt: WireEvidence.Attempt) -> String {
        switch attempt.fate {
        case .acknowledged: attempt.deduplicated ? "acknowledged as a duplicate" : "acknowledged"
        case .refused: attempt.errorCode.map { "refused: \($0) \(ErrorCode(rawValue: $0).name)" } ?? "refused"
        case .requestLost: "request lost: it never reached the broker"
        case .ackLost: "ack lost: the broker answered, the answer never reached the client"
        case .ackLate: "ack late: it came after the client had closed the connection"
        case .connectionLost: "connection lost before an answer was seen"
        case .noAckAskedFor: "no ack asked for"
        case .openAtEnd: "still waiting when the capture ended"
        }
    }

    private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
