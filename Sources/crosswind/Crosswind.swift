import ArgumentParser
import Cells
import EvidenceModel
import Glibc
import Reports
import RunRecord
import Runs
import ScenarioModel
import SystemCalls

/// The command line: parse, call the Harness, map the exit code.
@main
struct Crosswind: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crosswind",
        abstract: "Finds out which Kafka producer configurations survive a bad network, and proves it on the wire.",
        discussion: """
            Exit codes: 0 passed, 1 failed, 2 inconclusive, 3 harness error, 64 usage or bad scenario, 69 this machine \
            lacks something.
            """,
        version: "crosswind \(CrosswindVersion.current)",
        subcommands: [
            BrokerCommand.self, ConformCommand.self, RunCommand.self, SweepCommand.self, MergeCommand.self,
            PlanCommand.self,
            ShellCommand.self,
            ValidateCommand.self,
            ListCommand.self, ReportCommand.self, ClaimsCommand.self, DiffCommand.self,
            BaselineCommand.self, DoctorCommand.self, InspectCommand.self, WatchCommand.self, DiagnoseCommand.self,
            DriverCheckCommand.self, ClientsCommand.self, BisectCommand.self, AtlasCommand.self,
        ])

    static func main() {
        // The cell process enters its namespaces before any thread exists, so it never reaches the argument parser.
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == CellProcess.argument { CellProcess.main(Array(arguments.dropFirst())) }
        if arguments.first == Shell.redirectArgument { Shell.handOver(Array(arguments.dropFirst())) }
        StopSignals.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            try command.run()
            ProcessEnd.now(ExitStatus.passed.rawValue)
        } catch {
            // The parser's own `main` ends by exit(3), which waits for other threads: see ProcessEnd.
            let text = fullMessage(for: error)
            let status = exitCode(for: error)
            if !text.isEmpty { status.isSuccess ? print(text) : StandardError.say(text) }
            ProcessEnd.now(status.rawValue)
        }
    }
}

/// Runs asynchronous work from a synchronous command and ends the process with the exit code it answers. Errors are
/// worded where they are made; here each kind only finds its exit code.
func exitAfter(_ work: @escaping @Sendable () async throws -> ExitStatus) throws {
    try exitAfterNow { try BlockingTask.run(work).rawValue }
}

/// The same for work on this thread, which may answer with any exit code.
func exitAfterNow(_ work: () throws -> Int32) throws {
    let status: Int32
    do {
        status = try work()
    } catch let error as ScenarioErrors {
        status = complain(error.description, .usage)
    } catch let error as UsageError {
        status = complain("crosswind: \(error)", .usage)
    } catch let error as MissingRequirement {
        status = complain("crosswind: \(error)", .unavailable)
    } catch {
        status = complain("crosswind: \(error)", .harnessError)
    }
    if status != 0 { throw ExitCode(status) }
}

private func complain(_ text: String, _ status: ExitStatus) -> Int32 {
    StandardError.say(text)
    return status.rawValue
}
