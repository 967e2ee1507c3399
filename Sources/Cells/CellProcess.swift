import Dispatch
import Glibc
import Reports
import SystemCalls
import Testbed

/// The entry point of a cell process: `crosswind __cell DIRECTORY`.
///
/// It enters its sandbox before any thread exists and then runs the cell as PID 1 of it.
public enum CellProcess {
    /// The hidden first argument that marks a cell process.
    public static let argument = "__cell"

    /// The argument that gives the harness of a cell a way to services outside of its sandbox.
    package static let dialsOutside = "--dial-outside"

    /// Runs the cell and ends the process. Exit code: 0 when the record is complete, whatever the verdict.
    public static func main(_ arguments: [String]) -> Never {
        guard let directory = arguments.first else { ProcessEnd.now(ExitStatus.usage.rawValue) }
        let dialer: OutsideDialer?
        do {
            HostProcesses.remember()
            dialer = arguments.contains(dialsOutside) ? try OutsideDialer.start() : nil
            try Sandbox.enter()
        } catch {
            CellReporter.standardOutput.broken(String(describing: error), .unavailable)
            ProcessEnd.now(ExitStatus.unavailable.rawValue)
        }
        StopSignals.ignoreBrokenPipes()
        let control = CellControl()
        control.start()
        Task {
            let status = await CellRun(directory: directory, control: control, dialer: dialer).run()
            ProcessEnd.now(status.rawValue)
        }
        dispatchMain()
    }
}
