import EvidenceModel
import ScenarioModel

/// A client as its folder describes it: `Drivers/NAME/client.yaml`, read at run time. docs/client-folders.md is the manual.
///
/// Words in braces stand for places: `{bin}` the folder of the running executable, `{client}` the client's folder,
/// `{drivers}` the folder of Crosswind's own clients, `{cache}` the cache, `{release}` the folder of the chosen release in
/// the cache.
public struct ClientDescription: Sendable {
    /// The folder's name, which scenarios use.
    public var name: String
    /// The folder.
    public var folder: String
    /// What it is, in a few words.
    public var about: String
    /// The language it is for.
    public var language: String
    /// How its driver is started.
    public var driver: Driver
    /// Where its releases are; nil: there is only one, which the driver holds.
    public var releases: Releases?
    /// The properties that a producer can be given.
    public var properties: ClientProperties
    /// What the release notes of a release say, where it is about what producers do on a bad network; by release.
    public var releaseNotes: [String: String] = [:]
    /// Whether `plan` looks for settings of it where nobody names a client.
    public var isPlanned: Bool

    /// How a driver is started.
    public struct Driver: Sendable, Equatable {
        /// Programs, the first that exists is taken; a bare name is looked for on `PATH`.
        public var programs: [String]
        /// Its arguments.
        public var arguments: [String] = []
        /// Variables beside the inherited environment; those with `{release}` only where a release of the cache is used.
        public var environment: [String: String] = [:]
        /// What to do when the program is missing; nil: install the client.
        public var remedy: String?
    }

    /// Where releases are.
    public struct Releases: Sendable, Equatable {
        /// The folder in the cache that has a folder for each release.
        public var folder: String
        /// What must lie in a release's folder.
        public var files: [String] = []
        /// Prints the release that is there without the cache as its last word; nil: the newest of the cache is the default.
        public var system: [String]?
    }
}

extension ClientDescription {
    static let fileName = "client.yaml"

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - yaml: the text of `client.yaml`.
    ///   - folder: the client's folder.
    /// - Throws: `ScenarioError` or `ScenarioErrors` with place, what is allowed and what was probably meant.
    public init(yaml: String, folder: String) throws {
        let root = try ScenarioValue(yaml: yaml, file: "\(folder)/\(Self.fileName)")
        try root.requireKnownKeys([
            "about", "language", "driver", "releases", "release_notes", "settings", "properties",
            "plan",
        ])
        name = folder.split(separator: "/").last.map { String($0) } ?? folder
        self.folder = folder
        about = try root.required("about").text()
        language = try root.required("language").text()
        driver = try Driver(root.required("driver"))
        releases = try root["releases"].map { try Releases($0) }
        for entry in try root["release_notes"]?.mapping() ?? [] { releaseNotes[entry.key] = try entry.value.text() }
        isPlanned = try root["plan"]?.bool() ?? true
        let settings = try root["settings"].map { try ClientSettings($0) } ?? ClientSettings()
        properties = try ClientProperties(root["properties"], settings)
    }
}

extension ClientDescription.Driver {
    init(_ value: ScenarioValue) throws {
        try value.requireKnownKeys(["program", "arguments", "environment", "remedy"])
        programs = try value.required("program").texts()
        guard !programs.isEmpty else { throw value.error("'program' names none") }
        arguments = try value["arguments"]?.texts() ?? []
        for entry in try value["environment"]?.mapping() ?? [] { environment[entry.key] = try entry.value.text() }
        remedy = try value["remedy"]?.text()
    }
}

extension ClientDescription.Releases {
    init(_ value: ScenarioValue) throws {
        try value.requireKnownKeys(["folder", "files", "system"])
        folder = try value.required("folder").text()
        files = try value["files"]?.texts() ?? []
        system = try value["system"]?.texts()
        if system?.isEmpty == true { throw value.error("'system' is no command") }
    }
}

extension ClientSettings {
    init(_ value: ScenarioValue) throws {
        try value.requireKnownKeys([
            "names", "idempotent_by_default", "default_in_flight", "in_flight_when_idempotent",
            "default_send_buffer_bytes", "kernel_send_buffer", "style", "constructor", "start_processors",
        ])
        self.init()
        let concepts = ProducerConcept.allCases.map(\.rawValue)
        try value["names"]?.requireKnownKeys(concepts)
        for concept in ProducerConcept.allCases {
            if let named = value["names"]?[concept.rawValue] { names[concept] = try named.texts() }
        }
        isIdempotentByDefault = try value["idempotent_by_default"]?.bool() ?? false
        defaultInFlight = try value["default_in_flight"]?.count(in: 1...1_000_000)
        inFlightWhenIdempotent = try value["in_flight_when_idempotent"]?.count(in: 1...1_000_000)
        defaultSendBufferBytes = try value["default_send_buffer_bytes"]?.count(in: 1...1_000_000_000)
        kernelSendBuffer = try value["kernel_send_buffer"]?.text()
        if let word = try value["style"]?.choice(of: Style.allCases.map(\.rawValue)) {
            style = Style(rawValue: word) ?? style
        }
        constructor = try value["constructor"]?.text()
        startProcessors = try value["start_processors"]?.number(in: 0...16) ?? startProcessors
    }
}

extension ClientProperties {
    /// The properties by name; without the section nothing is known, and the client itself has to judge.
    init(_ value: ScenarioValue?, _ settings: ClientSettings) throws {
        self.init(names: [], settings: settings)
        guard let value else { return }
        try value.requireKnownKeys(["producer", "without_effect", "complete"])
        names = try value["producer"]?.words() ?? []
        for entry in try value["without_effect"]?.mapping() ?? [] {
            for name in try entry.value.words() { withoutEffect[name] = entry.key }
        }
        isComplete = try value["complete"]?.bool() ?? false
        for concept in ProducerConcept.allCases {
            for name in settings.names[concept] ?? [] where !knows(name) {
                throw value.error("settings.names.\(concept.rawValue): '\(name)' is none of its properties")
            }
        }
    }
}

extension ScenarioValue {
    /// A list of texts, or one text alone.
    fileprivate func texts() throws -> [String] {
        if case .sequence(let values) = content { return try values.map { try $0.text() } }
        return [try text()]
    }

    /// The words of a text.
    fileprivate func words() throws -> [String] {
        try text().split(whereSeparator: \.isWhitespace).map { String($0) }
    }
}
