extension ScenarioValue {
    /// A length of time with its unit: `100us`, `80ms`, `1.5s`, `1m`, `1h`.
    /// - Throws: `ScenarioError` without a unit, with an unknown one, or outside the range.
    public func duration(in range: ClosedRange<Duration> = .zero...(.seconds(86_400))) throws -> Duration {
        let (number, unit) = try quantity("duration", units: Self.durationUnits.map(\.name), example: "80ms")
        let scale = Self.durationUnits.first { $0.name == unit }?.nanoseconds ?? 0
        let nanoseconds = (number * scale).rounded()
        // Beyond 292 years Int64 nanoseconds end, and every range ends long before.
        let value = abs(nanoseconds) < 9e18 ? Duration.nanoseconds(Int64(nanoseconds)) : nil
        guard let value, range.contains(value) else {
            throw error(
                "\(shown) is out of range",
                allowed: "\(DurationText.shown(range.lowerBound)) to \(DurationText.shown(range.upperBound))")
        }
        return value
    }

    /// A share of the whole as 0...1: `5%` or `0.05`.
    /// - Throws: `ScenarioError` for anything else or outside 0 to 100 %.
    public func fraction() throws -> Double {
        let allowed = "0% to 100%, or 0 to 1"
        guard case .scalar(let scalar) = content, !scalar.quoted,
            let (number, unit) = DecimalText.split(scalar.text), unit.isEmpty || unit == "%"
        else { throw error("\(shown) is not a fraction", allowed: allowed) }
        let value = unit == "%" ? number / 100 : number
        guard (0...1).contains(value) else {
            let meant = unit.isEmpty && number > 1 && number <= 100 ? DecimalText.shown(number) + "%" : nil
            throw error("\(shown) is out of range", allowed: allowed, didYouMean: meant)
        }
        return value
    }

    /// A rate of data in bits per second: `20Mbit/s`, `100kbit/s`, `1Gbit/s`, or in bytes `20MB/s`.
    /// - Throws: `ScenarioError` without a unit, with an unknown one, or outside 1 bit/s to 1 Tbit/s.
    public func bitRate() throws -> Int {
        let (number, unit) = try quantity("data rate", units: Self.bitRateUnits.map(\.name), example: "20Mbit/s")
        let value = number * (Self.bitRateUnits.first { $0.name == unit }?.bits ?? 0)
        guard (1...1e12).contains(value.rounded()) else {
            throw error("\(shown) is out of range", allowed: "1bit/s to 1000Gbit/s")
        }
        return Int(value.rounded())
    }

    /// A number of bytes: `512B`, `64KB` (64,000), `1MB`, `1KiB` (1024), `1MiB`, `1GiB`.
    /// - Throws: `ScenarioError` without a unit, with an unknown one, a part of a byte, or outside the range.
    public func byteCount(in range: ClosedRange<Int> = 0...1_000_000_000_000) throws -> Int {
        let (number, unit) = try quantity("size", units: Self.byteUnits.map(\.name), example: "512B")
        let value = number * (Self.byteUnits.first { $0.name == unit }?.bytes ?? 0)
        guard value == value.rounded(), abs(value) < 1e18, range.contains(Int(value)) else {
            throw error("\(shown) is out of range", allowed: "\(range.lowerBound)B to \(range.upperBound)B")
        }
        return Int(value)
    }

    /// A rate of records per second: `5000/s`, `300/min`.
    /// - Throws: `ScenarioError` without a unit, with an unknown one, or outside 1/min to 10,000,000/s.
    public func recordRate() throws -> Double {
        let (number, unit) = try quantity("record rate", units: ["/s", "/min"], example: "5000/s")
        let value = unit == "/min" ? number / 60 : number
        guard ((1.0 / 60)...10_000_000).contains(value) else {
            throw error("\(shown) is out of range", allowed: "1/min to 10000000/s")
        }
        return value
    }

    /// Splits a quantity and holds its unit against the known ones.
    private func quantity(_ kind: String, units: [String], example: String) throws -> (number: Double, unit: String) {
        let listed = units.joined(separator: ", ")
        guard case .scalar(let scalar) = content, let (number, unit) = DecimalText.split(scalar.text) else {
            throw error(
                "\(shown) is not a \(kind)", allowed: "a number with a unit (\(listed)), for example \(example)")
        }
        guard !unit.isEmpty else { throw error("\(shown) has no unit", allowed: listed) }
        guard units.contains(unit) else {
            let meant =
                units.first { $0.lowercased() == unit.lowercased() } ?? Suggestion.nearest(to: unit, among: units)
            throw error(
                "\(shown) has the bad unit '\(unit.prefix(20))'", allowed: listed,
                didYouMean: meant.map { DecimalText.shown(number) + $0 })
        }
        return (number, unit)
    }

    private static let durationUnits: [(name: String, nanoseconds: Double)] = [
        ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]
    private static let bitRateUnits: [(name: String, bits: Double)] = [
        ("bit/s", 1), ("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9),
        ("B/s", 8), ("KB/s", 8e3), ("MB/s", 8e6), ("GB/s", 8e9),
    ]
    private static let byteUnits: [(name: String, bytes: Double)] = [
        ("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
    ]
}

/// Durations as a scenario writes them.
enum DurationText {
    /// The largest unit that needs no fraction, but seconds from one second on: `80ms`, `1.5s`, `90s`, `2m`; `0s`.
    static func shown(_ duration: Duration) -> String {
        let microseconds = self.microseconds(duration)
        let second: Int64 = 1_000_000
        if microseconds == 0 { return "0s" }
        if microseconds % (3600 * second) == 0 { return "\(microseconds / (3600 * second))h" }
        if microseconds % (60 * second) == 0 { return "\(microseconds / (60 * second))m" }
        if abs(microseconds) >= second {
            return DecimalText.shown(Double(microseconds) / Double(second)) + "s"
        }
        return microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
    }

    /// Whole microseconds, the resolution of everything in a scenario.
    static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
