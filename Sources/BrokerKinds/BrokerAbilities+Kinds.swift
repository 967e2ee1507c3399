import EmbeddedBroker
import FoundationEssentials
import ScenarioModel

extension BrokerAbilities {
    /// What each kind of broker can do, by its name.
    package static let ofKinds: [String: BrokerAbilities] = [
        BrokerSpec.Kind.embedded.rawValue: embedded, BrokerSpec.Kind.command.rawValue: command,
        BrokerSpec.Kind.compose.rawValue: compose, BrokerSpec.Kind.external.rawValue: external,
    ]

    /// Plays whatever it is told, and acts upon the properties that its code asks for.
    private static let embedded = BrokerAbilities(
        actions: BrokerVocabulary.keywords.map(\.name),
        undoes: ["pause", "kill", "shutdown", "isolate", "slow-append"],
        clusterWide: ["move-leader", "slow-append", "expire-producers"], takesRelease: true, takesConfig: true,
        servesTransactions: BrokerPropertyNames.servesTransactions,
        properties: { text in
            guard let release = text.map({ Release($0) }) ?? Release.standard else { return nil }
            let names = BrokerPropertyNames(release: release)
            return (names.broker, names.topic)
        },
        checkValues: { spec in
            guard let release = spec.release.map({ Release($0) }) ?? Release.standard else { return nil }
            do {
                try BrokerConfiguration.check(
                    release: release, properties: spec.config, topics: spec.topics.map(\.config))
            } catch let error as BrokerConfigurationError {
                return (error.property, "'\(error.value)' is not \(error.wanted)")
            } catch {
                return ("broker", String(describing: error))
            }
            return nil
        })

    /// A process that signals reach; its settings are in its command line.
    private static let command = BrokerAbilities(
        actions: ["pause", "kill", "shutdown", "restart"], undoes: ["pause", "kill", "shutdown"], takesRelease: false,
        takesConfig: false, servesTransactions: true)

    /// A container: one that starts again would come up without the link.
    private static let compose = BrokerAbilities(
        actions: ["pause", "kill"], undoes: ["pause"], takesRelease: true, takesConfig: false,
        servesTransactions: true,
        checkValues: { spec in
            guard spec.release != nil, let file = try? BrokerContainers.composeFile(),
                let text = try? String(contentsOfFile: file, encoding: .utf8),
                let isUsed = ComposeImages.useRelease(text, profile: spec.service ?? "kafka"), !isUsed
            else { return nil }
            return (
                "release", "it has no effect with service '\(spec.service ?? "kafka")', whose image is always the same"
            )
        })

    /// Somebody else's.
    private static let external = BrokerAbilities(
        actions: [], undoes: [], takesRelease: false, takesConfig: false, servesTransactions: true)
}

/// What a compose file says of the images of a profile.
enum ComposeImages {
    /// Whether an image of a profile is chosen by `broker.release`, which the file sees as `KAFKA_VERSION`; nil where the
    /// file does not tell.
    static func useRelease(_ text: String, profile: String) -> Bool? {
        guard let file = try? ScenarioValue(yaml: text, file: "docker-compose.yml"),
            case .mapping(let services)? = file["services"]?.content
        else { return nil }
        let images = services.map(\.value).filter { service in
            guard case .sequence(let profiles)? = service["profiles"]?.content else { return false }
            return profiles.contains { (try? $0.text()) == profile }
        }.compactMap { try? ($0["image"] ?? $0["<<"]?["image"])?.text() }
        return images.isEmpty ? nil : images.contains { $0.contains("KAFKA_VERSION") }
    }
}
