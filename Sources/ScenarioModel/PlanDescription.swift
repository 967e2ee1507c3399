/// What `run --dry-run` and `list` print: the same text for the same files and seed, whatever the machine.
public enum PlanDescription {
    /// Every cell with its parameters and seed, and its faults on a timeline.
    public static func dryRun(_ scenarios: [Scenario]) -> String {
        scenarios.map(dryRun).joined(separator: "\n")
    }

    /// One line for each scenario: name, number of cells, tags, claim.
    public static func list(_ scenarios: [Scenario]) -> String {
        let header = ["NAME", "CELLS", "TAGS", "CLAIM"]
        let rows = scenarios.map { scenario in
            [
                scenario.name, scenario.sweep == nil ? String(scenario.cells.count) : "sweep",
                scenario.tags.isEmpty ? "-" : scenario.tags.joined(separator: ","), scenario.claim,
            ]
        }
        return TextTable.aligned([header] + rows)
    }

    private static func dryRun(_ scenario: Scenario) -> String {
        if let sweep = scenario.sweep { return dryRun(sweep, scenario) }
        var lines = ["\(scenario.name): \(counted(scenario.cells.count, "cell")), run seed \(scenario.runSeed)"]
        lines.append("  claim: \(scenario.claim)")
        lines.append("  file:  \(scenario.file)")
        if !scenario.tags.isEmpty { lines.append("  tags:  \(scenario.tags.joined(separator: ", "))") }
        for (index, cell) in scenario.cells.enumerated() {
            lines.append("")
            lines.append("cell \(index + 1) of \(scenario.cells.count): \(cell.id)")
            lines += describe(cell)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func dryRun(_ sweep: SweepSpec, _ scenario: Scenario) -> String {
        var lines = ["\(scenario.name): a sweep, run seed \(scenario.runSeed); `crosswind sweep` runs it"]
        lines.append("  claim: \(scenario.claim)")
        lines.append("  file:  \(scenario.file)")
        let length = DurationText.shown(sweep.loadTime)
        let each = "\(counted(sweep.repeats, "repeat")) of \(length)"
        if let bisection = sweep.bisection {
            let (low, high) = (bisection.range.text(bisection.range.low), bisection.range.text(bisection.range.high))
            lines.append("  \(counted(sweep.combinations.count, "search", "searches")), \(each) each step")
            lines.append("  bisect \(bisection.path) from \(low) to \(high)")
        } else {
            lines.append("  \(counted(sweep.combinations.count, "point")), \(each) each")
        }
        for axis in sweep.axes { lines.append("  axis \(axis.path): \(axis.labels.joined(separator: ", "))") }
        for objective in sweep.objectives { lines.append("  needs \(objective.text) (line \(objective.line))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func describe(_ cell: ScenarioCell) -> [String] {
        var rows: [(name: String, text: String)] = [("seed", String(cell.seed))]
        for (index, parameter) in cell.parameters.enumerated() {
            rows.append((index == 0 ? "parameters" : "", "\(parameter.path) = \(parameter.label)"))
        }
        rows.append(("broker", describe(cell.broker)))
        rows.append(("producer", describe(cell.producer)))
        if !cell.network.summary.isEmpty { rows.append(("network", cell.network.summary)) }
        rows.append(("workload", describe(cell.workload)))
        let limits =
            "recovery within \(DurationText.shown(cell.recoveryTime)), timeout \(DurationText.shown(cell.timeout))"
        rows.append(("limits", limits))
        var expectations = cell.expectations.map { "\($0.text) (line \($0.line))" }
        for rated in cell.rated {
            guard let rate = rated.rate else { continue }
            let checks = rated.checks.map(\.text).joined(separator: " and ")
            expectations.append("\(checks) in at least \(rate.atLeast) of \(rate.of) (line \(rated.location.line))")
        }
        for (index, text) in expectations.enumerated() { rows.append((index == 0 ? "expects" : "", text)) }
        if cell.faults.isEmpty { rows.append(("faults", "none")) }
        var lines = rows.map { "  " + $0.name.padded(to: 12) + $0.text }
        if !cell.faults.isEmpty { lines += FaultTimeline(cell).lines.map { "  " + $0 } }
        return lines
    }

    private static func describe(_ broker: BrokerSpec) -> String {
        var parts = [[broker.kind.name, broker.release ?? "default release"].joined(separator: " ")]
        if let key = broker.kind.option?.key, !broker.option.isEmpty {
            parts.append("\(key) \(broker.option.joined(separator: " "))")
        }
        parts.append(counted(broker.nodes, "node"))
        for topic in broker.topics {
            var text = "topic \(topic.name) with \(counted(topic.partitions, "partition"))"
            if topic.replicas > 1 { text += ", \(topic.replicas) replicas" }
            if !topic.config.isEmpty { text += " (\(properties(topic.config)))" }
            parts.append(text)
        }
        if !broker.config.isEmpty { parts.append(properties(broker.config)) }
        return parts.joined(separator: "; ")
    }

    private static func describe(_ producer: ProducerSpec) -> String {
        var text = producer.client
        if let version = producer.version { text += " \(version)" }
        if !producer.driver.isEmpty { text = "driver \(producer.driver.joined(separator: " "))" }
        if !producer.command.isEmpty { text += "; \(producer.command.joined(separator: " "))" }
        if !producer.config.isEmpty { text += "; \(properties(producer.config))" }
        return text
    }

    private static func describe(_ workload: WorkloadSpec) -> String {
        var text = "\(workload.records) records of \(workload.size) B"
        if let rate = workload.rate, let length = workload.length {
            text += " at \(DecimalText.shown(rate))/s, \(DurationText.shown(length))"
        } else {
            text += " as fast as the client takes them"
        }
        if workload.partitioner == .client { text += "; the client chooses partitions" }
        return text
    }

    private static func properties(_ config: [String: String]) -> String {
        config.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }
}

/// Columns of text.
enum TextTable {
    /// Rows as lines, each column as wide as its widest cell; no blanks at the end of a line.
    static func aligned(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { $0 == row.count - 1 ? $1 : $1.padded(to: widths[$0]) }.joined(separator: "  ")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension String {
    /// Blanks to the right up to a width.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
