import ArgumentParser
import Conformance
import EmbeddedBroker
import EvidenceModel
import FoundationEssentials
import KafkaWire
import Reports
import SystemCalls

/// `crosswind conform`: case files of the sequence rules against a broker.
struct ConformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Checks a broker's sequence rules against recorded answers.",
        discussion: """
            Exit code 0 when every case that ran matched, 1 when one did not. With --bootstrap, cases that need actions \
            on the broker are skipped and counted apart.
            """)

    @Option(help: "Run against the embedded broker playing this Apache Kafka release.")
    var embedded: String?

    @Option(help: "Run against the broker at HOST:PORT.")
    var bootstrap: String?

    @Option(help: "File of cases; repeatable.")
    var cases: [String]

    @Option(help: "What to call the broker in reports.")
    var name: String?

    @Option(help: "Also write the report by rule to this file, as a page.")
    var html: String?

    @Option(help: "Also write it as Markdown.")
    var markdown: String?

    @Option(help: "Also write it in JUnit's form.")
    var junit: String?

    @Flag(help: "Print one JSON object instead of the table.")
    var json = false

    func validate() throws {
        guard (embedded == nil) != (bootstrap == nil) else {
            throw ValidationError("give one of --embedded RELEASE and --bootstrap HOST:PORT")
        }
    }

    func run() throws {
        let report: ConformanceReport
        do {
            let target = try target()
            report = ConformanceReport(
                try cases.flatMap { ConformanceRun(target, try CaseFile(path: $0)).run() })
            try write(report)
        } catch {
            StandardError.say("crosswind: conform: \(error)")
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        print(json ? report.json : report.table)
        if json { StandardError.say(report.summary) }
        if report.failed > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func write(_ report: ConformanceReport) throws {
        let broker = name ?? embedded.map { "the embedded broker as \($0)" } ?? bootstrap ?? "the broker"
        let files = cases.map { PathText.name(of: $0) }
        for (path, text) in [
            (html, report.html(broker: broker, cases: files)),
            (markdown, report.markdown(broker: broker, cases: files)),
            (junit, report.junit(broker: broker)),
        ] {
            guard let path else { continue }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw ConformanceError(description: "cannot write \(path): \(reason(of: error))")
            }
        }
    }

    private func target() throws -> ConformanceRun.Target {
        if let embedded {
            guard let release = Release(embedded) else {
                throw ConformanceError(
                    description: "release \(embedded): wanted an Apache Kafka release: "
                        + Release.known.joined(separator: ", "))
            }
            return .embedded(release)
        }
        guard let place = HostPort(bootstrap ?? "") else {
            throw ConformanceError(description: "bootstrap \(bootstrap ?? ""): wanted HOST:PORT")
        }
        return .bootstrap(host: place.host, port: Int(place.port))
    }
}
