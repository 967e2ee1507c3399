import Glibc
import Subprocess
import SystemPackage

/// A command to start: executable path or name, arguments, environment.
public struct ChildCommand: Sendable, Equatable {
    /// A path, or a name to look up in PATH.
    public var executable: String
    /// Arguments after the name.
    public var arguments: [String]
    /// Variables to set beside the inherited ones.
    public var environment: [String: String]

    /// Describes a command.
    public init(executable: String, arguments: [String] = [], environment: [String: String] = [:]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// The same command inside a network namespace of this process, by nsenter(1).
    public func inside(_ namespace: NetworkNamespace) -> ChildCommand {
        ChildCommand(
            executable: "nsenter", arguments: ["--net=\(namespace.path)", "--", executable] + arguments,
            environment: environment)
    }
}

/// How a child ended.
public enum ChildEnd: Sendable, Equatable, CustomStringConvertible {
    /// It exited with a code.
    case exited(Int32)
    /// A signal ended it.
    case signaled(Int32)

    /// For messages.
    public var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

/// The pipes of a running child.
public struct ChildChannel: Sendable {
    private let execution: Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>

    init(_ execution: Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>) {
        self.execution = execution
    }

    /// The child's process id.
    public var processIdentifier: Int32 { Int32(execution.processIdentifier.value) }

    /// Writes to the child's standard input. A child that is gone is no error here: its exit code says more.
    public func write(_ text: String) async {
        _ = try? await execution.standardInputWriter.write(text, using: Unicode.UTF8.self)
    }

    /// Closes the child's standard input.
    public func closeInput() async { try? await execution.standardInputWriter.finish() }

    /// Ends the child and all of its process group at once: a shell's own child would hold the pipes and the harness.
    public func kill() { send(SIGKILL) }

    /// Asks the child and its process group to end.
    public func terminate() { send(SIGTERM) }

    /// Sends a signal to the child's process group, and a stopped one goes on to act on it.
    public func send(_ signal: Int32) {
        // Before the child has made its group, the group does not exist and the child alone is meant.
        if Glibc.kill(-processIdentifier, signal) != 0 { Glibc.kill(processIdentifier, signal) }
    }

    /// Feeds every chunk of the child's standard output to `body` until it closes.
    public func forEachChunk(_ body: (UnsafeRawBufferPointer) async throws -> Void) async throws {
        for try await buffer in execution.standardOutput {
            let bytes = buffer.withUnsafeBytes { Array($0) }
            try await withUnsafeChunk(bytes, body)
        }
    }

    private func withUnsafeChunk(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try await body(UnsafeRawBufferPointer(copy))
    }
}

/// Runs children with piped input and output.
public enum ChildProcess {
    /// Starts `command`, hands its pipes to `body`, and waits for both. The child's standard error goes to a file.
    ///
    /// The child has a process group of its own, which the terminal's Ctrl-C does not reach. Not a session of its own: see
    /// ``Sandbox/enter()``.
    ///
    /// - Throws: what `body` throws, or an error of the start-up.
    public static func run<Value: Sendable>(
        _ command: ChildCommand, standardErrorPath: String,
        body: (ChildChannel) async throws -> Value
    ) async throws -> (value: Value, end: ChildEnd) {
        let log = try FileDescriptor.open(
            FilePath(standardErrorPath), .writeOnly, options: [.create, .append],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        var environment = Environment.inherit
        for (key, value) in command.environment {
            environment = environment.updating([Environment.Key(rawValue: key)!: value])
        }
        var options = PlatformOptions()
        options.processGroupID = 0
        let executable: Executable =
            command.executable.contains("/") ? .path(FilePath(command.executable)) : .name(command.executable)
        let result = try await Subprocess.run(
            executable, arguments: Arguments(command.arguments), environment: environment, platformOptions: options,
            input: .inputWriter, output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            try await body(ChildChannel(execution))
        }
        let end: ChildEnd =
            switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let code): .signaled(code)
            }
        return (result.takeClosureResult(), end)
    }
}
