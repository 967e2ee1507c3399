import FoundationEssentials
import Glibc
import SystemCalls

/// How to start a client's driver.
public struct DriverLaunch: Sendable, Equatable {
    /// Path of the executable.
    public var executable: String
    /// Its arguments, without its own name.
    public var arguments: [String]
    /// Variables to set beside the inherited environment.
    public var environment: [String: String]
    /// The client version that was asked for; the driver's hello must agree (see `accepts`). Nil when none was.
    public var expectedVersion: String?

    /// Describes a launch.
    public init(
        executable: String, arguments: [String] = [], environment: [String: String] = [:],
        expectedVersion: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.expectedVersion = expectedVersion
    }

    /// True when the client that said hello is the one asked for: `2.16` accepts `2.16.1`.
    public func accepts(_ hello: DriverHello) -> Bool {
        guard let expectedVersion else { return true }
        return DriverCatalog.version(hello.clientVersion, matches: expectedVersion)
    }
}

/// A client that cannot be started on this machine: exit code 69.
public struct MissingClient: Error, Sendable, Equatable, CustomStringConvertible {
    /// The client, with its version where one was asked for.
    public var client: String
    /// What is missing, and where it was looked for.
    public var missing: String
    /// What to do.
    public var remedy: String

    /// What is missing and what to do.
    public var description: String { "client \(client): \(missing); \(remedy)" }

    /// Describes what is missing.
    public init(
        client: String, missing: String, remedy: String = "run `\(InstalledFiles.clientsCommand)` to install it"
    ) {
        self.client = client
        self.missing = missing
        self.remedy = remedy
    }
}

/// Knows the clients and how to start the driver of each.
///
/// Which clients there are, their folders say (``ClientDescription``); their releases live in a cache outside the
/// repository, made by `make clients`: a folder for each client with a folder for each release.
public struct DriverCatalog: Sendable {
    /// The clients with a driver, by name.
    public let clients: [ClientDescription]
    /// The cache of clients.
    public let cache: String
    private let folders: ClientFolders
    private let executableDirectory: String
    private let environment: [String: String]

    /// Reads the clients' folders.
    ///
    /// - Parameters:
    ///   - environment: `CROSSWIND_CACHE` or `HOME` name the cache, `PATH` leads to interpreters,
    ///     `CROSSWIND_DRIVERS` names the folder of the clients.
    ///   - executableDirectory: where `crosswind-rdkafka` and `crosswind-raw` lie: the folder of the running executable.
    /// - Throws: `ScenarioError` or `ScenarioErrors` for a `client.yaml` that is wrong.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executableDirectory: String = InstalledFiles.executableDirectory
    ) throws {
        self.environment = environment
        self.executableDirectory = executableDirectory
        cache = environment["CROSSWIND_CACHE"] ?? (environment["HOME"] ?? "/root") + "/.cache/crosswind"
        folders = ClientFolders(
            environment: environment, executableDirectory: executableDirectory, cache: cache)
        clients = try folders.all()
    }

    /// The clients of this installation, read once.
    ///
    /// - Throws: what ``init(environment:executableDirectory:)`` throws, each time.
    public static func installed() throws -> DriverCatalog { try shared.get() }

    private static let shared = Result { try DriverCatalog() }

    /// The client of a name; nil where there is none.
    public func client(_ name: String) -> ClientDescription? { clients.first { $0.name == name } }

    /// How to start the driver of a client.
    ///
    /// - Parameter version: a release or the beginning of one, for example `2.16`; nil for the default: the system's own
    ///   where the client has one, else the newest of the cache.
    /// - Throws: ``MissingClient`` when something is not installed, or the client has no driver.
    public func launch(client name: String, version: String? = nil) throws(MissingClient) -> DriverLaunch {
        guard let client = client(name) else {
            let known = clients.map(\.name).joined(separator: ", ")
            throw MissingClient(
                client: name, missing: "there is no driver of this name",
                remedy: known.isEmpty
                    ? "no folder of clients was found: neither \(folders.places.joined(separator: " nor ")) holds one"
                    : "clients with a driver: \(known)")
        }
        let shown = version.map { "\(name) \($0)" } ?? name
        let program = try program(of: client, shown)
        let release = try release(of: client, version, shown)
        var launch = DriverLaunch(
            executable: program, arguments: client.driver.arguments.map { placed($0, client, release) },
            expectedVersion: version)
        for (variable, value) in client.driver.environment where release != nil || !value.contains("{release}") {
            launch.environment[variable] = placed(value, client, release)
            // What the user's own environment adds to a path of libraries stays behind it.
            if variable == "LD_LIBRARY_PATH", let rest = environment[variable] {
                launch.environment[variable]? += ":" + rest
            }
        }
        for word in launch.arguments where word.hasPrefix(client.folder + "/") && !isFile(word) {
            throw MissingClient(client: shown, missing: "\(word) does not exist")
        }
        return launch
    }

    /// The releases of a client in the cache, newest first.
    public func installedVersions(of client: ClientDescription) -> [String] {
        guard let folder = client.releases?.folder else { return [] }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(folder)")) ?? []
        return entries.filter { !$0.hasPrefix(".") }.sorted { NaturalOrder.precedes($1, $0) }
    }

    /// True when `version` is `wanted` or a release of that line: `2.16.1` matches `2.16`.
    public static func version(_ version: String, matches wanted: String) -> Bool {
        version == wanted || version.hasPrefix(wanted + ".")
    }

    private func program(of client: ClientDescription, _ shown: String) throws(MissingClient) -> String {
        let candidates = client.driver.programs.map { placed($0, client, nil) }
        for candidate in candidates {
            if let found = InstalledFiles.program(candidate, path: environment["PATH"]) { return found }
        }
        let missing =
            candidates.count == 1
            ? candidates[0].contains("/") ? "\(candidates[0]) does not exist" : "\(candidates[0]) is not on PATH"
            : "neither " + candidates.joined(separator: " nor ") + " on PATH"
        guard let remedy = client.driver.remedy else { throw MissingClient(client: shown, missing: missing) }
        throw MissingClient(client: shown, missing: missing, remedy: remedy)
    }

    /// The folder of the release to use; nil for the system's own, and for clients that have only one.
    private func release(
        of client: ClientDescription, _ version: String?, _ shown: String
    ) throws(MissingClient) -> String? {
        guard let releases = client.releases else { return nil }
        if version == nil, releases.system != nil { return nil }
        let installed = installedVersions(of: client)
        guard let found = installed.first(where: { found in version.map { Self.version(found, matches: $0) } ?? true })
        else {
            let list = installed.isEmpty ? "no \(client.name)" : installed.joined(separator: ", ")
            guard let command = releases.system else {
                throw MissingClient(client: shown, missing: "the cache \(cache) has \(list)")
            }
            // Not in the cache: only the system's own can be it, and a command can tell.
            let system = systemVersion(command.map { placed($0, client, nil) })
            if let system, let version, Self.version(system, matches: version) { return nil }
            throw MissingClient(client: shown, missing: "the system has \(system ?? "none"), the cache \(list)")
        }
        let folder = "\(cache)/\(releases.folder)/\(found)"
        for file in releases.files where !isFile("\(folder)/\(file)") {
            throw MissingClient(client: shown, missing: "\(folder)/\(file) does not exist")
        }
        return folder
    }

    private func placed(_ text: String, _ client: ClientDescription, _ release: String?) -> String {
        var text = text
        let places = [
            ("{bin}", executableDirectory), ("{client}", client.folder), ("{drivers}", folders.root ?? client.folder),
            ("{cache}", cache), ("{release}", release ?? ""),
        ]
        for (word, place) in places { text = text.replacing(word, with: place) }
        return text
    }

    private func systemVersion(_ command: [String]) -> String? {
        let said = SpawnedProcess.capture(command)
        return said.code == 0 ? said.output.split(whereSeparator: \.isWhitespace).last.map { String($0) } : nil
    }

    private func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
