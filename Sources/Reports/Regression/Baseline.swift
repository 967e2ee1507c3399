import EvidenceModel
import FoundationEssentials

/// What a suite gave on a version that is trusted: one small JSON file to commit. Repeats of a cell (other seeds, other
/// runs) are one entry, so that the spread of every measure is known.
public struct Baseline: Codable, Sendable, Equatable {
    /// Version of the form.
    public var format: Int
    /// One for each configuration.
    public var cells: [Cell]

    /// The form that this release writes and reads.
    public static let currentFormat = 2

    /// A configuration: a scenario with its parameters.
    public struct Cell: Codable, Sendable, Equatable {
        /// The scenario.
        public var scenario: String
        /// The matrix parameters.
        public var parameters: [String: String]
        /// How often each outcome came, by its name.
        public var outcomes: [String: Int]
        /// How often the configuration survived; `yes`, `no`, `unknown`.
        public var survived: [String: Int]
        /// The network and TCP that it ran on, in one line; nil in baselines that are older, and where repeats differ.
        public var network: String?
        /// The repeats of each measure that has a value.
        public var measures: [String: Spread]

        /// What tells configurations apart.
        var key: Key { Key(scenario: scenario, parameters: parameters) }
    }

    struct Key: Hashable {
        var scenario: String
        var parameters: [String: String]
    }

    init(format: Int, cells: [Cell]) {
        self.format = format
        self.cells = cells
    }

    /// The baseline of these runs: cells with the same scenario and parameters are repeats of each other.
    public init(_ runs: [RunResults]) {
        format = Self.currentFormat
        var order: [Key] = []
        var groups: [Key: [Verdict]] = [:]
        var networks: [Key: Set<String?>] = [:]
        for cell in runs.lazy.flatMap(\.cells) {
            let key = Key(scenario: cell.verdict.scenario, parameters: cell.verdict.parameters)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(cell.verdict)
            networks[key, default: []].insert(cell.tcp.map { "\(cell.network ?? "no way added"); TCP \($0)" })
        }
        cells = order.map { key in
            let verdicts = groups[key] ?? []
            var values: [String: [Double]] = [:]
            for verdict in verdicts {
                for (name, value) in Measure.values(verdict.measures) { values[name, default: []].append(value) }
            }
            return Cell(
                scenario: key.scenario, parameters: key.parameters,
                outcomes: Dictionary(grouping: verdicts, by: \.outcome.rawValue).mapValues(\.count),
                survived: Dictionary(grouping: verdicts) { $0.survived.map { $0 ? "yes" : "no" } ?? "unknown" }
                    .mapValues(\.count),
                network: networks[key].flatMap { $0.count == 1 ? $0.first ?? nil : nil },
                measures: values.compactMapValues { Spread($0) })
        }
    }

    /// The text of the file: sorted keys and a line for each measure, so that a change is a small diff.
    public func json() throws -> Data {
        var cells: [String] = []
        for cell in self.cells {
            var lines = [
                "      \"scenario\": \(try Self.text(cell.scenario))",
                "      \"parameters\": \(try Self.text(cell.parameters))",
                "      \"outcomes\": \(try Self.text(cell.outcomes))",
                "      \"survived\": \(try Self.text(cell.survived))",
            ]
            if let network = cell.network { lines.append("      \"network\": \(try Self.text(network))") }
            let measures = try cell.measures.sorted { $0.key < $1.key }.map { name, spread in
                "        \(try Self.text(name)): [\(spread.values.map(Self.digits).joined(separator: ", "))]"
            }
            lines.append("      \"measures\": {\n\(measures.joined(separator: ",\n"))\n      }")
            cells.append("    {\n\(lines.joined(separator: ",\n"))\n    }")
        }
        let text = "{\n  \"format\": \(format),\n  \"cells\": [\n\(cells.joined(separator: ",\n"))\n  ]\n}\n"
        return Data(text.utf8)
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Six digits that matter: more is noise, and only makes the file long.
    private static func digits(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        var step = 1.0
        while value.magnitude / step >= 1e6 { step *= 10 }
        while value.magnitude / step < 1e5, step > 1e-6 { step /= 10 }
        // Division by a whole number keeps the shortest text: 0.1 and not 0.1000000001.
        let scale = (1 / step).rounded()
        return String(scale >= 1 ? (value * scale).rounded() / scale : (value / step).rounded() * step)
    }

    /// Reads a baseline file, or a `results.json` as a baseline of one run.
    ///
    /// - Throws: `ReportError` when it is neither.
    public static func read(_ data: Data, file: String) throws -> Baseline {
        if let results = try? RunResults.read(data, file: file) { return Baseline([results]) }
        guard var baseline = try? JSONDecoder().decode(Baseline.self, from: data) else {
            throw ReportError(
                subject: file, problem: "is neither a baseline nor a results.json",
                remedy: "make one with `make baseline`")
        }
        guard baseline.format == currentFormat else {
            throw ReportError(
                subject: file, problem: "has form \(baseline.format), this release reads \(currentFormat)",
                remedy: "make it again with `make baseline`")
        }
        for index in baseline.cells.indices { baseline.cells[index].renameOlderLatencies() }
        return baseline
    }
}

extension Baseline.Cell {
    /// Names the latencies of a release that knew only those from the send call by what they are today.
    fileprivate mutating func renameOlderLatencies() {
        let (due, send) = ("ack_latency_ms.", "ack_latency_from_send_ms.")
        guard !measures.keys.contains(where: { $0.hasPrefix(send) }) else { return }
        for (name, values) in measures where name.hasPrefix(due) {
            measures[name] = nil
            measures[send + name.dropFirst(due.count)] = values
        }
    }
}
