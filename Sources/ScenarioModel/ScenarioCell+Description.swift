import EvidenceModel

extension ScenarioCell {
    /// What the cell's record says was asked for. Rates over repeats are judged elsewhere: no single cell can keep them.
    public func description(vocabulary: FaultVocabulary) -> CellDescription {
        CellDescription(
            scenario: scenario, claim: claim, file: file, id: id,
            parameters: Dictionary(parameters.map { ($0.path, $0.label) }) { first, _ in first }, seed: seed,
            producer: .init(
                client: producer.client, version: producer.version, config: producer.config,
                settings: producer.settings),
            broker: .init(
                kind: broker.kind.name, release: broker.release, nodes: broker.nodes,
                topics: broker.topics.map { .init(name: $0.name, partitions: $0.partitions, config: $0.config) }),
            workload: .init(
                records: workload.records, rateRecordsPerS: workload.rate, sizeBytes: workload.size),
            faults: faults.map { $0.description(vocabulary: vocabulary) },
            expectations: statedExpectations,
            recoveryTimeMs: Double(DurationText.microseconds(recoveryTime)) / 1000,
            network: .init(
                profile: network.profile, summary: network.summary,
                ways: network.ways.map { $0.description(vocabulary: vocabulary) }, mtuBytes: network.mtu,
                tcp: network.tcp))
    }

    /// A cell for which only rates are stated still needs sound evidence: it states what any sound cell fulfils.
    private var statedExpectations: [CellDescription.Expectation] {
        guard expectations.isEmpty else {
            return expectations.map {
                .init(
                    measure: $0.measure, comparison: $0.comparison.rawValue, value: $0.value, line: $0.line,
                    text: $0.text)
            }
        }
        return rated.compactMap { rated in
            guard let rate = rated.rate else { return nil }
            let checks = rated.checks.map(\.text).joined(separator: " and ")
            return .init(
                measure: "sent", comparison: ">=", value: 0, line: rated.location.line,
                text: "judged over all repeats: \(checks) in at least \(rate.atLeast) of \(rate.of)")
        }
    }
}

extension FaultSpec {
    /// The numbers that a judge may compare with what it measured. Ramps and models have no single number.
    private var constantValues: [String: Double] {
        var values: [String: Double] = [:]
        func milliseconds(_ value: ScenarioValue) -> Double? {
            (try? value.duration()).map { Double(DurationText.microseconds($0)) / 1000 }
        }
        for setting in settings {
            switch setting.keyword {
            case "delay": values["delay_ms"] = milliseconds(setting.value)
            case "jitter": values["jitter_ms"] = milliseconds(setting.value)
            case "loss": values["loss"] = try? setting.value.fraction()
            case "duplicate": values["duplicate"] = try? setting.value.fraction()
            case "rate": values["rate_bit_per_s"] = (try? setting.value.bitRate()).map(Double.init)
            default: break
            }
        }
        for action in actions where action.keyword == "slow-append" {
            values["slow_append_ms"] = action.value.flatMap(milliseconds)
        }
        return values
    }

    /// The fault as the judge needs it. For a fault that repeats: its first stretch.
    public func description(vocabulary: FaultVocabulary) -> CellDescription.Fault {
        var description = CellDescription.Fault(id: id, summary: summary, effects: effects(in: vocabulary))
        description.direction = direction
        description.node = node
        let values = constantValues
        description.values = values.isEmpty ? nil : values
        switch trigger {
        case .message: description.onMessage = true
        case .named, .network: description.onMessage = false
        case .timeline: break
        }
        if case .timeline(let at, let length, _) = trigger {
            description.atMs = Double(DurationText.microseconds(at)) / 1000
            description.forMs = length.map { Double(DurationText.microseconds($0)) / 1000 }
        }
        return description
    }
}
