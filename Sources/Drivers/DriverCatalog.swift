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

/// Knows where each client's driver is.
///
/// Clients live in a cache outside the repository, made by `make clients`:
///
///     librdkafka/VERSION/librdkafka.so.1
///     kafka-clients/VERSION/*.jar          with crosswind-driver.jar
///     kafka-python/VERSION/                what pip installed
///     aiokafka/VERSION/
///     tansu/VERSION/tansu
///
/// The drivers' sources are found beside the executable's checkout, or in `drivers/` of the cache.
public struct DriverCatalog: Sendable {
    /// The clients with a driver.
    public static let clients = ["librdkafka", "kafka-clients", "kafka-python", "aiokafka", "raw"]

    /// The cache of clients.
    public let cache: String
    private let executableDirectory: String
    private let environment: [String: String]

    /// Makes a catalog.
    ///
    /// - Parameters:
    ///   - environment: `CROSSWIND_CACHE` or `HOME` name the cache, `PATH` leads to interpreters,
    ///     `CROSSWIND_DRIVERS` names a folder with the drivers' sources.
    ///   - executableDirectory: where `crosswind-rdkafka` and `crosswind-raw` lie: the folder of the running executable.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executableDirectory: String = DriverCatalog.directoryOfThisExecutable
    ) {
        self.environment = environment
        self.executableDirectory = executableDirectory
        cache = environment["CROSSWIND_CACHE"] ?? (environment["HOME"] ?? "/root") + "/.cache/crosswind"
    }

    /// The folder of the running executable, symbolic links resolved.
    public static var directoryOfThisExecutable: String {
        InstalledFiles.executableDirectory
    }

    /// How to start the driver of a client.
    ///
    /// - Parameter version: a release or the beginning of one, for example `2.16`; nil for the driver's default: Debian's
    ///   librdkafka, the newest of everything else.
    /// - Throws: ``MissingClient`` when something is not installed, or the client has no driver.
    public func launch(client: String, version: String? = nil) throws(MissingClient) -> DriverLaunch {
        switch client {
        case "librdkafka": try librdkafka(version)
        case "kafka-clients": try kafkaClients(version)
        case "kafka-python": try python(client, version, script: "crosswind_kafka_python.py")
        case "aiokafka": try python(client, version, script: "crosswind_aiokafka.py")
        case "raw": try raw(version)
        default:
            throw MissingClient(
                client: client, missing: "there is no driver of this name",
                remedy: "clients with a driver: \(Self.clients.joined(separator: ", "))")
        }
    }

    /// The versions of a client in the cache, newest first.
    public func installedVersions(of client: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(client)")) ?? []
        return entries.filter { !$0.hasPrefix(".") }.sorted {
            NaturalOrder.precedes($1, $0)
        }
    }

    /// True when `version` is `wanted` or a release of that line: `2.16.1` matches `2.16`.
    public static func version(_ version: String, matches wanted: String) -> Bool {
        version == wanted || version.hasPrefix(wanted + ".")
    }

    private func librdkafka(_ version: String?) throws(MissingClient) -> DriverLaunch {
        let path = executableDirectory + "/crosswind-rdkafka"
        let name = Self.name("librdkafka", version)
        guard isExecutable(path) else {
            throw MissingClient(
                client: name, missing: "\(path) does not exist",
                remedy: "run `make build`, or `swift build --product crosswind-rdkafka`")
        }
        var launch = DriverLaunch(executable: path, expectedVersion: version)
        if let version, let found = installed("librdkafka", version) {
            let directory = "\(cache)/librdkafka/\(found)"
            guard isFile(directory + "/librdkafka.so.1") else {
                throw MissingClient(client: name, missing: "\(directory)/librdkafka.so.1 does not exist")
            }
            let rest = environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
            launch.environment["LD_LIBRARY_PATH"] = directory + rest
        } else if let version {
            // Not in the cache: only the system's own can be it, and the executable can tell.
            let system = systemLibrdkafkaVersion(path)
            guard let system, Self.version(system, matches: version) else {
                throw MissingClient(
                    client: name,
                    missing: "the system has \(system ?? "none"), the cache \(list("librdkafka"))")
            }
        }
        return launch
    }

    private func raw(_ version: String?) throws(MissingClient) -> DriverLaunch {
        let path = executableDirectory + "/crosswind-raw"
        guard isExecutable(path) else {
            throw MissingClient(
                client: Self.name("raw", version), missing: "\(path) does not exist",
                remedy: "run `make build`, or `swift build --product crosswind-raw`")
        }
        return DriverLaunch(executable: path, expectedVersion: version)
    }

    private func kafkaClients(_ version: String?) throws(MissingClient) -> DriverLaunch {
        let name = Self.name("kafka-clients", version)
        guard let java = searchPath("java") else {
            throw MissingClient(client: name, missing: "java is not on PATH")
        }
        guard let found = installed("kafka-clients", version) else {
            throw MissingClient(client: name, missing: "the cache \(cache) has \(list("kafka-clients"))")
        }
        let directory = "\(cache)/kafka-clients/\(found)"
        guard isFile(directory + "/crosswind-driver.jar") else {
            throw MissingClient(client: name, missing: "\(directory)/crosswind-driver.jar does not exist")
        }
        return DriverLaunch(
            executable: java,
            // A driver is short-lived: a quick start matters more than the best code of a long run. Performance files are
            // named by process id, which is not unique across sandboxes; the virtual machine's own warnings must not
            // stand between the driver's lines.
            arguments: [
                "-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=warning:stderr", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m", "-cp", directory + "/*",
                "crosswind.Driver",
            ], expectedVersion: version)
    }

    private func python(
        _ client: String, _ version: String?, script: String
    ) throws(MissingClient) -> DriverLaunch {
        let name = Self.name(client, version)
        guard let found = installed(client, version) else {
            throw MissingClient(client: name, missing: "the cache \(cache) has \(list(client))")
        }
        // The cache's own interpreter, which its packages were installed for; pure Python runs by the system's too.
        let own = "\(cache)/python/bin/python3"
        guard let interpreter = isExecutable(own) ? own : searchPath("python3") else {
            throw MissingClient(client: name, missing: "neither \(own) nor python3 on PATH")
        }
        guard let path = sources("python/" + script) else {
            throw MissingClient(
                client: name,
                missing:
                    "Drivers/python/\(script) is neither beside the executable, nor in its prefix, nor in the cache")
        }
        return DriverLaunch(
            executable: interpreter, arguments: ["-u", path],
            environment: ["PYTHONPATH": "\(cache)/\(client)/\(found)", "PYTHONDONTWRITEBYTECODE": "1"],
            expectedVersion: version)
    }

    /// The path of a driver's source: of `CROSSWIND_DRIVERS`, of the checkout the executable lies in, or of the cache.
    private func sources(_ name: String) -> String? {
        if let directory = environment["CROSSWIND_DRIVERS"] { return existing(directory + "/" + name) }
        return InstalledFiles.find("Drivers/" + name, from: executableDirectory) ?? existing("\(cache)/drivers/\(name)")
    }

    private func installed(_ client: String, _ version: String?) -> String? {
        installedVersions(of: client).first { candidate in
            version.map { Self.version(candidate, matches: $0) } ?? true
        }
    }

    private func list(_ client: String) -> String {
        let versions = installedVersions(of: client)
        return versions.isEmpty ? "no \(client)" : versions.joined(separator: ", ")
    }

    /// What `crosswind-rdkafka --version` says, with the system's shared object.
    private func systemLibrdkafkaVersion(_ path: String) -> String? {
        let said = SpawnedProcess.capture([path, "--version"])
        return said.code == 0 ? said.output.split(whereSeparator: \.isWhitespace).last.map { String($0) } : nil
    }

    private func searchPath(_ name: String) -> String? {
        let path = environment["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    private func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
    private func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    private func existing(_ path: String) -> String? { isFile(path) ? path : nil }
    private static func name(_ client: String, _ version: String?) -> String {
        version.map { "\(client) \($0)" } ?? client
    }
}
