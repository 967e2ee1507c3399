import BrokerKinds
import FoundationEssentials
import Glibc
import KafkaWire
import RawClient
import RunRecord
import ScenarioModel
import SystemCalls

/// Reads `--broker`.
enum BrokerChoice {
    /// The file of a recipe's folder.
    private static let fileName = "broker.yaml"

    /// The broker that a user names: `command: …`, `external:HOST:PORT[,HOST:PORT…]`, a file, a folder of `Brokers`, or a
    /// profile of the compose file.
    ///
    /// - Throws: `ScenarioErrors` for a description that is wrong, ``UsageError`` for a name that stands for nothing,
    ///   ``MissingRequirement`` when an external cluster does not answer.
    static func override(_ text: String) throws -> BrokerOverride {
        if let words = text.dropping("command:") {
            return try made("kind: command\n  command: \(quoted(words))", name: text, nodes: nil)
        }
        if let addresses = text.dropping("external:") { return try external(addresses, name: text) }
        if let file = file(text) {
            guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw UsageError("--broker \(text): cannot read \(file)")
            }
            let folder = PathText.directory(of: file.hasPrefix("/") ? file : current + "/" + file)
            return try BrokerOverride(yaml: yaml.replacing("{folder}", with: folder), file: file, name: text)
        }
        if let nodes = ComposeImages.profiles()[text] {
            return try made("kind: compose\n  service: \(quoted(text))", name: text, nodes: nodes)
        }
        throw UsageError(
            "--broker \(text): no file, no folder of Brokers (\(recipes().joined(separator: ", "))), and no profile of "
                + "docker-compose.yml (\(ComposeImages.profiles().keys.sorted().joined(separator: ", "))); or 'command: PROGRAM …', "
                + "external:HOST:PORT")
    }

    /// A line for each cell that is left out.
    static func leftOut(_ scenarios: [Scenario], _ broker: BrokerOverride?) -> String {
        guard let broker else { return "" }
        let cells = scenarios.flatMap(\.leftOut)
        return cells.map { "left out on \(broker.name): \($0.cell): \($0.reason)\n" }.joined()
    }

    /// The folders of `Brokers` with a description.
    private static func recipes() -> [String] {
        guard let root = InstalledFiles.find("Brokers"),
            let names = try? FileManager.default.contentsOfDirectory(atPath: root)
        else { return [] }
        return names.filter { access("\(root)/\($0)/\(fileName)", F_OK) == 0 }.sorted()
    }

    private static var current: String { FileManager.default.currentDirectoryPath }

    private static func file(_ text: String) -> String? {
        var isFolder: Bool = false
        if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) {
            if !isFolder { return text }
            if access("\(text)/\(fileName)", F_OK) == 0 { return "\(text)/\(fileName)" }
        }
        guard !text.contains("/"), recipes().contains(text), let root = InstalledFiles.find("Brokers") else {
            return nil
        }
        return "\(root)/\(text)/\(fileName)"
    }

    /// A cluster that is there: its nodes are counted, and each cell gets topics of its own.
    private static func external(_ addresses: String, name: String) throws -> BrokerOverride {
        guard let place = HostPort.list(addresses)?.first else {
            throw UsageError("--broker \(name): wanted external:HOST:PORT, for example external:127.0.0.1:9092")
        }
        let count: Int
        do {
            let connection = try LogReader(host: place.host, port: Int(place.port)).connect(place.host, Int(place.port))
            defer { connection.close() }
            count = try connection.metadata(topics: []).brokers.count
        } catch {
            throw MissingRequirement("--broker \(name): \(error)")
        }
        return try made(
            "kind: external\n  address: \(quoted(addresses))\n  topic_prefix: \"crosswind-{run}-\"", name: name,
            nodes: count)
    }

    private static func made(_ section: String, name: String, nodes: Int?) throws -> BrokerOverride {
        let yaml = "broker:\n  \(section)\n" + (nodes.map { "nodes: [\($0)]\n" } ?? "")
        return try BrokerOverride(yaml: yaml, file: "--broker", name: name)
    }

    private static func quoted(_ text: String) -> String {
        let words = text.drop { $0 == " " }
        return "\"" + words.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension String {
    /// What follows `prefix`; nil where it does not begin so.
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
