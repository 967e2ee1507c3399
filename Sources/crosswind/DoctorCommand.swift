import ArgumentParser
import Reports
import Runs

/// `crosswind doctor`: what this machine can do, and how to mend what it cannot.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what this machine can do, and say how to mend what it cannot.")

    func run() throws {
        let (text, status) = Doctor.examine()
        print(text)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
