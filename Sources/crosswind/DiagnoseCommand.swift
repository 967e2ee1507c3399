import ArgumentParser
import Diagnosis
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import Runs
import SystemCalls
import WireObserver

/// `crosswind diagnose`: from a sick producer to its cause, with the fix.
struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Find the cause of a producer's trouble in configurations, logs and captures, and its fix.",
        discussion: """
            Any subset, in any order; what each input is is found by its content: configurations (.properties, Spring, JSON, \
            Python, librdkafka, environment variables), logs of clients and brokers, captures, output of kafka-topics and \
            kafka-configs, source code, a description in words. - reads standard input. Exit code 0: nothing wrong, 1: a \
            cause found, 2: not decidable, 64: an input cannot be read.
            """)

    @Argument(help: "Files; - for standard input.")
    var inputs: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: "Also write the answer as an HTML page to this file.")
    var html: String?

    @Option(help: "End with 1 also when a setting is as bad as this or worse: refused, risk, without-effect, advice.")
    var failOn: String?

    @Flag(help: "Run the scenarios that confirm cause and fix on the settings handed in; minutes.")
    var prove = false

    @Option(help: "Keep the scenarios in this directory, as regression tests.")
    var save: String?

    @Flag(help: "Print the page of all causes, docs/causes.md.")
    var causes = false

    func validate() throws {
        if inputs.isEmpty, !causes { throw ValidationError("nothing to diagnose: name files, or - for standard input") }
        if let failOn, Lint.Severity(rawValue: failOn) == nil {
            throw ValidationError("--fail-on \(failOn): not one of refused, risk, without-effect, advice")
        }
    }

    func run() throws {
        if causes {
            print(CausesPage.markdown(), terminator: "")
            return
        }
        try exitAfterNow {
            var file = CaseFile()
            var ladders = Ladders()
            for input in inputs { try DiagnosisInput.read(input, into: &file, &ladders) }
            let diagnosis = Diagnosis(file)
            print(json ? diagnosis.json() : diagnosis.text(), terminator: "")
            if let html { try write(diagnosis.html(ladder: ladders.ladder(for: diagnosis)), to: html) }
            var status = diagnosis.exitCode
            if prove || save != nil { status = max(status, try proofs(diagnosis)) }
            if status == 0, let failOn, let least = Lint.Severity(rawValue: failOn),
                diagnosis.lints.contains(where: { $0.severity <= least })
            {
                status = 1
            }
            return status
        }
    }

    /// Writes the scenarios and, when asked, runs them. What a run finds is said; the exit code stays the diagnosis's, unless a
    /// run proves nothing.
    private func proofs(_ diagnosis: Diagnosis) throws -> Int32 {
        let directory = save ?? ScratchDirectory.make()
        let scenarios = diagnosis.proofScenarios()
        let library = diagnosis.libraryScenarios()
        if scenarios.isEmpty, library.isEmpty {
            StandardError.say("no scenario: none of the causes found is one that a scenario can show")
            return 0
        }
        var status: Int32 = 0
        if !scenarios.isEmpty { try DiagnosisInput.makeDirectory(directory) }
        for scenario in scenarios {
            let path = "\(directory)/\(scenario.name).yaml"
            try write(scenario.yaml, to: path)
            StandardError.say("\(scenario.name): \(path)")
            guard prove else { continue }
            let well = "reproduced with your settings" + (scenario.hasFix ? ", and gone with the fix" : "")
            let record = "\(directory)/run-\(getpid())-\(scenario.name)"
            status = max(status, try run(path, scenario.cause, well, record))
            let cell = "\(record)/\(scenario.name)/\(scenario.name)" + ",producer=as-found"
            compare(diagnosis, with: cell + "/driver.jsonl")
        }
        for (cause, path) in library where prove {
            let well = "shown by \(path); it does not depend on your settings, which were not used"
            status = max(status, try run(InstalledFiles.locate(path), cause, well, nil))
        }
        return status
    }

    /// Runs a scenario and says what came out; 2 where it proves nothing.
    private func run(_ path: String, _ cause: String, _ well: String, _ record: String?) throws -> Int32 {
        var options = RunOptions()
        options.scenarios = [path]
        options.output = record
        let asked = options
        switch try BlockingTask.run({ try await ScenarioRun.run(asked) }) {
        case .passed: print("\(cause): \(well)")
        case .failed: print("\(cause): NOT confirmed: the cells above say what was different")
        default:
            print("\(cause): the run proves nothing; the cells above say why")
            return 2
        }
        return 0
    }

    /// Says which of the user's own signs of trouble the run as found shows too.
    private func compare(_ diagnosis: Diagnosis, with path: String) {
        let comparison = EvidenceComparison(diagnosis) { feed in DiagnosisInput.stream(path, feed) }
        if !comparison.shared.isEmpty {
            print("  your log and the run both say: " + comparison.shared.joined(separator: ", "))
        }
        if !comparison.missing.isEmpty {
            print(
                "  your log alone says: " + comparison.missing.joined(separator: ", ")
                    + " (a driver reports warnings and worse)")
        }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw UsageError("cannot write \(path): \(reason(of: error))")
        }
    }
}

/// A directory of our own under TMPDIR.
private enum ScratchDirectory {
    static func make() -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        return "\(base)/crosswind-diagnose-\(getpid())"
    }
}
