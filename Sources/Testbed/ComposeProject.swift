import FoundationEssentials
import Glibc
import SystemCalls

/// A container of a project.
public struct Container: Sendable, Equatable {
    /// The engine's id.
    public var id: String
    /// The service of docker-compose.yml.
    public var service: String
    /// The process id of its first process, as the host sees it; 0 when it has ended.
    public var processIdentifier: Int32
}

/// The containers of one profile of docker-compose.yml, started for one cell.
///
/// Ends with ``remove()``; ``ContainerGuard`` does the same when this process cannot.
public final class ComposeProject: Sendable {
    /// The label by which the containers of a run are found again.
    public static let runLabel = "crosswind.run"

    /// The profile, as the user named it.
    public let profile: String
    private let engine: ContainerEngine
    private let file: String
    private let name: String
    private let environment: [String: String]

    /// Prepares a project; nothing is started.
    ///
    /// - Parameters:
    ///   - file: path of docker-compose.yml.
    ///   - profile: the profile to start.
    ///   - name: a name that no other project has.
    ///   - run: the run's name, for ``ContainerGuard``.
    ///   - environment: variables for the file.
    public init(
        engine: ContainerEngine, file: String, profile: String, name: String, run: String,
        environment: [String: String] = [:]
    ) {
        self.engine = engine
        self.file = file
        self.profile = profile
        // Compose allows lower-case letters, digits, '-' and '_'.
        let allowed = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        self.name = "crosswind-" + String(allowed)
        self.environment = environment.merging(["CROSSWIND_RUN": run]) { $1 }
    }

    /// Starts the containers, building or pulling images where they are missing.
    ///
    /// - Returns: the containers, in the order of their services' names.
    /// - Throws: ``ContainerError`` with the engine's own words; nothing is left behind then.
    public func start() throws -> [Container] {
        let command = engine.compose + ["--project-name", name, "--file", file, "--profile", profile, "up", "--detach"]
        let result = ContainerEngine.run(command, environment: environment)
        guard result.code == 0 else {
            remove()
            throw ContainerError(
                operation: "start the containers of profile \(profile)", reason: result.lastLine,
                remedy: "the image must be built or pulled: try it with `\(engine.compose.joined(separator: " ")) "
                    + "--file \(file) --profile \(profile) up`")
        }
        let found = containers()
        guard !found.isEmpty else {
            remove()
            throw ContainerError(
                operation: "start the containers of profile \(profile)", reason: "no service has this profile",
                remedy: "profiles stand in \(file)")
        }
        return found
    }

    /// The project's containers as they are now.
    public func containers() -> [Container] {
        let ids = ids()
        guard !ids.isEmpty else { return [] }
        let format = #"{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Pid}}"#
        let result = ContainerEngine.run(["docker", "inspect", "--format", format] + ids)
        return result.text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let pid = Int32(words[2]) else { return nil }
            return Container(id: String(words[0]), service: String(words[1]), processIdentifier: pid)
        }
        .sorted { NaturalOrder.precedes($0.service, $1.service) }
    }

    /// The last lines of a container's log, for an error message.
    public func logTail(_ container: Container, lines: Int = 3) -> String {
        let result = ContainerEngine.run(["docker", "logs", "--tail", String(lines), container.id])
        return (result.text + result.errorText).split(separator: "\n").joined(separator: " | ")
    }

    /// Follows a container's log into a file, from its beginning until the container ends or this sandbox does.
    public func followLog(_ container: Container, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if file < 0 { throw TestbedError(operation: "create", subject: path, errorNumber: errno) }
        defer { close(file) }
        let process = try SpawnedProcess(
            ["docker", "logs", "--follow", "--timestamps", container.id], output: file, error: file)
        // Someone must wait for it; its end is of no interest.
        WorkerThread.start { _ = process.wait() }
    }

    /// Does something to a container: `pause`, `unpause` or `kill`.
    public func perform(_ action: String, on container: Container) throws {
        let result = ContainerEngine.run(["docker", action, container.id])
        guard result.code == 0 else {
            throw ContainerError(
                operation: "\(action) container \(container.service)", reason: result.lastLine,
                remedy: "see the container's log in the cell's directory")
        }
    }

    /// Removes the project's containers and their volumes at once. What is gone already is no error.
    public func remove() {
        let ids = ids()
        if !ids.isEmpty { _ = ContainerEngine.run(["docker", "rm", "--force", "--volumes"] + ids) }
    }

    private func ids() -> [String] {
        let filter = "label=com.docker.compose.project=\(name)"
        let result = ContainerEngine.run(["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", filter])
        return result.text.split(separator: "\n").map { String($0) }
    }
}
