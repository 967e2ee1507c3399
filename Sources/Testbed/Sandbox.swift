import CLinux
import Glibc
import SystemCalls

/// The walls around a cell: fresh user (when not root), network, mount and PID namespaces.
///
/// Faults cannot leak to the host, nothing inside can reach the outside, and when the process that is PID 1 inside ends,
/// however it ends, the kernel kills every other process of the namespace and frees its devices and mounts.
/// Sources: namespaces(7), pid_namespaces(7), user_namespaces(7).
public enum Sandbox {
    /// Enters a new sandbox and returns in the process that is PID 1 inside it.
    ///
    /// The calling process stays outside as a waiter: it leaves the process group of the terminal, forwards the exit
    /// code of PID 1 and never returns from here. Call it before any thread exists: `unshare(CLONE_NEWUSER)` refuses
    /// a process with threads, and `fork` copies only the calling one.
    ///
    /// - Throws: ``TestbedError`` with a remedy when the machine allows no user namespaces.
    public static func enter() throws(TestbedError) {
        // A group, not a session: the scheduler shares the processors out among sessions (sched(7), autogroup), and a link
        // that wakes where nothing else of its session runs has a small share there. Beside starting Java virtual
        // machines links were up to 300 ms late for that; threads that compete one by one are 5 ms late.
        setpgid(0, 0)
        let root = geteuid() == 0
        let user = geteuid()
        let group = getegid()
        let kinds = CL_CLONE_NEWNET | CL_CLONE_NEWNS | CL_CLONE_NEWPID
        let flags = root ? kinds : kinds | CL_CLONE_NEWUSER
        try TestbedError.check(cl_unshare(Int32(flags)), "create", "sandbox namespaces", remedy: namespaceRemedy(root))
        if !root { try mapRoot(user, group) }
        let pid = try TestbedError.check(cl_fork(), "fork", "the sandbox's first process")
        if pid != 0 { waitAndExit(pid) }
        // Inside. When the waiter is killed, this process goes too, and with it everything in the namespace.
        cl_die_with_parent()
        try TestbedError.check(cl_mount_private(), "make private", "the mounts of the sandbox")
        try TestbedError.check(cl_mount_proc(), "mount", "/proc of the sandbox")
    }

    /// Becomes root of a user namespace of its own, where the process is not root already: enough to make network
    /// namespaces, while its own stays the machine's. Call it before any thread exists.
    ///
    /// - Throws: ``TestbedError`` with a remedy when the machine allows no user namespaces.
    public static func becomeRootOfUserNamespace() throws(TestbedError) {
        let user = geteuid()
        let group = getegid()
        if user == 0 { return }
        try TestbedError.check(
            cl_unshare(Int32(CL_CLONE_NEWUSER)), "create", "a user namespace", remedy: namespaceRemedy(false))
        try mapRoot(user, group)
    }

    /// Maps the user to root inside its new user namespace, user_namespaces(7).
    private static func mapRoot(_ user: uid_t, _ group: gid_t) throws(TestbedError) {
        try write("deny", to: "/proc/self/setgroups")
        try write("0 \(user) 1", to: "/proc/self/uid_map")
        try write("0 \(group) 1", to: "/proc/self/gid_map")
    }

    private static func namespaceRemedy(_ root: Bool) -> String {
        root
            ? "this container lacks CAP_SYS_ADMIN: run it with --cap-add SYS_ADMIN; see crosswind doctor"
            : "run as root, or allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 "
                + "user.max_user_namespaces=15000 kernel.apparmor_restrict_unprivileged_userns=0; see crosswind doctor"
    }

    private static func write(_ text: String, to path: String) throws(TestbedError) {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        if file < 0 { throw TestbedError(operation: "open", subject: path, errorNumber: errno) }
        defer { close(file) }
        if Glibc.write(file, text, text.utf8.count) < 0 {
            throw TestbedError(operation: "write", subject: path, errorNumber: errno)
        }
    }

    private static func waitAndExit(_ pid: pid_t) -> Never {
        // Only PID 1 and the supervisor hold the control pipe; a third holder would hide the supervisor's death.
        close(0)
        close(1)
        ProcessEnd.atOnce(SpawnedProcess.wait(for: pid))
    }
}
