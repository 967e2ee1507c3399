import Foundation
import ScenarioModel

/// A vocabulary of the kind that the link and the broker actions fill.
let testVocabulary = FaultVocabulary([
    FaultKeyword("delay", role: .impairment, summary: "holds packets", effects: ["delay"]) { _ = try $0.duration() },
    FaultKeyword("loss", role: .impairment, summary: "drops packets", effects: ["loss"]) { _ = try $0.fraction() },
    FaultKeyword("jitter", role: .modifier, summary: "spreads the delay", modifies: ["delay"]) {
        _ = try $0.duration()
    },
    FaultKeyword("correlation", role: .modifier, summary: "ties neighbours") { _ = try $0.fraction() },
    FaultKeyword("drop", role: .action, summary: "drops the message", effects: ["drop"], value: .none),
    FaultKeyword("reset", role: .action, summary: "resets the connection", effects: ["reset"], value: .none),
    FaultKeyword("hold", role: .action, summary: "holds the message", effects: ["delay"]) { _ = try $0.duration() },
    FaultKeyword("restart", role: .action, summary: "restarts the node", effects: ["restart"], value: .optional),
    FaultKeyword(
        "pause", role: .action, summary: "stops the node", effects: ["pause"], value: .none, startedBy: [.timeline]),
])

/// Kinds of broker with keys of their own, as a harness declares them.
let testKinds: [BrokerSpec.Kind] = [
    .embedded, .init("compose", option: .init("service", .text, isRequired: false)),
    .init("command", option: .init("command", .commandLine, isRequired: true)),
    .init("external", option: .init("address", .addresses, isRequired: true)),
]

/// The clients of the library's scenarios.
let libraryClients = ["librdkafka", "kafka-clients", "kafka-python", "aiokafka", "raw", "command"]

let testRules = ScenarioRules(
    vocabulary: testVocabulary, clients: libraryClients, brokerKinds: testKinds,
    releases: ["0.11", "1.0.0", "2.5", "4.3"],
    playsRelease: { $0.hasPrefix("2.5.") })

/// Reads a scenario of the test; the head is there so that tests state only what they are about.
func scenario(_ body: String, head: String = "name: s\nclaim: c\n", seed: RunSeed = .chosen(1)) throws -> Scenario {
    try Scenario(yaml: head + body, file: "x.yaml", rules: testRules, seed: seed)
}

/// Everything wrong with a scenario, one error a line; lines count from the first line of `body`, which is line 3.
func wrong(_ body: String, head: String = "name: s\nclaim: c\n") -> String {
    do {
        let scenario = try scenario(body, head: head)
        return "valid: \(scenario.cells.count) cells"
    } catch {
        return "\(error)"
    }
}

/// The root of the checkout.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// The words that the library and the documentation use.
let libraryVocabulary = FaultVocabulary(
    [
        "delay", "loss", "duplicate", "reorder", "corrupt", "rate", "trace", "mtu", "partition", "flap", "refuse",
        "blackhole", "forget-idle", "syn", "slot",
    ].map {
        FaultKeyword($0, role: .impairment, summary: $0, effects: [$0])
    }
        + ["jitter", "distribution", "correlation", "in-order", "gap", "queue", "discipline", "ecn", "overhead"].map {
            FaultKeyword($0, role: .modifier, summary: $0)
        }
        + [
            "drop", "delay", "reset", "half-open", "partition", "phase", "pause", "kill", "shutdown", "restart",
            "move-leader", "isolate", "slow-append",
            "expire-producers",
        ].map {
            FaultKeyword($0, role: .action, summary: $0, effects: [$0], value: .optional)
        })
