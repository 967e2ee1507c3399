import ArgumentParser
import Runs

/// `crosswind atlas`: what each release of each client does.
struct AtlasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atlas", abstract: "Run scenarios over the installed releases of clients, and draw the map.",
        discussion: """
            Every cell of the scenarios that has one of the clients runs with each of its releases and each seed. Results stay \
            in the directory: the same command goes on where it was stopped, and parts of it may run elsewhere (--shard).
            """)

    @Argument(help: "Scenario files, directories or globs.")
    var scenarios: [String] = ["Scenarios/incidents", "Scenarios/causes"]

    @Option(
        name: [.customLong("client")],
        help: "A client and its releases: librdkafka, 'librdkafka>=1.0', 'librdkafka>=1.9<2.4'; repeatable.")
    var clients: [String] = []

    @Option(help: "How many seeds each release is tried with, from 1 on.")
    var seeds = 3

    @Option(help: "Cells at a time: a number, or auto.")
    var jobs = "auto"

    @Option(help: "Directory for the records and pages.")
    var output = "atlas"

    @Option(help: "Run part K of N of the trials, for example 2/4.")
    var shard: String?

    @Option(help: "Also write the page in Markdown to this file.")
    var page: String?

    func validate() throws {
        if !(1...1000).contains(seeds) { throw ValidationError("--seeds \(seeds): not a number from 1 to 1000") }
        _ = try Jobs.parse(jobs)
        if let shard, Shard.parse(shard) == nil { throw ValidationError("--shard \(shard): \(Shard.allowed)") }
        for text in clients where ReleaseRange(text) == nil {
            throw ValidationError("--client \(text): wanted NAME, NAME>=RELEASE or NAME>=RELEASE<RELEASE")
        }
    }

    func run() throws {
        var options = AtlasOptions()
        options.scenarios = scenarios
        options.clients = clients.compactMap { ReleaseRange($0) }
        options.seeds = (1...UInt64(seeds)).map { $0 }
        options.jobs = try Jobs.parse(jobs)
        options.output = output
        options.shard = shard.flatMap(Shard.parse)
        options.page = page
        let asked = options
        try exitAfter { try await AtlasRun.run(asked) }
    }
}
