import CLinux
import FoundationEssentials
import Glibc
import SystemCalls

/// A network namespace of the cell's own, held by a file descriptor: it lives as long as this object, a process or a
/// device in it. network_namespaces(7).
public final class NetworkNamespace: Sendable {
    /// A name for messages.
    public let name: String
    /// The descriptor of the namespace, for `setns`.
    public let descriptor: Int32

    /// Makes a namespace with loopback up and IPv6 off (idle IPv6 hosts send packets that shift packet indices).
    public init(name: String) throws {
        self.name = name
        descriptor = try WorkerThread.wait {
            try TestbedError.check(cl_unshare(Int32(CL_CLONE_NEWNET)), "create network namespace", name)
            let descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
            if descriptor < 0 {
                throw TestbedError(operation: "open", subject: "namespace \(name)", errorNumber: errno)
            }
            try TestbedError.check(cl_if_up("lo"), "bring up", "lo in \(name)")
            for scope in ["all", "default"] {
                // A kernel without IPv6 has no such file, which is as good.
                let file = open("/proc/sys/net/ipv6/conf/\(scope)/disable_ipv6", O_WRONLY | O_CLOEXEC)
                if file >= 0 {
                    _ = write(file, "1", 1)
                    close(file)
                }
            }
            return descriptor
        }
    }

    /// Takes the namespace of a running process, for example a container's, by its id outside of the sandbox.
    ///
    /// In a sandbox ``HostProcesses/remember()`` must have been called before it was entered.
    public init(name: String, processIdentifier: Int32) throws {
        self.name = name
        descriptor = open("\(HostProcesses.path)/\(processIdentifier)/ns/net", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw TestbedError(operation: "open network namespace of", subject: "\(name)", errorNumber: errno)
        }
    }

    deinit { close(descriptor) }

    /// Moves the calling thread into the namespace for good. Use it on threads of your own only.
    public func enter() throws {
        try TestbedError.check(cl_setns(descriptor, Int32(CL_CLONE_NEWNET)), "enter namespace", name)
    }

    /// Runs `body` on a new thread inside the namespace and waits for it. Sockets made there belong to the namespace
    /// and can be used from anywhere.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        try WorkerThread.wait {
            try self.enter()
            return try body()
        }
    }

    /// A path by which other processes of the sandbox can open the namespace, for example `nsenter --net=PATH`.
    public var path: String { "/proc/\(getpid())/fd/\(descriptor)" }
}
