import EvidenceModel
import ScenarioModel

extension LinkAction {
    /// `do: [{ phase: { for: 2s, loss: 30%, direction: brokerToClient } }]`.
    static let phase = LinkAction(
        keyword: FaultKeyword(
            "phase", role: .action,
            summary: "start impairments for a time: { for: 2s, loss: 30%, direction: brokerToClient }",
            effects: ["phase"], value: .required, validate: { _ = try StartedPhase($0) }),
        plan: { value, fault in
            guard let value, !fault.actions.startsPhase else { return }
            let started = try StartedPhase(value)
            fault.actions.startsPhase = true
            fault.spec.settings = started.settings
            fault.spec.direction = started.direction
            fault.phase.length = started.length.nanoseconds
        })
}

/// What `phase:` starts.
private struct StartedPhase {
    var length: Duration
    var direction: Direction?
    var settings: [FaultSpec.Setting] = []

    init(_ value: ScenarioValue) throws {
        length = try value.required("for").duration(in: .milliseconds(1)...(.seconds(86_400)))
        let words = ImpairmentKind.all.flatMap(\.keywords)
        try value.requireKnownKeys(["for", "direction"] + words.map(\.name))
        if let word = try value["direction"]?.choice(of: Direction.allCases.map(\.rawValue) + ["both"]) {
            direction = Direction(rawValue: word)
        }
        for entry in try value.mapping() {
            guard let keyword = words.first(where: { $0.name == entry.key }) else { continue }
            try keyword.validate(entry.value)
            settings.append(.init(keyword: entry.key, value: entry.value))
        }
        if settings.isEmpty {
            throw value.error("a phase without an impairment", allowed: "{ for: 2s, loss: 30% }")
        }
    }
}
