/// Calendar time without a calendar library: reports need one form of it.
enum UTCTime {
    /// `2026-11-24 20:09:37 UTC`.
    static func text(_ us: Int64) -> String {
        let parts = parts(us)
        return "\(parts.date) \(parts.time) UTC"
    }

    /// `2026-11-24T20:09:37`, the form that JUnit's schema asks for.
    static func iso(_ us: Int64) -> String {
        let parts = parts(us)
        return "\(parts.date)T\(parts.time)"
    }

    /// Days to a date by the Gregorian calendar, counted in eras of 400 years that begin in March.
    private static func parts(_ us: Int64) -> (date: String, time: String) {
        let seconds = max(us, 0) / 1_000_000
        let days = seconds / 86400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : String(n) }
        return (
            "\(year)-\(two(month))-\(two(day))",
            "\(two(seconds % 86400 / 3600)):\(two(seconds % 3600 / 60)):\(two(seconds % 60))"
        )
    }
}
