import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A node's listening socket, which can be closed and opened again at the same address.
///
/// It stays the same socket: a stop shuts it down, so that connections are refused, and a start listens on it again. A
/// new one could not be had at any time: a child that another thread forks holds a copy of the old one until it runs its
/// program, and the port would be in use. A shut-down socket keeps its port only if it was bound by number.
final class Listener: Sendable {
    private struct State {
        var descriptor: Int32
        var channel: (any Channel)?
    }

    private let state: Mutex<State>
    /// The port that the socket is bound to.
    let port: Int

    /// Binds or takes over the socket; it listens from now on.
    ///
    /// - Throws: ``ListenError``.
    init(_ listen: BrokerConfiguration.Listen) throws {
        let descriptor: Int32
        let isOurs: Bool
        switch listen {
        case .socket(let handed):
            descriptor = handed
            isOurs = false
            port = try Self.port(of: handed)
            // Connections inherit it: without it their remains would keep the port from being listened on again.
            var one: Int32 = 1
            setsockopt(handed, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        case .address(let name, let wanted):
            // Any port is chosen by a first socket, which holds it until the second is bound to it by number.
            let chooser = try Self.bind(name, wanted)
            defer { Glibc.close(chooser) }
            port = try Self.port(of: chooser)
            descriptor = try Self.bind(name, port)
            isOurs = true
        }
        guard Glibc.listen(descriptor, 1024) == 0 else {
            let error = ListenError("listen", "\(listen)", errno)
            if isOurs { Glibc.close(descriptor) }
            throw error
        }
        state = Mutex(State(descriptor: descriptor))
    }

    private static func port(of descriptor: Int32) throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard named == 0 else { throw ListenError("getsockname", "descriptor \(descriptor)", errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func bind(_ host: String, _ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ListenError("socket", host, errno) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard let number = UInt16(exactly: port) else {
            Glibc.close(descriptor)
            throw ListenError("bind", "\(host):\(port)", EINVAL)
        }
        address.sin_port = number.bigEndian
        let name = host == "localhost" ? "127.0.0.1" : host
        guard inet_pton(AF_INET, name, &address.sin_addr) == 1 else {
            Glibc.close(descriptor)
            throw ListenError("bind (an IPv4 address is wanted)", "\(host):\(port)", EINVAL)
        }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw ListenError("bind", "\(host):\(port)", error)
        }
        return descriptor
    }

    /// Accepts connections with `bootstrap`.
    ///
    /// - Throws: ``ListenError``, or what NIO throws.
    func open(_ bootstrap: ServerBootstrap) throws {
        let descriptor = state.withLock { $0.descriptor }
        guard Glibc.listen(descriptor, 1024) == 0 else { throw ListenError("listen", "port \(port)", errno) }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw ListenError("dup", "port \(port)", errno) }
        let channel = try bootstrap.withBoundSocket(copy).wait()
        state.withLock { $0.channel = channel }
    }

    /// Refuses connections from now on; the address stays taken.
    func close() {
        let channel = state.withLock { state in
            defer { state.channel = nil }
            return state.channel
        }
        guard let channel else { return }
        try? channel.close().wait()
        _ = shutdown(state.withLock { $0.descriptor }, Int32(SHUT_RDWR))
    }

    /// Gives the address back.
    func release() {
        close()
        let descriptor = state.withLock { state in
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        guard descriptor >= 0 else { return }
        // A copy in a child that has not run its program yet would go on listening.
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }
}

/// A node could not listen.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// The system call.
    public var call: String
    /// What it was called on.
    public var address: String
    /// The system's error number.
    public var number: Int32

    init(_ call: String, _ address: String, _ number: Int32) {
        self.call = call
        self.address = address
        self.number = number
    }

    /// One line.
    public var description: String { "\(call) on \(address): \(String(cString: strerror(number)))" }
}
