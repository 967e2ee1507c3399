import ArgumentParser
import EmbeddedBroker
import FoundationEssentials
import Logging
import Reports
import RunRecord
import ScenarioModel
import SystemCalls

/// `crosswind broker`: the embedded broker alone.
struct BrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Runs the embedded Kafka broker until SIGTERM or SIGINT.",
        discussion: """
            Prints 'ready HOST:PORT' once it accepts connections. Logs are kept in memory. See docs/broker.md for what it \
            plays of Apache Kafka, release by release.
            """)

    @Option(help: "HOST:PORT to listen on; port 0 picks a free one.")
    var listen: String = "127.0.0.1:9092"

    @Option(help: "HOST:PORT that clients are told to connect to, where that is not where it listens.")
    var advertise: String?

    @Option(help: "Nodes of the cluster, from 1 to 9; each listens on the next port.")
    var nodes = 1

    @Option(help: "Apache Kafka release to play, from 0.11 to 4.5; --releases lists them.")
    var release: String = Release.standard.description

    @Option(name: .customLong("topic"), help: "A topic that exists from the start, NAME:PARTITIONS; repeatable.")
    var topics: [String] = []

    @Option(name: .customLong("config"), help: "A broker property, KEY=VALUE; repeatable.")
    var properties: [String] = []

    @Flag(help: "List the releases and what differs between them, and do nothing else.")
    var releases = false

    func run() throws {
        if releases { return print(Release.overview) }
        var logger = Logger(label: "crosswind.broker") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let service = BrokerService(
            listen: listen, advertise: advertise, nodes: nodes, release: release, topics: topics,
            properties: properties,
            logger: logger)
        do {
            StopSignals.ignoreBrokenPipes()
            try service.run { address in
                Descriptor.write("ready \(address)\n", to: 1)
            } untilEnd: {
                StopSignals.wait()
            }
        } catch let error as BrokerService.PropertyWithoutEffect {
            let meant = Suggestion.nearest(to: error.name, among: error.known).map { "; did you mean '\($0)'?" } ?? ""
            StandardError.say(
                "crosswind: broker: config '\(error.name)' has no effect with release \(error.release)\(meant) (allowed: "
                    + error.known.joined(separator: ", ") + ")")
            throw ExitCode(ExitStatus.usage.rawValue)
        } catch {
            StandardError.say("crosswind: broker: \(error)")
            let isUsage = error is BrokerService.UsageError || error is BrokerConfigurationError
            let status: ExitStatus = isUsage ? .usage : error is ListenError ? .unavailable : .harnessError
            throw ExitCode(status.rawValue)
        }
    }
}
