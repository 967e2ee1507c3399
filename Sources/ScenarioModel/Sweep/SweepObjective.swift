/// One thing that a point of a sweep must fulfil.
public struct SweepObjective: Sendable, Equatable {
    /// What is measured.
    public var quantity: Quantity
    /// The relation.
    public var comparison: Comparison
    /// The number, in the unit of the quantity.
    public var value: Double
    /// As written: `throughput >= 95%`.
    public var text: String
    /// Line in the scenario file.
    public var line: Int

    /// Makes an objective.
    public init(quantity: Quantity, comparison: Comparison, value: Double, text: String, line: Int) {
        self.quantity = quantity
        self.comparison = comparison
        self.value = value
        self.text = text
        self.line = line
    }

    /// Quantities that an objective may name.
    public enum Quantity: Sendable, Equatable {
        /// Acknowledged records as a share of the offered ones, 0 to 1, in each window.
        case throughputShare
        /// Acknowledged records per second in each window.
        case throughputRecords
        /// Acknowledged bytes of record values per second in each window.
        case throughputBytes
        /// From the time at which a record was due to its acknowledgement, milliseconds, in each window: `p50`, `p99`
        /// or `max`.
        case latency(String)
        /// A measure of the whole point, by its name.
        case measure(String)

        /// True for what is measured window by window.
        public var isPerWindow: Bool { if case .measure = self { false } else { true } }
    }

    /// Measures of a whole point.
    static let measures = [
        "lost", "duplicates", "reordered", "sequence_errors", "failed", "retried_batches", "deduplicated_batches",
        "recovery_ms",
    ]
    static let latencies = ["p50", "p99", "max"]
    static let words = ["throughput"] + latencies.map { "latency_ms.\($0)" } + measures

    /// 95 % of the offered load, nothing lost, doubled or out of sequence.
    static func standard(line: Int) -> [SweepObjective] {
        [
            SweepObjective(
                quantity: .throughputShare, comparison: .atLeast, value: 0.95, text: "throughput >= 95%", line: line),
            SweepObjective(quantity: .measure("lost"), comparison: .equal, value: 0, text: "lost == 0", line: line),
            SweepObjective(
                quantity: .measure("duplicates"), comparison: .equal, value: 0, text: "duplicates == 0", line: line),
            SweepObjective(
                quantity: .measure("sequence_errors"), comparison: .equal, value: 0, text: "sequence_errors == 0",
                line: line),
        ]
    }

    /// Reads one entry: `throughput: ">= 95%"`, `latency_ms.p99: "<= 2s"`, `lost: 0`.
    /// - Throws: `ScenarioError` for an unknown quantity or anything that is no comparison.
    init(_ entry: ScenarioValue.Entry) throws {
        guard Self.words.contains(entry.key) else {
            throw ScenarioError(
                at: entry.keyLocation, "sweep.objective: unknown quantity '\(entry.key.prefix(60))'",
                allowed: Self.words.joined(separator: ", "),
                didYouMean: Suggestion.nearest(to: entry.key, among: Self.words))
        }
        guard case .scalar(let scalar) = entry.value.content else {
            throw entry.value.error("expected a comparison, found \(entry.value.shown)", allowed: "\">= 95%\"")
        }
        // The two-letter signs stand first among the cases, so that `<=` is not taken for `<`.
        let sign = Comparison.allCases.first { scalar.text.hasPrefix($0.rawValue) }
        var rest = entry.value
        rest.content = .scalar(
            .init(text: String(scalar.text.dropFirst(sign?.rawValue.count ?? 0).drop { $0 == " " })))
        comparison = sign ?? .equal
        text = "\(entry.key) \(comparison.rawValue) \(rest.compact)"
        line = entry.keyLocation.line
        (quantity, value) = try Self.read(entry.key, rest)
    }

    private static func read(_ word: String, _ value: ScenarioValue) throws -> (Quantity, Double) {
        if word == "throughput" {
            if let share = try? value.fraction(), value.compact.hasSuffix("%") { return (.throughputShare, share) }
            if let rate = try? value.recordRate() { return (.throughputRecords, rate) }
            if let bits = try? value.bitRate() { return (.throughputBytes, Double(bits) / 8) }
            throw value.error("\(value.shown) is no throughput", allowed: "95% of the offered load, 1000/s, or 5MB/s")
        }
        if word.hasPrefix("latency_ms."), let length = try? value.duration() {
            return (
                .latency(String(word.dropFirst("latency_ms.".count))),
                Double(DurationText.microseconds(length)) / 1000
            )
        }
        guard case .scalar(let scalar) = value.content, let number = DecimalText.number(scalar.text) else {
            throw value.error("\(value.shown) is not a number", allowed: "a number, or \"<= 2s\" for a latency")
        }
        let isLatency = word.hasPrefix("latency_ms.")
        return (isLatency ? .latency(String(word.dropFirst("latency_ms.".count))) : .measure(word), number)
    }
}
