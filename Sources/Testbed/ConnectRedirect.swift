import CLinux
import Glibc
import SystemCalls

/// Sends connects of a command to other addresses than it names: those to some ports of its own loopback go to a service
/// elsewhere, and so cross whatever lies between.
///
/// The command's connect(2) calls wait for this process (seccomp_unotify(2)), which changes the address in the caller's
/// memory and lets the call go on. The call stays the caller's own: how long it takes, what it answers and what it does
/// without blocking is what the way to the service makes of it, which a relay on the loopback could not show. Other
/// calls, and connects to other addresses, are not touched. IPv6 sockets reach the service as `::ffff:a.b.c.d`.
///
/// Programs that connect without connect(2) (io_uring, 32-bit programs, TCP fast open) are not seen.
public final class ConnectRedirect: Sendable {
    /// The variable that names the descriptor over which a command hands the right to answer its calls to this process.
    public static let variable = "CROSSWIND_REDIRECT_FD"
    /// First argument of this program where it stands between a command and its start; see ``handOver(_:)``.
    public static let argument = "__redirect"

    private let socket: Int32
    /// The end that the command inherits: not closed on exec, so close it once the command was started.
    public let commandEnd: Int32

    /// Makes the way over which a command hands its calls over.
    ///
    /// - Throws: ``TestbedError``.
    public init() throws(TestbedError) {
        var pair: [Int32] = [-1, -1]
        try TestbedError.check(cl_packet_socketpair(&pair), "make", "a socket pair for redirected connects")
        socket = pair[0]
        commandEnd = try TestbedError.check(dup(pair[1]), "duplicate", "a socket for redirected connects")
        close(pair[1])
    }

    /// In the command's process, before it becomes the command: hands its connect calls over and executes `command`.
    /// Where the kernel does not allow it the command is executed all the same, and the other side is told.
    public static func handOver(_ command: [String]) -> Never {
        if let text = getenv(variable), let descriptor = Int32(String(cString: text)) {
            let listener = cl_seccomp_notify_connects()
            var number: Int32 = listener < 0 ? -listener : 0
            _ = cl_send_passing(descriptor, &number, MemoryLayout<Int32>.size, max(listener, -1))
            if listener >= 0 { close(listener) }
            close(descriptor)
            unsetenv(variable)
        }
        signal(SIGPIPE, SIG_DFL)
        var pointers = command.map { strdup($0) } + [nil]
        if let program = pointers[0] { execvp(program, &pointers) }
        let number = errno
        let words = Array("\(command.first ?? ""): \(String(cString: strerror(number)))\n".utf8)
        _ = write(2, words, words.count)
        ProcessEnd.now(number == ENOENT ? 127 : 126)
    }

    /// Waits until the command handed its calls over; then answers them on a thread of its own until the command and all
    /// its children have ended.
    ///
    /// - Parameters:
    ///   - ports: ports of the command's loopback that lead elsewhere.
    ///   - address: where they lead, dotted IPv4.
    /// - Returns: an error number where the kernel does not allow it, nil where it does or the command ended before.
    public func begin(ports: Set<UInt16>, to address: String) -> Int32? {
        close(commandEnd)
        var number: Int32 = 0
        var listener: Int32 = -1
        let count = cl_receive_passing(socket, &number, MemoryLayout<Int32>.size, &listener)
        close(socket)
        guard count == MemoryLayout<Int32>.size else { return nil }
        guard listener >= 0 else { return number }
        let target = TunDevice.parse(address)
        let received = listener
        return Self.detach {
            while Self.answer(received, ports, target) {}
            close(received)
        }
    }

    /// Runs a body on a thread that nobody waits for; an error number where there can be none.
    private static func detach(_ body: @escaping @Sendable () -> Void) -> Int32? {
        final class Box: Sendable {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let number = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard number == 0 else {
            box.release()
            return number
        }
        pthread_detach(thread)
        return nil
    }

    /// Answers one call; false when nobody is left that could make one.
    private static func answer(_ listener: Int32, _ ports: Set<UInt16>, _ target: UInt32) -> Bool {
        // Receiving blocks for ever once the last process has ended; a hang-up tells.
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, -1) >= 0 else { return errno == EINTR }
        guard entry.revents & Int16(POLLIN) != 0 else { return false }
        var call = cl_connect_call()
        let result = cl_seccomp_receive(listener, &call)
        // The caller was killed while it waited.
        if result == -ENOENT || result == -EINTR { return true }
        guard result == 0 else { return false }
        redirect(call, listener, ports, target)
        _ = cl_seccomp_continue(listener, call.id)
        return true
    }

    private static func redirect(_ call: cl_connect_call, _ listener: Int32, _ ports: Set<UInt16>, _ target: UInt32) {
        let memory = open("/proc/\(call.pid)/mem", O_RDWR | O_CLOEXEC)
        guard memory >= 0 else { return }
        defer { close(memory) }
        var bytes = [UInt8](repeating: 0, count: min(Int(clamping: call.length), SocketAddressBytes.longest))
        let place = off_t(truncatingIfNeeded: call.address)
        guard pread(memory, &bytes, bytes.count, place) == bytes.count,
            // What was read is the caller's only if the caller still waits.
            cl_seccomp_is_waiting(listener, call.id) != 0,
            let changed = SocketAddressBytes(bytes).redirected(ports: ports, to: target)
        else { return }
        _ = pwrite(memory, changed, changed.count, place)
    }
}

/// A socket address as the kernel takes it: sockaddr_in or sockaddr_in6, ip(7), ipv6(7).
struct SocketAddressBytes {
    /// Bytes of the longest address that is looked at.
    static let longest = MemoryLayout<sockaddr_in6>.size
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The same address with another host, when it names 127.0.0.1 or ::1 (or the former inside IPv6) and one of these
    /// ports; nil for every other.
    ///
    /// - Parameter target: IPv4 address in network byte order.
    func redirected(ports: Set<UInt16>, to target: UInt32) -> [UInt8]? {
        guard bytes.count >= MemoryLayout<sockaddr_in>.size else { return nil }
        let family = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        guard ports.contains(UInt16(bytes[2]) << 8 | UInt16(bytes[3])) else { return nil }
        let host = withUnsafeBytes(of: target) { Array($0) }
        let loopback: [UInt8] = [127, 0, 0, 1]
        var changed = bytes
        switch Int32(family) {
        case AF_INET:
            guard Array(bytes[4..<8]) == loopback else { return nil }
            changed.replaceSubrange(4..<8, with: host)
        case AF_INET6:
            guard bytes.count >= Self.longest else { return nil }
            let prefix = [UInt8](repeating: 0, count: 10)
            let isLoopback6 = Array(bytes[8..<24]) == [UInt8](repeating: 0, count: 15) + [1]
            guard isLoopback6 || Array(bytes[8..<24]) == prefix + [0xff, 0xff] + loopback else { return nil }
            changed.replaceSubrange(8..<24, with: prefix + [0xff, 0xff] + host)
        default: return nil
        }
        return changed
    }
}
