import FoundationEssentials
import ScenarioModel

/// What a compose file says of the images of a profile.
package enum ComposeImages {
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

    /// The profiles of the compose file and the number of their services, which are the nodes; empty where there is no file.
    package static func profiles() -> [String: Int] {
        guard let path = try? BrokerContainers.composeFile(),
            let text = try? String(contentsOfFile: path, encoding: .utf8),
            let file = try? ScenarioValue(yaml: text, file: "docker-compose.yml"),
            case .mapping(let services)? = file["services"]?.content
        else { return [:] }
        var counts: [String: Int] = [:]
        for service in services {
            guard case .sequence(let profiles)? = service.value["profiles"]?.content else { continue }
            for profile in profiles.compactMap({ try? $0.text() }) { counts[profile, default: 0] += 1 }
        }
        return counts
    }
}
