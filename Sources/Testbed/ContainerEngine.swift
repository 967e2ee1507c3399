import FoundationEssentials
import Glibc
import SystemCalls

/// A failure around containers: what was tried, and the engine's own words.
public struct ContainerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, for example `start containers of profile tansu`.
    public var operation: String
    /// What the engine said.
    public var reason: String
    /// What to do next.
    public var remedy: String

    /// Describes a failure.
    public init(operation: String, reason: String, remedy: String) {
        self.operation = operation
        self.reason = reason
        self.remedy = remedy
    }

    /// One line: what failed, why, what to do.
    public var description: String { "\(operation): \(reason); \(remedy)" }
}

/// The Docker engine of this machine, by its command line: `docker`, and Compose as its plugin or as `docker-compose`.
///
/// Every call blocks. The engine is reached by its Unix socket, so it works from inside a sandbox too; a `DOCKER_HOST`
/// on the network does not.
public struct ContainerEngine: Sendable {
    /// The words that begin a Compose command.
    public let compose: [String]

    /// Finds the engine.
    ///
    /// - Throws: ``ContainerError`` when the client, Compose or a running engine is missing.
    public static func find() throws -> ContainerEngine {
        let info = run(["docker", "version", "--format", "{{.Server.Version}}"])
        guard info.code == 0 else {
            throw ContainerError(
                operation: "find a Docker engine", reason: info.lastLine,
                remedy: "start one: scripts/dockerd.sh installs and starts Debian's")
        }
        for candidate in [["docker", "compose"], ["docker-compose"]] where run(candidate + ["version"]).code == 0 {
            return ContainerEngine(compose: candidate)
        }
        throw ContainerError(
            operation: "find Docker Compose", reason: "neither `docker compose` nor `docker-compose` works",
            remedy: "apt-get install docker-compose")
    }

    /// What a command said.
    struct Output {
        var code: Int32
        var text: String
        var errorText: String

        /// The last line with words in it: where command lines put the reason.
        var lastLine: String {
            func last(_ text: String) -> String? {
                text.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }?.trimmed
            }
            return last(errorText) ?? last(text) ?? "exit code \(code)"
        }
    }

    /// Runs a command to its end. A command that cannot be started has exit code 127.
    static func run(_ words: [String], environment: [String: String] = [:]) -> Output {
        let (code, text, errorText) = SpawnedProcess.capture(words, environment: environment)
        return Output(code: code, text: text, errorText: errorText)
    }
}

extension Substring {
    /// Without white space around it.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count))
    }
}
