import EmbeddedBroker
import ScenarioModel

/// The words of a fault that brokers carry out, and the releases that the embedded broker plays.
///
/// An action with a length (`for:`) is undone at its end: a paused node resumes, a killed or stopped one starts again,
/// an isolated one joins, slow appends are fast again.
package enum BrokerVocabulary {
    /// Broker actions for `do:`. Each has its own name as the effect that the history must show.
    package static let keywords: [FaultKeyword] = [
        FaultKeyword(
            "pause", role: .action, summary: "the node answers nothing and keeps its connections, as after SIGSTOP",
            effects: ["pause"], value: .none),
        FaultKeyword(
            "kill", role: .action, summary: "the node ends at once, as after SIGKILL; starts again after `for`",
            effects: ["kill"], value: .none),
        FaultKeyword(
            "shutdown", role: .action, summary: "the node ends in order; starts again after `for`",
            effects: ["shutdown"], value: .none),
        FaultKeyword(
            "restart", role: .action, summary: "the node ends and starts again at once: clean (default) or kill",
            effects: ["restart"], value: .optional, validate: { _ = try $0.choice(of: ["clean", "kill"]) }),
        FaultKeyword(
            "move-leader", role: .action, summary: "this node becomes leader of every partition it has a replica of",
            effects: ["move-leader"], value: .required, validate: { _ = try $0.count(in: 1...250) }),
        FaultKeyword(
            "isolate", role: .action, summary: "the node is cut off from replication; clients still reach it",
            effects: ["isolate"], value: .none),
        FaultKeyword(
            "slow-append", role: .action, summary: "every append takes so much longer, as on a slow disk",
            effects: ["slow-append"], value: .required, validate: { _ = try $0.duration() }),
        FaultKeyword(
            "expire-producers", role: .action, summary: "the broker forgets every idempotent producer",
            effects: ["expire-producers"], value: .none),
    ].map { word in
        // Only the timeline starts them: the link, which sees messages, cannot reach the brokers.
        var word = word
        word.startedBy = [.timeline]
        return word
    }

    /// Releases of `broker.release`.
    package static let releases = Release.known

    /// Whether the embedded broker plays a release of this name: the command line takes the same.
    package static func plays(_ release: String) -> Bool { Release(release) != nil }

    /// True for a word that brokers carry out.
    package static func contains(_ word: String) -> Bool { keywords.contains { $0.name == word } }
}
