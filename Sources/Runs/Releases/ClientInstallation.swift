import Drivers
import FoundationEssentials
import Reports
import RunRecord
import SystemCalls

/// `crosswind clients`: what clients there are, which of their releases are here, and how others come and go.
public enum ClientInstallation {
    /// A line for each client: its releases in the cache, and what it is.
    public static func list() throws -> String {
        let catalog = try DriverCatalog.installed()
        guard !catalog.clients.isEmpty else {
            throw MissingRequirement("no folder of clients was found; set CROSSWIND_DRIVERS, docs/client-folders.md")
        }
        let width = catalog.clients.map(\.name.count).max() ?? 0
        return catalog.clients.map { client in
            let releases = catalog.installedVersions(of: client).sorted { NaturalOrder.precedes($0, $1) }
            let state: String
            if client.releases == nil {
                state = "its one release"
            } else {
                let system = client.releases?.system == nil ? [] : ["the system's"]
                state = (releases + system).isEmpty ? "not installed" : (releases + system).joined(separator: " ")
            }
            return client.name.padding(to: width) + "  " + state + "\n" + String(repeating: " ", count: width + 2)
                + client.about + "\n"
        }.joined()
    }

    /// Runs the folder's `install` for each `NAME` or `NAME@RELEASE`.
    ///
    /// - Returns: ``ExitStatus/unavailable`` when one could not be installed; its reason stands above.
    public static func install(_ wanted: [String]) throws -> ExitStatus {
        let catalog = try DriverCatalog.installed()
        var failed: [String] = []
        for text in wanted {
            let (client, release) = try named(text, catalog)
            let program = client.folder + "/install"
            guard FileManager.default.isExecutableFile(atPath: program) else {
                throw UsageError("\(client.name) has no releases to install: \(client.folder) holds no `install`")
            }
            var environment = [String: String]()
            environment["CROSSWIND_CACHE"] = catalog.cache
            let process: SpawnedProcess
            do {
                process = try SpawnedProcess(
                    [program] + [release].compactMap { $0 }, environment: environment, inheritsStreams: true)
            } catch {
                throw MissingRequirement("cannot start \(program): \(error)")
            }
            if process.wait() != 0 { failed.append(text) }
        }
        guard !failed.isEmpty else { return .passed }
        StandardError.say(
            "crosswind: not installed: \(failed.joined(separator: " ")); the reason stands above. Registries are reached by"
                + " pip, apt and the like, with the settings that they have on this machine.")
        return .unavailable
    }

    /// Holds the driver of each against the driver protocol.
    public static func check(_ wanted: [String], say: @escaping @Sendable (String) -> Void) async throws -> ExitStatus {
        let catalog = try DriverCatalog.installed()
        var worst = ExitStatus.passed
        for text in wanted {
            let (client, release) = try named(text, catalog)
            say("\(text):")
            let status = try await DriverInspection.run(
                command: [client.name], version: release, config: [:], say: { say("  " + $0) })
            if status != .passed { worst = status }
        }
        return worst
    }

    /// Removes releases from the cache.
    public static func remove(_ wanted: [String]) throws -> ExitStatus {
        let catalog = try DriverCatalog.installed()
        for text in wanted {
            let (client, release) = try named(text, catalog)
            guard let folder = client.releases?.folder, let release else {
                throw UsageError("remove \(text): wanted NAME@RELEASE of a client that has releases in the cache")
            }
            guard catalog.installedVersions(of: client).contains(release) else {
                throw UsageError("remove \(text): the cache \(catalog.cache) has no \(client.name) \(release)")
            }
            let path = "\(catalog.cache)/\(folder)/\(release)"
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw HarnessError(operation: "remove", subject: path, reason: "\(error)")
            }
        }
        return .passed
    }

    private static func named(
        _ text: String, _ catalog: DriverCatalog
    ) throws -> (client: ClientDescription, release: String?) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let client = catalog.client(parts[0]) else {
            throw UsageError(
                "'\(parts[0])' is no client; there are \(catalog.clients.map(\.name).joined(separator: ", "))")
        }
        // A release is a folder of the cache and a word for an installer.
        let release = parts.count > 1 ? parts[1] : nil
        if let release,
            !release.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_+".contains($0)) })
                || release.isEmpty || release.hasPrefix(".") || release.hasPrefix("-")
        {
            throw UsageError("'\(release)' is no release")
        }
        return (client, release)
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
