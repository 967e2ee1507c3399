import Glibc
import Synchronization

/// The view of the machine's processes from before the sandbox was entered.
///
/// Inside the sandbox's PID namespace, /proc shows the sandbox alone. A container's process is outside: its namespaces
/// can only be reached through the /proc of outside, which an open descriptor keeps reachable. proc(5).
public enum HostProcesses {
    private static let descriptor = Atomic<Int32>(-1)

    /// Keeps the present /proc. Call it before ``Sandbox/enter()``; a second call changes nothing.
    public static func remember() {
        guard descriptor.load(ordering: .acquiring) < 0 else { return }
        let opened = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if opened >= 0 { descriptor.store(opened, ordering: .releasing) }
    }

    /// The path of the remembered /proc, or of the present one.
    public static var path: String {
        let kept = descriptor.load(ordering: .acquiring)
        return kept < 0 ? "/proc" : "/proc/self/fd/\(kept)"
    }
}
