/// How numbers are written in sentences.
enum Words {
    /// Microseconds as seconds with three decimals: `1.204 s`.
    static func seconds(_ us: Int64) -> String {
        let ms = (us.magnitude + 500) / 1000
        let decimals = String(ms % 1000)
        return (us < 0 ? "-" : "") + "\(ms / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
            + " s"
    }

    /// `1 record`, `2 records`, `2 batches`.
    static func count(_ n: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(n) " + (n == 1 ? singular : plural ?? singular + "s")
    }

    /// A number without needless decimals: `12`, `0.25`, `1234.5`.
    static func number(_ value: Double) -> String {
        if value.isFinite, value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        guard value.isFinite, value.magnitude < 1e12 else { return String(value) }
        let scale: Double = value.magnitude >= 100 ? 10 : 1000
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
    }
}
