import ArgumentParser
import Runs
import ScenarioModel

/// `crosswind plan`: settings for a network and a load, found by running them.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Search settings that meet an objective on a given network, and print them for each client.",
        discussion: "Example: crosswind plan --rtt 80ms --loss 0.5% --rate 20MB/s --slo p99=2s")

    @Option(help: "Round trip between producer and broker.")
    var rtt = "0ms"

    @Option(help: "Share of packets lost, each way.")
    var loss = "0%"

    @Option(help: "Load: records (5000/s) or bytes (20MB/s).")
    var rate: String

    @Option(help: "Rate of the link to the broker, for example 100Mbit/s.")
    var link: String?

    @Option(help: "Objective: p50=, p99= or max= with a time, throughput= with a share; may be given more than once.")
    var slo: [String] = []

    @Option(help: "Size of a record's value.")
    var size = "1000B"

    @Option(
        name: [.customLong("client")], help: "A client to plan for; may be given more than once. Default: all here.")
    var clients: [String] = []

    @Option(help: "Partitions of the topic.")
    var partitions = 6

    @Option(help: "Broker nodes; each has a connection of its own.")
    var brokers = 1

    @Option(help: "Directory for the record; default runs/TIME-plan.")
    var output: String?

    func validate() throws {
        guard (1...1000).contains(partitions) else { throw ValidationError("--partitions: not 1 to 1000") }
        let nodes = BrokerSpec.nodeCounts
        guard nodes.contains(brokers) else {
            throw ValidationError("--brokers: not \(nodes.lowerBound) to \(nodes.upperBound)")
        }
    }

    func run() throws {
        var options = PlanOptions()
        options.roundTrip = rtt
        options.loss = loss
        options.rate = rate
        options.linkRate = link
        options.objectives = slo
        options.size = size
        options.clients = clients
        options.partitions = partitions
        options.brokers = brokers
        options.output = output
        let asked = options
        try exitAfter { try await CapacityPlan.run(asked) }
    }
}
