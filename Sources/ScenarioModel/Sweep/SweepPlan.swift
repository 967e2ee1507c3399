/// A scenario file with a section `sweep`, ready to make the cell of any of its points.
public struct SweepPlan: Sendable {
    /// The scenario: its names; it has no cells of its own.
    public let scenario: Scenario
    /// Its section `sweep`.
    public let spec: SweepSpec
    private let root: ScenarioValue
    private let rules: ScenarioRules

    /// Reads a file.
    ///
    /// - Throws: `ScenarioErrors` with everything that is wrong; a file without the section is an error too.
    public init(yaml: String, file: String, rules: ScenarioRules, seed: RunSeed) throws {
        scenario = try Scenario(yaml: yaml, file: file, rules: rules, seed: seed)
        root = try ScenarioValue(yaml: yaml, file: file)
        guard let spec = scenario.sweep else {
            throw ScenarioErrors([root.error("this scenario has no section 'sweep'; `crosswind run` runs it")])
        }
        self.spec = spec
        self.rules = rules
    }

    /// The cell of a point: its load lasts for the windows of the sweep.
    ///
    /// - Parameters:
    ///   - parameters: a combination of the spec, with the bisected axis at its end where there is one.
    ///   - repeatIndex: from 0.
    /// - Throws: `ScenarioErrors` for values that lead nowhere.
    public func cell(_ parameters: [ScenarioCell.Parameter], repeatIndex: Int) throws -> ScenarioCell {
        let decoder = ScenarioDecoder(root: root, rules: rules, seed: .asked(scenario.runSeed))
        return try decoder.sweepCell(parameters, repeatIndex: repeatIndex, spec: spec, scenario: scenario)
    }

    /// The cell that finds the ceiling of this machine and this driver for a point: the same client and size of
    /// record, no network, no fault, as fast as the client takes the records.
    public func ceilingCell(of cell: ScenarioCell, loadTime: Duration) -> ScenarioCell {
        var ceiling = cell
        ceiling.id = "ceiling-" + Self.ceilingKey(of: cell)
        ceiling.group = ceiling.id
        ceiling.repeatIndex = 0
        ceiling.parameters = []
        ceiling.network.ways = []
        ceiling.faults = []
        ceiling.workload.rate = nil
        ceiling.workload.records = SweepPlan.records(rate: nil, loadTime: loadTime)
        ceiling.loadTime = loadTime
        ceiling.timeout = loadTime + .seconds(60)
        return ceiling
    }

    /// What points with one ceiling share, as a name.
    public static func ceilingKey(of cell: ScenarioCell) -> String {
        let parts = [cell.producer.client, cell.producer.version, "\(cell.workload.size)B"].compactMap { $0 }
        return String(parts.joined(separator: "-").map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
    }

    /// Records enough for a load of this length. Without a rate nobody knows how many that is: 400,000/s is beyond
    /// what any driver reports, and every record that may come costs memory when the record is judged.
    static func records(rate: Double?, loadTime: Duration) -> Int {
        let seconds = Double(DurationText.microseconds(loadTime)) / 1e6
        return max(1, Int((min(rate ?? 400_000, 10_000_000) * seconds).rounded(.up)))
    }
}

extension ScenarioDecoder {
    /// Decodes the cell of one point.
    consuming func sweepCell(
        _ parameters: [ScenarioCell.Parameter], repeatIndex: Int, spec: SweepSpec, scenario: Scenario
    ) throws -> ScenarioCell {
        var decoder = self
        let matrix = parameters.map { parameter in
            MatrixParameter(
                path: parameter.path, keyLocation: decoder.root["sweep"]?.location ?? decoder.root.location,
                value: spec.values[parameter.path]?[parameter.label]
                    ?? MatrixValue(text: parameter.label, at: decoder.root["sweep"]?.location ?? decoder.root.location))
        }
        let made = decoder.cell(matrix, of: scenario)
        try decoder.errors.throwIfAny()
        guard var cell = made else { throw ScenarioErrors([decoder.root.error("the point cannot be made")]) }
        decoder.sweep(&cell, matrix, repeatIndex, spec, scenario)
        try decoder.errors.throwIfAny()
        return cell
    }

    /// Checks that every point of the grid, and both ends of a bisection, can be made.
    ///
    /// - Returns: what a reader should know although nothing is wrong.
    mutating func checkSweep(_ spec: SweepSpec, of scenario: Scenario) -> [ScenarioError] {
        var notes: [ScenarioError] = []
        for key in ["matrix", "repeat", "expect"] {
            guard let value = root[key] else { continue }
            errors.add(
                value.error(
                    "'\(key)' and 'sweep' exclude each other",
                    allowed: "sweep.axes for matrix, sweep.repeats for repeat, sweep.objective for expect"))
        }
        guard spec.combinations.count * root.countOfValues <= Self.maxWork else {
            errors.add(root.error("too many points for a file of this size", allowed: "fewer points"))
            return []
        }
        for combination in spec.combinations {
            var ends = [combination]
            if let bisection = spec.bisection {
                ends = [bisection.range.low, bisection.range.high].map {
                    combination + [.init(path: bisection.path, label: bisection.range.text($0))]
                }
            }
            for parameters in ends {
                let copy = ScenarioDecoder(root: root, rules: rules, seed: seed)
                let cell = errors.attempt {
                    try copy.sweepCell(parameters, repeatIndex: 0, spec: spec, scenario: scenario)
                }
                if let cell { notes += lateWays(cell) }
            }
        }
        return Set(notes).sorted()
    }

    /// Faults that a sweep has without saying when: they begin with the first record, on connections that were made, and
    /// whose TCP has learnt, on another way.
    private func lateWays(_ cell: ScenarioCell) -> [ScenarioError] {
        guard case .sequence(let elements)? = root["faults"]?.content else { return [] }
        let words: Set = ["delay", "rate", "trace", "slot", "loss", "mtu", "reorder", "duplicate"]
        return cell.faults.compactMap { fault in
            guard case .timeline(.zero, nil, nil) = fault.trigger,
                let index = DecimalText.whole(String(fault.id.dropFirst("fault-".count))),
                elements.indices.contains(index),
                elements[index]["at"] == nil, fault.settings.contains(where: { words.contains($0.keyword) })
            else { return nil }
            return ScenarioError(
                at: elements[index].location,
                "note: \(fault.id) begins with the first record, when the connections are up: they were made on another way,"
                    + " and TCP goes by what it learnt there; a way that is always so stands in 'network', and a fault that"
                    + " comes says 'at'")
        }
    }

    private mutating func sweep(
        _ cell: inout ScenarioCell, _ matrix: [MatrixParameter], _ repeatIndex: Int, _ spec: SweepSpec,
        _ scenario: Scenario
    ) {
        if cell.producer.isProgram {
            errors.add(root.error("a sweep needs a client that reports its records", allowed: "a client with a driver"))
        }
        if cell.workload.rate == nil, let share = spec.objectives.first(where: { $0.quantity == .throughputShare }) {
            errors.add(
                root.error(
                    "'\(share.text)' needs an offered rate, and workload.rate is unlimited",
                    allowed: "a rate, or a throughput in /s or MB/s"))
        }
        var naming = CellNaming(scenario: scenario.name, paths: spec.paths, repeatCount: spec.repeats)
        var groups = CellNaming(scenario: scenario.name, paths: spec.paths, repeatCount: 1)
        cell.id = naming.id(matrix, repeatIndex: repeatIndex)
        cell.group = groups.id(matrix, repeatIndex: 0)
        cell.repeatIndex = repeatIndex
        cell.seed = CellSeed.derive(
            run: scenario.runSeed, scenario: scenario.name, labels: Matrix.labels(matrix), repeatIndex: repeatIndex)
        cell.loadTime = spec.loadTime
        cell.workload.records = SweepPlan.records(rate: cell.workload.rate, loadTime: spec.loadTime)
        if root["timeout"] == nil { cell.timeout = spec.loadTime + .seconds(60) }
        // The sweep judges by its own objective; a cell needs something that any sound cell fulfils.
        cell.expectations = [
            .init(
                measure: "sent", comparison: .atLeast, value: 0, text: "judged by the objective of the sweep",
                line: root["sweep"]?.location.line ?? 1)
        ]
    }
}

extension MatrixValue {
    /// A scalar that no file holds, such as the middle of a bracket.
    init(text: String, at location: SourceLocation) {
        label = text
        value = SweepDecoder.scalar(text, at: location)
    }
}
