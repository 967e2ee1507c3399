import CLinux
import FoundationEssentials
import Glibc

/// A TUN device inside a namespace, with its address and routes: one end of the link.
///
/// The queue is long because the default of 500 packets silently loses bursts; a device that drops makes a run
/// inconclusive, never wrong. Source: Documentation/networking/tuntap.rst of the Linux kernel.
public struct TunDevice: Sendable {
    /// Interface name, for example `tun0`.
    public let name: String
    /// IPv4 address, dotted.
    public let address: String
    /// The descriptor that packets are read from and written to, non-blocking; open until closed by its user.
    public let descriptor: Int32
    /// The namespace it lives in.
    public let namespace: NetworkNamespace

    /// Packets that may wait in the device.
    public static let queueLength: Int32 = 100_000
    /// What to do when `/dev/net/tun` refuses.
    public static let remedy =
        "make it usable: as root, chmod 0666 /dev/net/tun (in a container: --device /dev/net/tun); see crosswind doctor"

    /// Creates the device in `namespace`, gives it `address`/32 and routes `networks` (address, prefix length) into it.
    ///
    /// - Parameters:
    ///   - offloads: every packet that is read or written has a `virtio_net_hdr` before it, TCP packets are up
    ///     to 64 kB long and their checksums unfinished.
    ///   - congestion: the congestion control of connections that go this way; nil: the namespace's own.
    /// - Throws: ``MissingCongestionControl`` where the kernel has none of that name.
    public init(
        name: String, address: String, namespace: NetworkNamespace, networks: [(address: String, prefix: Int)],
        mtu: Int32 = 1500, offloads: Bool = false, congestion: String? = nil
    ) throws {
        self.name = name
        self.address = address
        self.namespace = namespace
        let routes = networks.map { (TunDevice.parse($0.address), $0.prefix) }
        let host = TunDevice.parse(address)
        descriptor = try namespace.run {
            let descriptor = try TestbedError.check(
                cl_tun_open(name, offloads ? 1 : 0), "open /dev/net/tun for", name, remedy: TunDevice.remedy)
            if offloads { try TestbedError.check(cl_tun_offload(descriptor), "switch offloads on for", name) }
            try TestbedError.check(cl_if_set_mtu(name, mtu), "set MTU of", name)
            try TestbedError.check(cl_if_set_txqueuelen(name, TunDevice.queueLength), "set queue length of", name)
            try TestbedError.check(cl_if_set_address(name, host, UInt32.max), "set address of", name)
            try TestbedError.check(cl_if_up(name), "bring up", name)
            for (network, prefix) in routes {
                if let congestion {
                    try TCPSetup.addRoute(through: name, to: network, prefix: prefix, congestion: congestion)
                } else {
                    try TestbedError.check(
                        cl_route_add(name, network, TunDevice.mask(prefix)), "add route through", name)
                }
            }
            return descriptor
        }
    }

    /// An IPv4 address in network byte order; 0 when it is none.
    static func parse(_ text: String) -> UInt32 {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1 ? address.s_addr : 0
    }

    static func mask(_ prefix: Int) -> UInt32 {
        prefix == 0 ? 0 : (UInt32.max << UInt32(32 - prefix)).bigEndian
    }

    /// Packets that the device dropped so far, by `/proc/net/dev`: received from the link, and sent into it.
    public func droppedPackets() throws -> (received: Int64, sent: Int64) {
        let name = name
        return try namespace.run {
            let table = try String(contentsOfFile: "/proc/thread-self/net/dev", encoding: .utf8)
            for line in table.split(separator: "\n") {
                let parts = line.split(separator: ":")
                guard parts.count == 2, parts[0].trimmed == name else { continue }
                let fields = parts[1].split(separator: " ").compactMap { Int64($0) }
                guard fields.count >= 12 else { break }
                return (received: fields[3], sent: fields[11])
            }
            throw TestbedError(operation: "read counters of", subject: name, errorNumber: 0)
        }
    }
}
