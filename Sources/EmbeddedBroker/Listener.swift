import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A node's listening socket, which can be closed and opened again at the same address.
///
/// A socket that was handed over, perhaps bound in another network namespace, stays the same one: a stop shuts it down, so
/// that connections are refused, and a start listens on it again. That keeps the port only if it was bound by number;
/// a socket of our own is made anew, with the number it had: a second socket, bound to it and never listening, keeps the
/// port from being given to anybody else at any time.
final class Listener: Sendable {
    private struct State {
        var descriptor: Int32
        /// Keeps the port of a socket of our own; -1 for one that was handed over.
        var keeper: Int32
        var channel: (any Channel)?
    }

    private let state: Mutex<State>
    /// Host that a socket of our own is bound to; nil for one that was handed over.
    private let host: String?
    /// The port that the socket is bound to.
    let port: Int

    /// Binds or takes over the socket; it listens from now on.
    ///
    /// - Throws: ``ListenError``.
    init(_ listen: BrokerConfiguration.Listen) throws {
        let descriptor: Int32
        let keeper: Int32
        switch listen {
        case .socket(let handed):
            descriptor = handed
            host = nil
            keeper = -1
            port = try Self.port(of: handed)
            // Connections inherit it: without it their remains would keep the port from being listened on again.
            var one: Int32 = 1
            setsockopt(handed, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        case .address(let name, let wanted):
            let kept = try Self.bind(name, wanted)
            do {
                port = try Self.port(of: kept)
                descriptor = try Self.bind(name, port)
            } catch {
                Glibc.close(kept)
                throw error
            }
            keeper = kept
            host = name
        }
        guard Glibc.listen(descriptor, 1024) == 0 else {
            let error = ListenError("listen", "\(listen)", errno)
            if host != nil {
                Glibc.close(descriptor)
                Glibc.close(keeper)
            }
            throw error
        }
        state = Mutex(State(descriptor: descriptor, keeper: keeper))
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
        if let host, state.withLock({ $0.descriptor < 0 }) {
            let made = try Self.bind(host, port)
            state.withLock { $0.descriptor = made }
        }
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
        if host == nil {
            _ = shutdown(state.withLock { $0.descriptor }, Int32(SHUT_RDWR))
        } else {
            closeDescriptor()
        }
    }

    private func closeDescriptor() {
        let descriptor = state.withLock { state in
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Gives the address back.
    func release() {
        close()
        closeDescriptor()
        let keeper = state.withLock { state in
            defer { state.keeper = -1 }
            return state.keeper
        }
        if keeper >= 0 { Glibc.close(keeper) }
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
