import EvidenceModel
import Foundation
import PacketWire
import ScenarioModel

@testable import LinkEmulator

/// A link core without descriptors and clocks: tests give it packets and times.
final class CoreRig {
    var core: LinkCore
    private let ring: FaultLogRing
    private let format: FaultLogFormat
    /// Phases that began (true) or ended, by fault index, with their times in microseconds.
    private(set) var phases: [(fault: Int, began: Bool, timeUs: Int64)] = []

    /// Faults that messages triggered, in order.
    private(set) var triggered: [Int] = []

    /// A packet that left.
    struct Out: Equatable {
        var port: Int
        var at: Int64
        var bytes: [UInt8]
    }

    init(
        _ faults: [FaultSpec], nodes: Int = 1, seed: UInt64 = 1, mtu: Int = 1500, packetLimit: Int = 4096,
        startTimeline: Bool = true
    ) throws {
        ring = try FaultLogRing()
        var configuration = LinkConfiguration(
            ports: [.init(node: 0, descriptor: -1, address: "198.18.0.1")], mtu: mtu, seed: seed, faults: faults,
            packetLimit: packetLimit)
        for node in 1...nodes {
            configuration.ports.append(.init(node: node, descriptor: -1, address: "198.18.\(node).1"))
        }
        core = try LinkCore(configuration, log: ring.input)
        format = FaultLogFormat(faults: core.faultIDs, reasons: ReasonTable.words)
        if startTimeline { core.phases.setTimeZero(0) }
    }

    /// Gives the core a packet at a time.
    func send(_ bytes: [UInt8], from port: Int, at now: Int64, flags: UInt16 = 0) {
        core.advance(to: now)
        let slot = core.arena.take()
        guard slot != SlotArena.none else {
            bytes.withUnsafeBytes { core.receiveWithoutSlot($0, from: port, now: now) }
            return
        }
        core.arena.buffer(slot).copyBytes(from: bytes)
        core.arena.meta[Int(slot)].length = Int32(bytes.count)
        core.arena.meta[Int(slot)].flags = flags
        core.receive(slot, from: port, now: now)
    }

    /// Takes every packet that is due by `now`.
    func due(_ now: Int64 = .max) -> [Out] {
        var out: [Out] = []
        if now != .max { core.advance(to: now) }
        while true {
            let slot = core.queue.popDue(now)
            guard slot != SlotArena.none else { return out }
            core.willTransmit(slot)
            let meta = core.arena.meta[Int(slot)]
            out.append(Out(port: Int(meta.outPort), at: meta.deliverAt, bytes: Array(core.arena.packet(slot))))
            core.didTransmit(slot, accepted: true)
        }
    }

    /// Everything in the fault log so far, as its file would hold it.
    func logText() -> String {
        var bytes: [UInt8] = []
        while let record = ring.output.next() {
            if record.kind == .packet {
                format.append(record, to: &bytes)
            } else if record.kind == .triggered {
                triggered.append(Int(record.fault))
            } else {
                phases.append((Int(record.fault), record.kind == .phaseBegan, record.timeUs))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fault log as the judge reads it.
    func log() throws -> [FaultLogEntry] {
        try logText().split(separator: "\n").map {
            try JSONDecoder().decode(FaultLogEntry.self, from: Data($0.utf8))
        }
    }

    /// Every packet in has one fate, and no slot is lost.
    var isBalanced: Bool {
        let report = core.report()
        return report.slotsLeaked == 0
            && report.packetsIn + report.packetsDuplicated + report.packetsMade
                == report.packetsForwarded + report.packetsDropped + report.packetsHeld
    }
}

/// Faults as a scenario would say them.
enum Faults {
    static let nowhere = SourceLocation(file: "test.yaml", line: 1, column: 1)

    /// A value as YAML's flow style writes it: `5%`, `{from: 1%, to: 2%}`, `[1, 2]`.
    static func value(_ text: String) -> ScenarioValue {
        let text = text.trimmingCharacters(in: .whitespaces)
        func parts(_ inner: Substring) -> [String] {
            var parts: [String] = []
            var depth = 0
            var current = ""
            for character in inner {
                if "[{".contains(character) { depth += 1 }
                if "]}".contains(character) { depth -= 1 }
                if character == ",", depth == 0 {
                    parts.append(current)
                    current = ""
                } else {
                    current.append(character)
                }
            }
            if !current.trimmingCharacters(in: .whitespaces).isEmpty { parts.append(current) }
            return parts
        }
        if text.hasPrefix("{") {
            let entries = parts(text.dropFirst().dropLast()).map { part -> ScenarioValue.Entry in
                let pair = part.split(separator: ":", maxSplits: 1).map(String.init)
                let key = pair[0].trimmingCharacters(in: .whitespaces)
                return ScenarioValue.Entry(key: key, keyLocation: nowhere, value: value(pair.count > 1 ? pair[1] : "~"))
            }
            return ScenarioValue(location: nowhere, content: .mapping(entries))
        }
        if text.hasPrefix("[") {
            return ScenarioValue(
                location: nowhere, content: .sequence(parts(text.dropFirst().dropLast()).map { value($0) }))
        }
        return ScenarioValue(location: nowhere, content: .scalar(.init(text: text)))
    }

    /// A fault on a timeline.
    static func timeline(
        _ settings: KeyValuePairs<String, String>, id: String = "fault-0", at: Duration = .zero,
        for length: Duration? = nil, every: Duration? = nil, direction: Direction? = nil, node: Int? = nil,
        do actions: [String] = []
    ) -> FaultSpec {
        FaultSpec(
            id: id, location: nowhere, trigger: .timeline(at: at, for: length, every: every), direction: direction,
            node: node, settings: settings.map { .init(keyword: $0.key, value: value($0.value)) },
            actions: actions.map(action))
    }

    /// A fault that a message triggers.
    static func message(
        _ kind: MessageMatch.Kind, _ api: String, _ selection: MessageMatch.Selection, do actions: [String],
        id: String = "fault-0", node: Int? = nil, change: (inout MessageMatch) -> Void = { _ in }
    ) -> FaultSpec {
        var match = MessageMatch(kind: kind, api: api, selection: selection)
        change(&match)
        return FaultSpec(
            id: id, location: nowhere, trigger: .message(match), node: node, actions: actions.map(action))
    }

    private static func action(_ text: String) -> FaultSpec.Action {
        let pair = text.split(separator: ":", maxSplits: 1).map(String.init)
        return FaultSpec.Action(keyword: pair[0], value: pair.count > 1 ? value(pair[1]) : nil)
    }
}

/// Packets between the client and broker nodes.
enum Packets {
    static func tcp(
        up: Bool = true, node: UInt8 = 1, sequence: UInt32 = 1, acknowledgement: UInt32 = 1,
        flags: TCPSegment.Flags = [.ack], data: [UInt8] = [], port: UInt16 = 40_000
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 40 + data.count)
        let client: [UInt8] = [198, 18, 0, 1]
        let server: [UInt8] = [198, 18, node, 1]
        bytes[0] = 0x45
        bytes[6] = 0x40
        bytes[8] = 64
        bytes[9] = 6
        bytes.replaceSubrange(12..<20, with: up ? client + server : server + client)
        let ports = up ? (port, UInt16(9092)) : (UInt16(9092), port)
        bytes.replaceSubrange(20..<24, with: big(UInt32(ports.0) << 16 | UInt32(ports.1)))
        bytes.replaceSubrange(24..<28, with: big(sequence))
        bytes.replaceSubrange(28..<32, with: big(acknowledgement))
        bytes[32] = 0x50
        bytes[33] = flags.rawValue
        bytes[34] = 0x40
        bytes.replaceSubrange(40..., with: data)
        let total = bytes.count
        bytes.withUnsafeMutableBytes { IPv4Mutation.setTotalLength(total, $0) }
        return bytes
    }

    static func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    /// A Kafka request with its length field and a body of zeroes.
    static func request(api: Int16 = 0, version: Int16 = 7, correlation: Int32, body: Int = 20) -> [UInt8] {
        big(UInt32(8 + body)) + big(UInt32(UInt16(bitPattern: api)) << 16 | UInt32(UInt16(bitPattern: version)))
            + big(UInt32(bitPattern: correlation)) + [UInt8](repeating: 7, count: body)
    }

    static func response(correlation: Int32, body: Int = 20) -> [UInt8] {
        big(UInt32(4 + body)) + big(UInt32(bitPattern: correlation)) + [UInt8](repeating: 9, count: body)
    }

    /// Data, sequence number and flags of a packet.
    static func parts(_ bytes: [UInt8]) throws -> (
        sequence: UInt32, data: [UInt8], flags: TCPSegment.Flags, valid: Bool
    ) {
        try bytes.withUnsafeBytes {
            let packet = try IPv4Packet($0)
            let segment = try TCPSegment(packet.payload)
            return (
                segment.sequence, Array(segment.payload), segment.flags,
                packet.hasValidHeaderChecksum && segment.hasValidChecksum(in: packet)
            )
        }
    }
}
