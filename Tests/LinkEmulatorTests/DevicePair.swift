import CLinux
import Glibc
import ScenarioModel

@testable import LinkEmulator

/// Two sockets in the place of a device: whole packets, one read each.
struct DevicePair {
    /// The end that the link reads and writes.
    let link: Int32
    /// The end that the host has.
    let host: Int32

    init() {
        var pair: [Int32] = [-1, -1]
        _ = socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair)
        (link, host) = (pair[0], pair[1])
        var size: Int32 = 4 << 20
        for descriptor in pair {
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { write(host, $0.baseAddress, $0.count) } == bytes.count
    }

    /// Returns when the link has read everything that was sent, which lies in its device before.
    func waitUntilRead() {
        let deadline = ContinuousClock.now + .seconds(20)
        while cl_wait_readable(link, 0) > 0, ContinuousClock.now < deadline { usleep(1000) }
    }

    /// The next packet within ten seconds; nil for none.
    func receive() -> [UInt8]? {
        guard cl_wait_readable(host, 10_000_000_000) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 70_000)
        let count = buffer.withUnsafeMutableBytes { read(host, $0.baseAddress, $0.count) }
        return count < 0 ? nil : Array(buffer[..<count])
    }

    func closeBoth() {
        close(link)
        close(host)
    }
}

/// A link between a client's device and a broker's, both played by sockets.
struct LinkRig {
    let client = DevicePair()
    let broker = DevicePair()
    let link: Link

    /// Makes the link; it is not started.
    init(
        _ faults: [FaultSpec], log: String? = nil, packetLimit: Int = 65_536, offloads: Bool = false,
        onPhase: @escaping @Sendable (LinkPhaseEvent) -> Void = { _ in }
    ) throws {
        // The broker's first: a link goes by the number of a port, not by its place.
        let ports: [LinkConfiguration.Port] = [
            .init(node: 1, descriptor: broker.link, address: "198.18.1.1"),
            .init(node: 0, descriptor: client.link, address: "198.18.0.1"),
        ]
        link = try Link(
            LinkConfiguration(
                ports: ports, seed: 1, faults: faults, faultLogPath: log, packetLimit: packetLimit,
                offloads: offloads), onPhase: onPhase)
    }

    /// Closes the devices.
    func close() {
        client.closeBoth()
        broker.closeBoth()
    }
}
