import Drivers
import EmbeddedBroker
import FoundationEssentials
import Glibc
import Logging
import RawClient
import Reports
import RunRecord
import SystemCalls

/// `crosswind driver-check`: holds a driver against the driver protocol, with an embedded broker or one that is up.
public enum DriverInspection {
    /// Topics of the embedded broker: two, so that a driver must tell them apart.
    private static let topics = [
        DriverConfiguration.Topic(name: "driver-check-a", partitions: 3),
        DriverConfiguration.Topic(name: "driver-check-b", partitions: 2),
    ]

    /// Checks the driver that `command` starts and prints a line for each rule.
    ///
    /// - Parameters:
    ///   - command: executable and arguments, or one name of a client that Crosswind has a driver for.
    ///   - version: a release of that client; nil for its default.
    ///   - config: properties that the client needs.
    ///   - say: prints a line.
    /// - Returns: ``ExitStatus/passed`` when every rule is kept.
    /// - Throws: ``MissingRequirement`` when the driver cannot be started.
    public static func run(
        command: [String], version: String? = nil, config: [String: String],
        say: @escaping @Sendable (String) -> Void
    ) async throws -> ExitStatus {
        let launch = try launch(command, version)
        var configuration = BrokerConfiguration(
            nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))],
            topics: topics.map { .init(name: $0.name, partitions: $0.partitions) })
        configuration.logger = Logger(label: "broker") { StreamLogHandler.standardError(label: $0) }
        configuration.logger.logLevel = .warning
        let cluster = try await EmbeddedCluster.start(configuration)
        let port = try cluster.port(of: 1)
        let findings = await findings(launch, config, port: port)
        await cluster.shutdown()
        for finding in try findings.get() {
            say((finding.problem == nil ? "✓ " : "✗ ") + finding.rule + (finding.problem.map { "\n    " + $0 } ?? ""))
        }
        return try findings.get().contains { $0.problem != nil } ? .failed : .passed
    }

    private static func findings(
        _ launch: DriverLaunch, _ config: [String: String], port: Int
    ) async -> Result<[DriverCheck.Finding], any Error> {
        await withCheckedContinuation { continuation in
            // The check blocks for seconds: a thread of its own, not one of the pool.
            WorkerThread.start {
                var check = DriverCheck(launch: launch, bootstrap: "127.0.0.1:\(port)", topics: topics, config: config)
                check.readBack = { topic, partition in
                    try LogReader(host: "127.0.0.1", port: port).read(topics: [topic]).batches
                        .filter { $0.partition == partition }.flatMap { $0.records.map { $0.value ?? [] } }
                }
                continuation.resume(returning: Result { try check.run() })
            }
        }
    }

    private static func launch(_ command: [String], _ version: String?) throws -> DriverLaunch {
        guard let first = command.first else { throw UsageError("name the driver's command after --") }
        let catalog = try DriverCatalog.installed()
        if command.count == 1, catalog.client(first) != nil {
            do { return try catalog.launch(client: first, version: version) } catch {
                throw MissingRequirement("\(error)")
            }
        }
        return DriverLaunch(executable: "/usr/bin/env", arguments: command)
    }
}
