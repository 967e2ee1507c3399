import EvidenceModel
import ScenarioModel

/// A bottleneck: packets leave one after another at a rate, and those that find the queue full are lost (drop-tail), or
/// CoDel drops them when they have waited for too long.
///
/// Each packet's end of transmission is worked out when it arrives, so nothing has to run while it waits. Rates count
/// whole IP packets, and an `overhead` for each where one is given.
struct Rate: Impairment, ~Copyable {
    /// How the queue is kept short.
    enum Discipline: String, CaseIterable {
        case dropTail = "drop-tail"
        case codel
    }

    let bitsPerSecond: Ramp
    let discipline: Discipline
    let mtu: Int
    /// Bytes that each packet takes on the wire beside its own.
    let overhead: Int
    /// CoDel marks packets that may be marked in place of dropping them (RFC 8289, section 5.4).
    let marks: Bool
    var queue: BottleneckQueue
    var codel = CoDel()

    mutating func apply(to packet: inout PacketInTransit) {
        let length = packet.bytes.count + overhead
        guard let start = queue.admit(bytes: length, at: packet.time) else {
            packet.drop()
            return
        }
        let rate = max(bitsPerSecond.value(at: packet.elapsed), 1)
        if discipline == .codel {
            let target = max(CoDel.targetNs, Double(mtu) * 8e9 / rate)
            if codel.drops(now: start, sojourn: start - Double(packet.time), target: target) {
                guard marks, packet.markCongestion() else {
                    packet.drop()
                    return
                }
            }
        }
        let finish = start + Double(length) * 8e9 / rate
        queue.commit(bytes: length, finish: finish)
        packet.hold(Int64(finish) - packet.time, as: .queue)
    }
}

extension ImpairmentKind {
    /// `rate: 10Mbit/s, queue: 100` (packets) or `queue: 64KB`, and `discipline: codel`.
    static let rate = ImpairmentKind(
        name: "rate",
        keywords: [
            FaultKeyword(
                "rate", role: .impairment, summary: "bits per second through a bottleneck with a finite queue",
                effects: ["rate"], validate: { try Ramp.validate($0) { Double(try $0.bitRate()) } }),
            FaultKeyword(
                "queue", role: .modifier, summary: "what the bottleneck's queue holds, in packets or bytes",
                modifies: ["rate", "trace"], validate: { _ = try QueueLimit($0) }),
            FaultKeyword(
                "discipline", role: .modifier, summary: "how the queue is kept short: drop-tail or codel",
                modifies: ["rate"], validate: { _ = try readDiscipline($0) }),
            FaultKeyword(
                "ecn", role: .modifier,
                summary: "codel marks packets of ECN-capable connections in place of dropping them",
                effects: ["mark"], modifies: ["discipline"], validate: { _ = try $0.bool() }),
            FaultKeyword(
                "overhead", role: .modifier,
                summary: "bytes that each packet takes beside its own, as frames and cells do",
                modifies: ["rate"], validate: { _ = try $0.byteCount(in: 0...1000) }),
        ],
        make: { settings in
            guard let value = settings["rate"] else { return nil }
            return Rate(
                bitsPerSecond: try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { Double(try $0.bitRate()) },
                discipline: try settings["discipline"].map(readDiscipline) ?? .dropTail, mtu: settings.mtu,
                overhead: try settings["overhead"]?.byteCount(in: 0...1000) ?? 0,
                marks: try settings["ecn"]?.bool() ?? false,
                queue: try BottleneckQueue(limit: try settings["queue"].map(QueueLimit.init) ?? .standard))
        })

    @Sendable private static func readDiscipline(_ value: ScenarioValue) throws -> Rate.Discipline {
        let word = try value.choice(of: Rate.Discipline.allCases.map(\.rawValue))
        return Rate.Discipline(rawValue: word) ?? .dropTail
    }
}
