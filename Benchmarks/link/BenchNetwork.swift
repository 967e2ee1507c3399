import CLinux
import EvidenceModel
import Foundation
import LinkEmulator
import ScenarioModel
import Testbed

/// Two namespaces, 198.18.0.1 and 198.18.1.1, joined by a bare veth pair or by the link.
final class BenchNetwork {
    /// What joins them.
    enum Kind: String {
        case veth, link
        /// The link, which reads one packet of the MTU at a time.
        case plain
    }

    let client: NetworkNamespace
    let server: NetworkNamespace
    let link: Link?
    private var devices: [TunDevice] = []

    init(_ kind: Kind, mtu: Int = 1500, faults: [FaultSpec] = [], seed: UInt64 = 1, logPath: String? = nil) throws {
        client = try NetworkNamespace(name: "bench-client")
        server = try NetworkNamespace(name: "bench-server")
        guard kind != .veth else {
            link = nil
            try makeVeth(mtu)
            return
        }
        devices = [
            try TunDevice(
                name: "tun0", address: "198.18.0.1", namespace: client, networks: [("198.18.0.0", 15)],
                mtu: Int32(mtu), offloads: kind == .link),
            try TunDevice(
                name: "tun1", address: "198.18.1.1", namespace: server, networks: [("198.18.0.1", 32)],
                mtu: Int32(mtu), offloads: kind == .link),
        ]
        let link = try Link(
            LinkConfiguration(
                ports: [
                    .init(node: 0, descriptor: devices[0].descriptor, address: "198.18.0.1"),
                    .init(node: 1, descriptor: devices[1].descriptor, address: "198.18.1.1"),
                ], mtu: mtu, seed: seed, faults: faults, faultLogPath: logPath,
                offloads: kind == .link))
        try link.start()
        link.setTimeZero()
        self.link = link
        usleep(20_000)
    }

    /// Stops the link and gives its report; nil for a veth pair.
    func stop() -> LinkReport? {
        let report = link?.stop()
        for device in devices { close(device.descriptor) }
        devices = []
        return report
    }

    /// Packets that the devices dropped.
    func deviceDrops() throws -> Int64 {
        try devices.reduce(0) { sum, device in
            let drops = try device.droppedPackets()
            return sum + drops.received + drops.sent
        }
    }

    private func makeVeth(_ mtu: Int) throws {
        let peer = server.path
        try client.run {
            try shell("ip link add v0 mtu \(mtu) type veth peer name v1 mtu \(mtu)")
            try shell("ip link set v1 netns \(peer)")
            try shell("ip addr add 198.18.0.1/15 dev v0 && ip link set v0 up")
            try shell("ethtool -K v0 tx off tso off gso off gro off >/dev/null 2>&1")
        }
        try server.run {
            try shell("ip addr add 198.18.1.1/15 dev v1 && ip link set v1 up")
            try shell("ethtool -K v1 tx off tso off gso off gro off >/dev/null 2>&1")
        }
        usleep(200_000)
    }
}

/// Why a benchmark stopped.
struct BenchError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Runs a shell command in the calling thread's namespace.
func shell(_ command: String) throws {
    let arguments = ["/bin/sh", "-c", command]
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var child = pid_t()
    guard posix_spawn(&child, "/bin/sh", nil, nil, &pointers, environ) == 0 else {
        throw BenchError("cannot run \(command)")
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    if status != 0 { throw BenchError("'\(command)' failed; install iproute2 and ethtool") }
}

/// Resident memory of this process, in MB.
func residentMB() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
}

private let nowhere = SourceLocation(file: "link-bench", line: 1, column: 1)

/// A value as it stands in a scenario file: a word, or `{ key: value, … }` one level deep.
func scalar(_ text: String) -> ScenarioValue {
    guard text.hasPrefix("{") else { return ScenarioValue(location: nowhere, content: .scalar(.init(text: text))) }
    let entries = text.dropFirst().dropLast().split(separator: ",").map { part -> ScenarioValue.Entry in
        let pair = part.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return .init(key: pair[0], keyLocation: nowhere, value: scalar(pair.count > 1 ? pair[1] : ""))
    }
    return ScenarioValue(location: nowhere, content: .mapping(entries))
}

/// A fault on a timeline without end, from words such as `["delay": "10ms"]`.
func fault(_ settings: KeyValuePairs<String, String>, id: String = "fault-0", direction: String? = nil) -> FaultSpec {
    FaultSpec(
        id: id, location: nowhere, trigger: .timeline(at: .zero, for: nil, every: nil),
        direction: direction.flatMap { .init(rawValue: $0) },
        settings: settings.map { .init(keyword: $0.key, value: scalar($0.value)) })
}
