import CLinux
import Glibc

/// A process started by posix_spawn(3) and waited for by waitpid(2), nothing else.
///
/// Foundation's `Process` needs a run loop of its own, which a sandbox's first process cannot have.
public struct SpawnedProcess: Sendable {
    /// Its process id.
    public let processIdentifier: pid_t

    /// Starts a command found by PATH; standard input is empty unless given. It acts on SIGINT and SIGPIPE as programs do,
    /// whatever this process has made of them.
    ///
    /// - Parameters:
    ///   - environment: variables to set beside the inherited ones.
    ///   - input: its standard input.
    ///   - output: its standard output.
    ///   - error: its standard error.
    ///   - inheritsStreams: whether those that are not given are this process's own, and not empty.
    /// - Throws: ``SystemCallError`` when it cannot be started.
    public init(
        _ words: [String], environment: [String: String] = [:], input: Int32? = nil, output: Int32? = nil,
        error: Int32? = nil, inheritsStreams: Bool = false
    ) throws(SystemCallError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [input, output, error].enumerated() {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
            } else if !inheritsStreams {
                posix_spawn_file_actions_addopen(&actions, Int32(target), "/dev/null", O_RDWR, 0)
            }
        }
        var inherited: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if let name = variable.split(separator: "=").first, environment[String(name)] == nil {
                inherited.append(variable)
            }
            entry += 1
        }
        var variables = (inherited + environment.map { "\($0.key)=\($0.value)" }).map { strdup($0) } + [nil]
        var arguments = words.map { strdup($0) } + [nil]
        defer { (variables + arguments).forEach { free($0) } }
        var pid: pid_t = 0
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let failure = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
        guard failure == 0 else {
            throw SystemCallError(operation: "start", subject: words[0], errorNumber: failure)
        }
        processIdentifier = pid
    }

    /// Waits for its end: the exit code, or 128 + the signal.
    public func wait() -> Int32 { Self.wait(for: processIdentifier) }

    /// Waits for the end of a child: the exit code, or 128 + the signal. waitpid(2).
    public static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            if errno != EINTR { return 127 }
        }
        return code(of: status)
    }

    /// What a shell would say of a wait status.
    private static func code(of status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Its end, as ``wait()`` gives it, when it has ended already. Ask no more once it was given.
    public func endIfEnded() -> Int32? {
        var status: Int32 = 0
        guard waitpid(processIdentifier, &status, WNOHANG) == processIdentifier else { return nil }
        return Self.code(of: status)
    }

    /// Runs a command to its end and gives its standard output and standard error. A command that cannot be started
    /// has exit code 127.
    public static func capture(
        _ words: [String], environment: [String: String] = [:]
    ) -> (code: Int32, output: String, errors: String) {
        // Files, not pipes: a command that fills one pipe while the other is read would wait for ever.
        let output = cl_memory_file("output")
        let errors = cl_memory_file("errors")
        defer { for file in [output, errors] where file >= 0 { close(file) } }
        guard output >= 0, errors >= 0 else { return (127, "", "cannot make a file in memory") }
        do throws(SystemCallError) {
            let process = try SpawnedProcess(words, environment: environment, output: output, error: errors)
            return (process.wait(), text(of: output), text(of: errors))
        } catch {
            return (127, "", error.description)
        }
    }

    private static func text(of file: Int32) -> String {
        lseek(file, 0, SEEK_SET)
        return String(decoding: Descriptor.readAll(file), as: UTF8.self)
    }
}
