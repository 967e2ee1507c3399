import Glibc

/// The text of a system error number.
func systemErrorText(_ number: Int32) -> String { String(cString: strerror(number)) }

/// A blocking TCP connection with a deadline on every step. Not thread-safe.
final class RawSocket {
    private var descriptor: Int32
    let address: String
    /// How long one step may wait for the peer.
    var timeout: Duration

    init(host: String, port: Int, timeout: Duration) throws {
        address = "\(host):\(port)"
        self.timeout = timeout
        descriptor = -1
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list else {
            throw RawClientError.system(call: "getaddrinfo", address: address, number: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }
        var last: any Error = RawClientError.timedOut(what: "connect", address: address)
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let info = candidate?.pointee {
            do {
                try connect(info)
                return
            } catch {
                last = error
            }
            candidate = info.ai_next
        }
        throw last
    }

    /// Takes over a connected socket.
    init(adopting descriptor: Int32, address: String, timeout: Duration) throws {
        self.descriptor = descriptor
        self.address = address
        self.timeout = timeout
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw failure("fcntl") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close() }

    private func connect(_ info: addrinfo) throws {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let made = socket(info.ai_family, flags, 0)
        guard made >= 0 else { throw failure("socket") }
        if Glibc.connect(made, info.ai_addr, info.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else {
                let number = errno
                Glibc.close(made)
                throw RawClientError.system(call: "connect", address: address, number: number)
            }
            guard Self.wait(made, for: Int16(POLLOUT), until: .now + timeout) else {
                Glibc.close(made)
                throw RawClientError.timedOut(what: "connect", address: address)
            }
            var number: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(made, SOL_SOCKET, SO_ERROR, &number, &length)
            guard number == 0 else {
                Glibc.close(made)
                throw RawClientError.system(call: "connect", address: address, number: number)
            }
        }
        var one: Int32 = 1
        setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        descriptor = made
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Waits until the descriptor is ready; false when the deadline came first.
    private static func wait(
        _ descriptor: Int32, for events: Int16, until deadline: ContinuousClock.Instant
    ) -> Bool {
        while true {
            let left = deadline - .now
            guard left > .zero else { return false }
            let parts = left.components
            let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&entry, 1, Int32(min(milliseconds, 1_000_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }

    private func failure(_ call: String) -> RawClientError { .system(call: call, address: address, number: errno) }

    func send(_ bytes: [UInt8]) throws {
        let deadline = ContinuousClock.now + timeout
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                guard Self.wait(descriptor, for: Int16(POLLOUT), until: deadline) else {
                    throw RawClientError.timedOut(what: "send", address: address)
                }
            } else if errno == EPIPE || errno == ECONNRESET {
                throw RawClientError.closed(address: address)
            } else if errno != EINTR {
                throw failure("send")
            }
        }
    }

    /// Exactly `count` bytes.
    func receive(_ count: Int, what: String) throws -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var received = 0
        var result = [UInt8](repeating: 0, count: count)
        while received < count {
            let read = result.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + received, count - received, 0)
            }
            if read > 0 {
                received += read
            } else if read == 0 || errno == ECONNRESET || errno == EPIPE {
                throw RawClientError.closed(address: address)
            } else if errno == EAGAIN {
                guard Self.wait(descriptor, for: Int16(POLLIN), until: deadline) else {
                    throw RawClientError.timedOut(what: what, address: address)
                }
            } else if errno != EINTR {
                throw failure("recv")
            }
        }
        return result
    }
}
