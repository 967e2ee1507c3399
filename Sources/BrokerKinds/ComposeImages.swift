import FoundationEssentials
import ScenarioModel

/// What a compose file says of the images of a profile.
enum ComposeImages {
    /// What the file names its image by.
    static let variable = "CROSSWIND_KAFKA_IMAGE"

    /// The image that a scenario asks for; nil: the file's own. Tags of `apache/kafka` are full versions: a line, `4.3`, stands
    /// for its first.
    static func image(_ broker: BrokerSpec) -> String? {
        if let image = broker.image { return image }
        guard let release = broker.release else { return nil }
        let isLine = release.split(separator: ".").count == 2
        return "apache/kafka:\(release)" + (isLine ? ".0" : "")
    }

    /// Whether an image of a profile is chosen by `broker.image` or `broker.release`; nil where the file does not tell.
    static func useRelease(_ text: String, profile: String) -> Bool? {
        guard let file = try? ScenarioValue(yaml: text, file: "docker-compose.yml"),
            case .mapping(let services)? = file["services"]?.content
        else { return nil }
        let images = services.map(\.value).filter { service in
            guard case .sequence(let profiles)? = service["profiles"]?.content else { return false }
            return profiles.contains { (try? $0.text()) == profile }
        }.compactMap { try? ($0["image"] ?? $0["<<"]?["image"])?.text() }
        return images.isEmpty ? nil : images.contains { $0.contains(variable) }
    }
}
