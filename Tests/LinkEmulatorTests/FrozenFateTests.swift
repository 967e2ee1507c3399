import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// The fates of the same packets under the same seed, as they were when this was written: a change of the link's inside
/// must not change one. What is random in them rests on integers and exact arithmetic alone.
@Suite struct FrozenFateTests {
    /// A hash of everything that left the link and of its fault log (Fowler, Noll, Vo: FNV-1a).
    static func hash(_ faults: [FaultSpec], seed: UInt64 = 7) throws -> UInt64 {
        let rig = try CoreRig(faults, nodes: 3, seed: seed, packetLimit: 400)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        func take(_ now: Int64) {
            for packet in rig.due(now) { add("\(packet.port) \(packet.at) ".utf8); add(packet.bytes) }
        }
        var next: [[UInt32]] = Array(repeating: [1, 1], count: 12)
        for step in 0..<4000 {
            let now = Int64(step) * 500_000
            let talk = step * 7 % 12
            let up = step % 3 != 0
            let node = UInt8(talk % 3 + 1)
            let correlation = Int32(step / 24)
            var flags: TCPSegment.Flags = [.ack]
            var data: [UInt8] = []
            switch step % 5 {
            case 0 where up && step % 40 < 13: flags = [.syn]
            case 1, 2:
                data = up ? Packets.request(correlation: correlation) : Packets.response(correlation: correlation)
            case 3: data = [UInt8](repeating: UInt8(step % 251), count: step % 1300)
            default: break
            }
            if step % 997 == 996 { flags.insert(.rst) }
            let sequence = next[talk][up ? 0 : 1]
            if step % 17 != 0 {
                next[talk][up ? 0 : 1] = sequence &+ UInt32(data.count) &+ (flags.contains(.syn) ? 1 : 0)
            }
            rig.send(
                Packets.tcp(
                    up: up, node: node, sequence: sequence, acknowledgement: next[talk][up ? 1 : 0], flags: flags,
                    data: data, port: UInt16(40_000 + talk)), from: up ? 0 : Int(node), at: now)
            take(now)
        }
        take(.max)
        add(rig.logText().utf8)
        add(rig.phases.map { "\($0)" }.joined().utf8)
        add(rig.triggered.map { "\($0)" }.joined().utf8)
        let report = rig.core.report()
        add("\(report.packetsIn) \(report.packetsForwarded) \(report.packetsDropped) \(report.packetsMade)".utf8)
        #expect(rig.isBalanced)
        return hash
    }

    static let faults: [(String, [FaultSpec])] = [
        ("none", []),
        (
            "impairments",
            [
                Faults.timeline([
                    "loss": "5%", "corrupt": "2%", "duplicate": "3%", "rate": "20Mbit/s", "queue": "20",
                    "reorder": "10%", "delay": "5ms", "jitter": "2ms",
                ]),
                Faults.timeline(
                    ["loss": "{p: 2%, r: 30%}", "duplicate": "5%"], id: "fault-1", at: .milliseconds(300),
                    for: .milliseconds(200), every: .milliseconds(500), direction: .clientToBroker, node: 2),
                Faults.timeline(["flap": "{down: 20ms, up: 90ms}", "mtu": "1000B"], id: "fault-2", node: 3),
                Faults.timeline(["loss": "{every: 9}"], id: "fault-3", direction: .brokerToClient),
                Faults.timeline(["loss": "{packets: [3, 5, 60]}"], id: "fault-4", at: .milliseconds(100)),
            ]
        ),
        (
            "connections",
            [
                Faults.timeline(["refuse": "true"], at: .milliseconds(500), for: .milliseconds(300)),
                Faults.timeline(["blackhole": "existing"], id: "fault-1", at: .milliseconds(1200), node: 1),
                Faults.timeline([:], id: "fault-2", at: .milliseconds(900), node: 2, do: ["reset:client"]),
                Faults.timeline([:], id: "fault-3", at: .milliseconds(1000), node: 3, do: ["half-open:broker"]),
            ]
        ),
        (
            "messages",
            [
                Faults.message(.request, "Produce", .every(5), do: ["drop"]),
                Faults.message(.response, "Produce", .every(7), do: ["delay: 30ms"], id: "fault-1"),
                Faults.message(.request, "Produce", .nth([40]), do: ["drop", "reset"], id: "fault-2"),
                Faults.message(.response, "Produce", .nth([30, 50]), do: ["half-open: client"], id: "fault-3"),
                Faults.message(.request, "Produce", .nth([9]), do: ["partition: 40ms"], id: "fault-4", node: 2),
                Faults.message(
                    .response, "Produce", .nth([11, 12]),
                    do: ["phase: {for: 200ms, loss: 30%, delay: 3ms, direction: clientToBroker}"], id: "fault-5"),
            ]
        ),
    ]

    @Test(
        arguments: [
            ("none", 12_980_049_843_072_560_074), ("impairments", 8_028_332_001_380_349_160),
            ("connections", 2_958_407_831_875_928_395), ("messages", 11_517_523_529_525_396_630),
        ] as [(String, UInt64)])
    func fatesAreAsTheyWere(name: String, expected: UInt64) throws {
        let faults = try #require(Self.faults.first { $0.0 == name }?.1)
        #expect(try Self.hash(faults) == expected)
    }
}
