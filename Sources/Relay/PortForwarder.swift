import CLinux
import Dispatch
import FoundationEssentials
import Glibc
import SystemCalls
import Testbed

/// Carries TCP connections from a port in one namespace to a port in another. Bytes pass unchanged, or
/// with other addresses where an ``AddressRewriter`` is at work; an end or a failure of one side ends the other, so that
/// a reset by the link reaches the service.
package enum PortForwarder {
    /// Listens and serves on threads of its own until the process ends.
    ///
    /// - Parameter connecting: where connections are made to; nil: where this process lives, which root of a user
    ///   namespace may stay in and not enter.
    package static func start(
        from near: (address: String, port: UInt16), in listening: NetworkNamespace,
        to far: (address: String, port: UInt16), in connecting: NetworkNamespace?
    ) throws {
        try start(from: near, in: listening) {
            if let connecting {
                try ConnectedSocket.open(address: far.address, port: far.port, namespace: connecting)
            } else {
                try connectHere(far)
            }
        }
    }

    /// Listens and serves on threads of its own until the process ends.
    ///
    /// - Parameters:
    ///   - rewriting: makes what changes the bytes of one connection; nil: bytes pass unchanged.
    ///   - connect: makes the other side of a connection; the socket belongs to the forwarder. What it throws resets the
    ///     connection that came.
    package static func start(
        from near: (address: String, port: UInt16), in listening: NetworkNamespace,
        rewriting: (@Sendable () -> AddressRewriter)? = nil, connect: @escaping @Sendable () throws -> Int32
    ) throws {
        let listener = try ListeningSocket.open(address: near.address, port: near.port, namespace: listening)
        onThread {
            while true {
                let incoming = accept(listener.descriptor, nil, nil)
                if incoming < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                onThread { serve(incoming, rewriting?(), connect) }
            }
        }
    }

    private static func serve(_ incoming: Int32, _ rewriter: AddressRewriter?, _ connect: () throws -> Int32) {
        defer { close(incoming) }
        guard let outgoing = try? connect() else {
            resetOnClose(incoming)
            return
        }
        defer { close(outgoing) }
        for descriptor in [incoming, outgoing] {
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            // Blocking: each direction has its thread.
            _ = fcntl(descriptor, F_SETFL, 0)
        }
        let other = DispatchSemaphore(value: 0)
        onThread {
            pump(from: outgoing, to: incoming) { rewriter?.fromBroker($0) ?? $0 }
            other.signal()
        }
        pump(from: incoming, to: outgoing) { rewriter?.fromClient($0) ?? $0 }
        other.wait()
    }

    /// Connects where this process lives. A service of the loopback may listen on either of its addresses.
    private static func connectHere(_ far: (address: String, port: UInt16)) throws -> Int32 {
        do {
            return try connect4(far.address, far.port)
        } catch {
            guard far.address == "127.0.0.1", let descriptor = connectToLoopback6(far.port) else { throw error }
            return descriptor
        }
    }

    private static func connect4(_ address: String, _ port: UInt16) throws -> Int32 {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        if let descriptor = connected(AF_INET, &name) { return descriptor }
        throw TestbedError(operation: "connect to", subject: "\(address):\(port)", errorNumber: errno)
    }

    private static func connectToLoopback6(_ port: UInt16) -> Int32? {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        inet_pton(AF_INET6, "::1", &name.sin6_addr)
        return connected(AF_INET6, &name)
    }

    /// A connected socket; nil with `errno`.
    private static func connected<Name>(_ family: Int32, _ name: inout Name) -> Int32? {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnsafeBytes(of: &name) { bytes in
            connect(descriptor, bytes.bindMemory(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        if result == 0 { return descriptor }
        let number = errno
        close(descriptor)
        errno = number
        return nil
    }

    /// Copies until the source ends; passes an orderly end on as one, and a reset as a reset.
    private static func pump(from source: Int32, to target: Int32, _ transform: ([UInt8]) -> [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 {
                if count == 0 {
                    shutdown(target, Int32(SHUT_WR))
                } else {
                    resetOnClose(target)
                    shutdown(target, Int32(SHUT_RDWR))
                }
                return
            }
            let output = transform(Array(buffer[..<count]))
            var written = 0
            while written < output.count {
                let part = output.withUnsafeBytes { bytes in
                    bytes.baseAddress.map { write(target, $0 + written, bytes.count - written) } ?? -1
                }
                if part < 0, errno == EINTR { continue }
                if part <= 0 {
                    resetOnClose(source)
                    shutdown(source, Int32(SHUT_RDWR))
                    return
                }
                written += part
            }
        }
    }

    private static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        WorkerThread.start(stackBytes: 256 << 10, body)
    }
}
