import EvidenceModel

/// The values of a sweep's axis as numbers, so that a curve can be drawn over them.
struct AxisValue {
    /// The number in the axis' unit.
    var number: Double
    /// The unit that all values of the axis are shown in.
    var unit: String

    private static let scales: [[(unit: String, scale: Double)]] = [
        [("us", 1e-3), ("ms", 1), ("s", 1e3), ("m", 60e3), ("h", 3600e3)],
        [("bit/s", 1e-6), ("kbit/s", 1e-3), ("Mbit/s", 1), ("Gbit/s", 1e3)],
        [("B/s", 1e-6), ("KB/s", 1e-3), ("MB/s", 1), ("GB/s", 1e3)],
        [("B", 1), ("KB", 1e3), ("MB", 1e6), ("KiB", 1024), ("MiB", 1_048_576)],
    ]
    private static let common = ["ms", "Mbit/s", "MB/s", "B"]

    /// The values of `labels` in one unit; nil when one of them is no number, or their units do not fit.
    static func numbers(_ labels: [String]) -> [String: AxisValue]? {
        let parts = labels.map { label -> (label: String, number: Double, unit: String)? in
            let digits = label.prefix { ("0"..."9").contains($0) || $0 == "." }
            guard let number = Double(digits) else { return nil }
            return (label, number, String(label.dropFirst(digits.count).drop { $0 == " " }))
        }
        let known = parts.compactMap { $0 }
        guard known.count == labels.count, let first = known.first else { return nil }
        if known.allSatisfy({ $0.unit == first.unit }) {
            return values(known.map { ($0.label, $0.number, $0.unit) })
        }
        for (table, unit) in zip(scales, common) {
            let converted = known.map { part in
                table.first { $0.unit == part.unit }.map { (part.label, part.number * $0.scale, unit) }
            }
            let whole = converted.compactMap { $0 }
            if whole.count == known.count { return values(whole) }
        }
        return nil
    }

    private static func values(_ parts: [(String, Double, String)]) -> [String: AxisValue] {
        Dictionary(parts.map { ($0.0, AxisValue(number: $0.1, unit: $0.2)) }) { first, _ in first }
    }
}
