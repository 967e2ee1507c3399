/// The header by which a program without a driver numbers its records: key `crosswind-record`, value `RUN/NUMBER` in
/// ASCII, for example `3f9a1c/17`.
///
/// RUN is what the harness gave the program (`CROSSWIND_RUN` in its environment, `{run}` in its command), so that records
/// of other runs in the same topic are told apart. NUMBER counts from 0 in the order in which records are handed to the
/// client. The value stays the program's own.
public enum RecordNumber {
    /// The header's key.
    public static let key = "crosswind-record"
    /// The variable of the environment that holds RUN.
    public static let variable = "CROSSWIND_RUN"

    /// RUN of a cell.
    public static func run(seed: UInt64) -> String { String(seed, radix: 16) }

    /// The header's value.
    public static func value(run: String, number: Int64) -> String { "\(run)/\(number)" }

    /// The number that a header's value holds; nil when it is another run's, or no number.
    public static func number(of value: some Sequence<UInt8>, run: String) -> Int64? {
        var rest = Array(value)[...]
        let prefix = Array("\(run)/".utf8)
        guard rest.starts(with: prefix) else { return nil }
        rest = rest.dropFirst(prefix.count)
        guard (1...18).contains(rest.count) else { return nil }
        var number: Int64 = 0
        for byte in rest {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }
}
