import FoundationEssentials
import ScenarioModel

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
