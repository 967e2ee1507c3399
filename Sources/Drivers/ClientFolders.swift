import FoundationEssentials
import SystemCalls

/// Finds the folders of clients: everything with a `client.yaml` in `Drivers` beside the executable's checkout or in its
/// prefix, else in `drivers/` of the cache; in `CROSSWIND_DRIVERS` alone where that is set.
public struct ClientFolders: Sendable {
    /// The folders that were looked into, the first that exists counts.
    public let places: [String]

    init(environment: [String: String], executableDirectory: String, cache: String) {
        if let own = environment["CROSSWIND_DRIVERS"] {
            places = [own]
        } else {
            places = [InstalledFiles.find("Drivers", from: executableDirectory), "\(cache)/drivers"].compactMap { $0 }
        }
    }

    /// The folder of the clients; nil where none of the places exists.
    var root: String? { places.first { FileManager.default.fileExists(atPath: $0) } }

    /// Every client, by name.
    ///
    /// - Throws: `ScenarioError` or `ScenarioErrors` for a `client.yaml` that is wrong: nothing is passed over.
    func all() throws -> [ClientDescription] {
        guard let root else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        return try names.compactMap { name in
            let folder = "\(root)/\(name)"
            let file = "\(folder)/\(ClientDescription.fileName)"
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return try ClientDescription(yaml: String(contentsOfFile: file, encoding: .utf8), folder: folder)
        }
    }
}
