import CLinux
import Foundation
import Testbed

/// An IPv4 socket address.
func address(_ text: String, _ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, text, &address.sin_addr)
    return address
}

/// A connected or bound socket in a namespace.
func makeSocket(
    in namespace: NetworkNamespace, type: __socket_type, bind local: sockaddr_in? = nil,
    connect remote: sockaddr_in? = nil, listening: Bool = false
) throws -> Int32 {
    try namespace.run {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        if type == SOCK_DGRAM {
            var size: Int32 = 256 << 20
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4)
            var sending: Int32 = 64 << 20
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &sending, 4)
        }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        func call(_ address: sockaddr_in, _ function: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
            var address = address
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { function($0) }
            }
        }
        if let local, call(local, { bind(descriptor, $0, size) }) != 0 { throw BenchError("bind: errno \(errno)") }
        if listening, listen(descriptor, 8) != 0 { throw BenchError("listen: errno \(errno)") }
        if let remote, call(remote, { connect(descriptor, $0, size) }) != 0 {
            throw BenchError("connect: errno \(errno)")
        }
        return descriptor
    }
}

/// A value that threads share.
final class Shared<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value
    init(_ value: Value) { self.value = value }
    func with<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&value) } }
}

/// Runs a body on a thread; `join` waits for it.
final class Worker: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    init(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [done] in
            body()
            done.signal()
        }
        thread.start()
    }
    func join() { done.wait() }
}

/// One TCP flow.
struct TCPFlow {
    /// Bytes a second received in steady state, and the samples of each 100 ms.
    var bitsPerSecond: Double
    var samples: [Double]

    /// Sends as fast as TCP goes, or at a rate, for some seconds.
    ///
    /// - Parameter warmUp: seconds that do not count.
    static func run(
        _ network: BenchNetwork, toServer: Bool, seconds: Double, warmUp: Double = 1, pacedMbit: Double? = nil,
        bufferBytes: Int32? = nil
    ) throws -> TCPFlow {
        let (from, to) = toServer ? (network.client, network.server) : (network.server, network.client)
        let target = address(toServer ? "198.18.1.1" : "198.18.0.1", 7001)
        let listener = try makeSocket(in: to, type: SOCK_STREAM, bind: target, listening: true)
        defer { close(listener) }
        let sender = try makeSocket(in: from, type: SOCK_STREAM, connect: target)
        let receiver = accept(listener, nil, nil)
        if var size = bufferBytes {
            setsockopt(sender, SOL_SOCKET, SO_SNDBUFFORCE, &size, 4)
            setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4)
        }
        let received = Shared(UInt64(0))
        let reading = receive(from: receiver, received)
        let stop = Shared(false)
        let writing = send(to: sender, pacedMbit: pacedMbit, until: stop)
        var samples: [Double] = []
        usleep(UInt32(warmUp * 1e6))
        var last = received.with { $0 }
        var lastAt = cl_monotonic_ns()
        let (first, firstAt) = (last, lastAt)
        for _ in 0..<Int(seconds * 10) {
            usleep(100_000)
            let now = cl_monotonic_ns()
            let bytes = received.with { $0 }
            samples.append(Double(bytes - last) * 8e9 / Double(now - lastAt))
            (last, lastAt) = (bytes, now)
        }
        stop.with { $0 = true }
        shutdown(sender, Int32(SHUT_RDWR))
        writing.join()
        reading.join()
        close(sender)
        close(receiver)
        return TCPFlow(bitsPerSecond: Double(last - first) * 8e9 / Double(lastAt - firstAt), samples: samples)
    }

    private static func receive(from receiver: Int32, _ received: Shared<UInt64>) -> Worker {
        Worker {
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 18, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = read(receiver, buffer, 1 << 18)
                if count <= 0 { return }
                received.with { $0 += UInt64(count) }
            }
        }
    }

    private static func send(to sender: Int32, pacedMbit: Double?, until stop: Shared<Bool>) -> Worker {
        Worker {
            let block = pacedMbit == nil ? 1 << 17 : 1 << 14
            let buffer = [UInt8](repeating: 0x55, count: block)
            let start = cl_monotonic_ns()
            var sent = 0
            while !stop.with({ $0 }) {
                if let pacedMbit {
                    let due = start + Int64(Double(sent) * 8 / pacedMbit * 1000)
                    let now = cl_monotonic_ns()
                    if due > now { usleep(UInt32((due - now) / 1000) + 1) }
                }
                let count = write(sender, buffer, block)
                if count <= 0 { return }
                sent += count
            }
        }
    }
}

/// Round trips of small UDP packets.
struct PingPong {
    var p50Us: Double
    var p99Us: Double

    static func run(_ network: BenchNetwork, count: Int) throws -> PingPong {
        let there = address("198.18.1.1", 7002)
        let server = try makeSocket(in: network.server, type: SOCK_DGRAM, bind: there)
        let client = try makeSocket(in: network.client, type: SOCK_DGRAM, connect: there)
        defer { close(client) }
        let echo = Worker {
            var buffer = [UInt8](repeating: 0, count: 128)
            while true {
                var from = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &from) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(server, &buffer, buffer.count, 0, $0, &size)
                    }
                }
                if count <= 1 { return }
                _ = withUnsafePointer(to: &from) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(server, buffer, count, 0, $0, size) }
                }
            }
        }
        var times: [Int64] = []
        var buffer = [UInt8](repeating: 1, count: 64)
        for round in 0..<(count + 100) {
            let before = cl_monotonic_ns()
            send(client, buffer, buffer.count, 0)
            guard cl_wait_readable(client, 2_000_000_000) > 0 else { throw BenchError("an echo did not come back") }
            recv(client, &buffer, buffer.count, 0)
            if round >= 100 { times.append(cl_monotonic_ns() - before) }
            if round % 4 == 0 { usleep(200) }
        }
        send(client, buffer, 1, 0)
        echo.join()
        close(server)
        times.sort()
        return PingPong(
            p50Us: Double(times[times.count / 2]) / 1000, p99Us: Double(times[times.count * 99 / 100]) / 1000)
    }
}

/// Datagrams one way, each with a number and the time it was sent.
struct DatagramFlow {
    var sent = 0
    var received = 0
    /// From the time in the packet until it was received, nanoseconds, in order of arrival.
    var latenciesNs: [Int64] = []
    var sendSeconds = 0.0
    /// From the first arrival to the last.
    var receiveSeconds = 0.0

    static func run(
        _ network: BenchNetwork, count: Int, perSecond: Double, size: Int = 36, burst: Int = 1,
        drainMs: Int64 = 1000, receiverNaps: Bool = false
    ) throws -> DatagramFlow {
        let there = address("198.18.1.1", 7003)
        let server = try makeSocket(in: network.server, type: SOCK_DGRAM, bind: there)
        let client = try makeSocket(in: network.client, type: SOCK_DGRAM, connect: there)
        defer { close(client) }
        let result = Shared(DatagramFlow())
        let last = Shared(cl_monotonic_ns())
        let finished = Shared(false)
        let reading = Worker {
            var buffer = [UInt8](repeating: 0, count: 2048)
            var latencies: [Int64] = []
            latencies.reserveCapacity(count + count / 2)
            var arrivals = (first: Int64(0), last: Int64(0))
            while true {
                let got = recv(server, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if got < 0 {
                    if finished.with({ $0 }), cl_monotonic_ns() - last.with({ $0 }) > drainMs * 1_000_000 { break }
                    if receiverNaps { usleep(1000) } else { _ = cl_wait_readable(server, 100_000_000) }
                    continue
                }
                guard got >= 8 else { continue }
                let now = cl_monotonic_ns()
                if latencies.isEmpty { arrivals.first = now }
                arrivals.last = now
                latencies.append(now - buffer.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
                if latencies.count % 64 == 0 { last.with { $0 = now } }
            }
            result.with {
                $0.received = latencies.count
                $0.latenciesNs = latencies
                $0.receiveSeconds = Double(arrivals.last - arrivals.first) / 1e9
            }
        }
        let (sent, seconds) = send(count, to: client, perSecond: perSecond, size: size, burst: burst)
        last.with { $0 = cl_monotonic_ns() }
        finished.with { $0 = true }
        reading.join()
        close(server)
        return result.with {
            $0.sent = sent
            $0.sendSeconds = seconds
            return $0
        }
    }

    /// Sends at a pace by looking at the clock: a sleep would be late by more than a packet's time.
    private static func send(
        _ count: Int, to client: Int32, perSecond: Double, size: Int, burst: Int
    ) -> (sent: Int, seconds: Double) {
        var buffer = [UInt8](repeating: 0, count: max(size, 8))
        let start = cl_monotonic_ns()
        var sent = 0
        while sent < count {
            let due = start + Int64(Double(sent) / perSecond * 1e9)
            var now = cl_monotonic_ns()
            if due - now > 150_000 { usleep(UInt32((due - now) / 1000 - 100)) }
            while now < due { now = cl_monotonic_ns() }
            for _ in 0..<min(burst, count - sent) {
                let stamp = cl_monotonic_ns()
                buffer.withUnsafeMutableBytes { $0.storeBytes(of: stamp, as: Int64.self) }
                if Glibc.send(client, buffer, buffer.count, 0) == buffer.count { sent += 1 } else { usleep(10) }
            }
        }
        return (sent, Double(cl_monotonic_ns() - start) / 1e9)
    }
}
