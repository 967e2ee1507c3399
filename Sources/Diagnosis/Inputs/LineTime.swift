/// Reads the time at the beginning of a log line: the forms that the clients, their bindings and brokers write.
enum LineTime {
    /// Microseconds since the epoch, or since midnight where the line has no date; nil where it begins with no time.
    ///
    /// `2026-11-26 03:24:39,249`, `2026-11-26T03:28:38.942Z`, `[2026-11-26 03:50:04,212]`, `03:24:49.066`,
    /// `2026/11/26 03:24:39`, `%4|1795664839.100|` of librdkafka.
    static func us(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count >= 12 else { return nil }
        if bytes[0] == UInt8(ascii: "%") { return librdkafka(bytes) }
        let start = bytes[0] == UInt8(ascii: "[") ? 1 : 0
        if let seconds = clock(bytes, start) { return fraction(bytes, start + 8, seconds) }
        guard let days = date(bytes, start), let seconds = clock(bytes, start + 11) else { return nil }
        return fraction(bytes, start + 19, days * 86_400 + seconds)
    }

    private static func fraction(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ seconds: Int64) -> Int64 {
        var us: Int64 = 0
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") || bytes[at] == UInt8(ascii: ",") {
            var unit: Int64 = 100_000
            var next = at + 1
            while next < bytes.count, unit > 0, let digit = digit(bytes, next) {
                us += digit * unit
                unit /= 10
                next += 1
            }
        }
        return seconds * 1_000_000 + us
    }

    private static func librdkafka(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes[2] == UInt8(ascii: "|") else { return nil }
        var at = 3
        var seconds: Int64 = 0
        while at < bytes.count, at < 15, let digit = digit(bytes, at) {
            seconds = seconds * 10 + digit
            at += 1
        }
        return at > 3 ? fraction(bytes, at, seconds) : nil
    }

    /// `HH:MM:SS` as seconds.
    private static func clock(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        guard at + 8 <= bytes.count, bytes[at + 2] == UInt8(ascii: ":"), bytes[at + 5] == UInt8(ascii: ":"),
            let hours = two(bytes, at), let minutes = two(bytes, at + 3), let seconds = two(bytes, at + 6)
        else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }

    /// `YYYY-MM-DD` as days since 1970, by the proleptic Gregorian calendar.
    private static func date(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        guard at + 10 <= bytes.count, bytes[at + 4] == bytes[at + 7],
            bytes[at + 4] == UInt8(ascii: "-") || bytes[at + 4] == UInt8(ascii: "/"),
            let century = two(bytes, at), let years = two(bytes, at + 2), let month = two(bytes, at + 5),
            let day = two(bytes, at + 8)
        else { return nil }
        let year = century * 100 + years - (month <= 2 ? 1 : 0)
        let yearOfEra = year % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func two(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        guard let tens = digit(bytes, at), let ones = digit(bytes, at + 1) else { return nil }
        return tens * 10 + ones
    }

    private static func digit(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        let value = bytes[at] &- 0x30
        return value < 10 ? Int64(value) : nil
    }
}
