import Foundation
import Testing

/// Runs the built `crosswind` as a user would.
struct CrosswindProgram {
    /// What it printed and how it ended.
    struct Result {
        var output: String
        var errors: String
        var exitCode: Int32
    }

    /// The program that was built beside these tests.
    static let path: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [
            bundle.appendingPathComponent("crosswind").path,
            repository + "/.build/debug/crosswind",
        ]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
    }()

    /// The checkout.
    static let repository: String = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Whether cells can run here.
    static let canRunCells: Bool = (try? run(["doctor"]).exitCode == 0) ?? false
    static let reason: Comment = "this machine cannot run cells: crosswind doctor says why"

    /// Runs it to its end.
    static func run(
        _ arguments: [String], in directory: String = repository, environment: [String: String] = [:]
    ) throws -> Result {
        let process = try start(arguments, in: directory, environment: environment)
        return finish(process)
    }

    /// A program that was started and not waited for.
    struct Running {
        var process: Process
        var output: Pipe
        var errors: Pipe
    }

    /// Starts it.
    ///
    /// - Parameter environment: variables beside those of this process.
    static func start(
        _ arguments: [String], in directory: String = repository, environment: [String: String] = [:]
    ) throws -> Running {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return Running(process: process, output: output, errors: errors)
    }

    /// Waits for it.
    static func finish(_ running: Running) -> Result {
        // Both pipes are read at once: a full one would block the program. A thread, not a task: the tests themselves
        // occupy the pool.
        let box = DataBox()
        let done = DispatchSemaphore(value: 0)
        let errors = running.errors
        Thread {
            box.data = errors.fileHandleForReading.readDataToEndOfFile()
            done.signal()
        }.start()
        let output = running.output.fileHandleForReading.readDataToEndOfFile()
        running.process.waitUntilExit()
        done.wait()
        return Result(
            output: String(decoding: output, as: UTF8.self), errors: String(decoding: box.data, as: UTF8.self),
            exitCode: running.process.terminationStatus)
    }

    private final class DataBox: @unchecked Sendable { var data = Data() }

    /// A directory that is removed at the end of `body`.
    static func withTemporaryDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("crosswind-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
