import Foundation

/// Removes a run's containers when the run's process ends, however it ends.
///
/// Containers belong to the engine and outlive everything that the kernel ends with a sandbox. So a process of its own
/// session, outside of all sandboxes, waits for the end of a pipe whose only writer is the run's process, and then
/// removes every container that carries the run's label.
public final class ContainerGuard: Sendable {
    private let descriptor: Int32

    /// Starts the guard of a run.
    ///
    /// - Throws: ``TestbedError`` when it cannot be started.
    public init(run: String) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw TestbedError(operation: "make pipe for", subject: "the container guard", errorNumber: errno)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A cell that is being killed may still have asked the engine for a container: look several times.
        let script = """
            cat >/dev/null
            for wait in 0 0.5 1 2 4; do
                sleep $wait
                docker ps --all --quiet --filter "label=\(ComposeProject.runLabel)=$0" | xargs -r docker rm --force --volumes
            done >/dev/null 2>&1
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["setsid", "sh", "-c", script, run]
        process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: false)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            ends.forEach { close($0) }
            throw TestbedError(operation: "start", subject: "the container guard", errorNumber: errno)
        }
        close(ends[0])
        descriptor = ends[1]
    }

    /// Lets the guard do its work: the run is over.
    deinit { close(descriptor) }
}
