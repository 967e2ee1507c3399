import CLinux
import Glibc
import Synchronization
import SystemCalls

/// A way to services outside of the sandbox, for the harness alone: a small process that stayed outside connects and
/// hands the sockets in. unix(7), SCM_RIGHTS.
///
/// The sandbox itself has no route anywhere. Descriptors are closed on exec, so that no producer ever holds one.
public final class OutsideDialer: Sendable {
    private let socket: Int32
    private let turn = Mutex(())

    private init(socket: Int32) { self.socket = socket }

    /// Starts the process that stays outside. Call it before the sandbox is entered and before any thread exists; it ends
    /// with the last process that holds the dialer.
    ///
    /// - Throws: ``TestbedError``.
    public static func start() throws(TestbedError) -> OutsideDialer {
        var pair: [Int32] = [-1, -1]
        try TestbedError.check(cl_packet_socketpair(&pair), "make", "a socket pair for connections to the outside")
        let pid = try TestbedError.check(cl_fork(), "fork", "the process that connects to the outside")
        if pid == 0 {
            // Standard input is the cell's control pipe: a second holder would hide its end.
            close(0)
            close(1)
            close(pair[0])
            setsid()
            serve(pair[1])
        }
        close(pair[1])
        return OutsideDialer(socket: pair[0])
    }

    /// Connects to an address as the machine outside sees it.
    ///
    /// - Returns: a connected, blocking socket, the caller's to close.
    /// - Throws: ``TestbedError`` when nothing listens there, or nothing answers in time.
    public func connect(host: String, port: UInt16, timeout: Duration = .seconds(10)) throws(TestbedError) -> Int32 {
        let subject = "\(host):\(port)"
        let (number, descriptor) = turn.withLock { _ in ask(subject) }
        guard number == 0, descriptor >= 0 else {
            throw TestbedError(operation: "connect to", subject: subject, errorNumber: number)
        }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let limitMs = Int32(clamping: timeout.components.seconds * 1000 + 1)
        let ready = poll(&entry, 1, limitMs)
        var failure: Int32 = ready == 0 ? ETIMEDOUT : 0
        if ready > 0 {
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        }
        guard failure == 0 else {
            close(descriptor)
            throw TestbedError(operation: "connect to", subject: subject, errorNumber: failure)
        }
        _ = fcntl(descriptor, F_SETFL, 0)
        return descriptor
    }

    /// One question and its answer: an error number, and a socket that is connecting.
    private func ask(_ address: String) -> (number: Int32, descriptor: Int32) {
        let bytes = Array(address.utf8)
        guard cl_send_passing(socket, bytes, bytes.count, -1) > 0 else { return (EPIPE, -1) }
        var number: Int32 = 0
        var descriptor: Int32 = -1
        let count = cl_receive_passing(socket, &number, MemoryLayout<Int32>.size, &descriptor)
        return count == MemoryLayout<Int32>.size ? (number, descriptor) : (EPIPE, descriptor)
    }

    /// The life of the process outside: it starts connections and never waits for them.
    private static func serve(_ socket: Int32) -> Never {
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            var ignored: Int32 = -1
            let count = cl_receive_passing(socket, &buffer, buffer.count, &ignored)
            guard count > 0 else { ProcessEnd.atOnce(0) }
            var (number, descriptor) = begin(String(decoding: buffer[..<Int(count)], as: UTF8.self))
            let sent = cl_send_passing(socket, &number, MemoryLayout<Int32>.size, descriptor)
            if descriptor >= 0 { close(descriptor) }
            guard sent > 0 else { ProcessEnd.atOnce(0) }
        }
    }

    private static func begin(_ address: String) -> (number: Int32, descriptor: Int32) {
        guard let colon = address.lastIndex(of: ":") else { return (EINVAL, -1) }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let found = getaddrinfo(
            String(address[..<colon]), String(address[address.index(after: colon)...]), &hints, &list)
        guard found == 0, let info = list?.pointee else { return (EADDRNOTAVAIL, -1) }
        defer { freeaddrinfo(list) }
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(info.ai_family, flags, 0)
        guard descriptor >= 0 else { return (errno, -1) }
        if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) != 0, errno != EINPROGRESS {
            let number = errno
            close(descriptor)
            return (number, -1)
        }
        return (0, descriptor)
    }
}
