import FoundationEssentials
import Glibc
import SystemCalls

/// Removes a run's containers when the run's process ends, however it ends.
///
/// Containers belong to the engine and outlive everything that the kernel ends with a sandbox. So a process of its own
/// session, outside of all sandboxes, waits for the end of a pipe whose only writer is the run's process, and then
/// removes every container that carries the run's label, and the names that Compose gave to images of services with
/// nothing but a `build:`. The layers stay: the next run builds from them.
public final class ContainerGuard: Sendable {
    /// The environment variable by which a run tells its cells its name.
    public static let runVariable = "CROSSWIND_RUN"
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
                docker images --format '{{.Repository}}:{{.Tag}}' --filter "reference=crosswind-$0-*" |
                    xargs -r docker image rm --no-prune
            done >/dev/null 2>&1
            """
        defer { close(ends[0]) }
        do {
            let process = try SpawnedProcess(["setsid", "sh", "-c", script, run], input: ends[0])
            WorkerThread.start { _ = process.wait() }
        } catch {
            close(ends[1])
            throw error
        }
        descriptor = ends[1]
    }

    /// Lets the guard do its work: the run is over.
    deinit { close(descriptor) }
}
