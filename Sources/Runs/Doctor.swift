import Reports
import RunRecord
import SystemCalls
import Testbed

/// `crosswind doctor`: examines the machine and words the result.
public enum Doctor {
    /// Examines this machine.
    ///
    /// - Returns: the text for people, and ``ExitStatus/unavailable`` when no cell could run.
    public static func examine() -> (text: String, status: ExitStatus) {
        let checks = MachineCheck.all(tryCommand: quietly)
        let width = checks.map(\.name.count).max() ?? 0
        var lines: [String] = []
        for check in checks {
            let mark =
                switch check.state {
                case .ok: "ok      "
                case .optional: "optional"
                case .required: "MISSING "
                }
            let name = check.name + String(repeating: " ", count: width - check.name.count)
            lines.append("\(mark)  \(name)  \(check.found)")
            if let remedy = check.remedy, check.state != .ok { lines.append("          -> \(remedy)") }
        }
        let lacking = checks.contains { $0.state == .required }
        lines.append(lacking ? "This machine cannot run cells yet." : "This machine can run cells.")
        return (lines.joined(separator: "\n"), lacking ? .unavailable : .passed)
    }

    /// Throws when a cell could not run here, with all that is missing and its remedies.
    static func requireReady() throws {
        let lacking = MachineCheck.needed(tryCommand: quietly).filter { $0.state == .required }
        guard !lacking.isEmpty else { return }
        let text = lacking.map { "\($0.name): \($0.found)" + ($0.remedy.map { "; \($0)" } ?? "") }
        throw MissingRequirement(
            "this machine cannot run cells:\n  " + text.joined(separator: "\n  ")
                + "\n`crosswind doctor` lists every check")
    }

    private static func quietly(_ command: [String]) -> Int32 {
        SpawnedProcess.capture(command).code
    }
}
