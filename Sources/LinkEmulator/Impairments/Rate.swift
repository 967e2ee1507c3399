import ScenarioModel

/// A bottleneck: packets leave one after another at a rate, and those that find the queue full are lost (drop-tail).
///
/// Each packet's end of transmission is worked out when it arrives, so nothing has to run while it waits. Rates count
/// whole IP packets.
struct Rate: Impairment {
    let bitsPerSecond: Ramp
    var queue: BottleneckQueue

    func free() { queue.free() }

    mutating func apply(to packet: inout PacketInTransit) {
        let length = packet.bytes.count
        guard let start = queue.admit(bytes: length, at: packet.time) else {
            packet.drop()
            return
        }
        let rate = max(bitsPerSecond.value(at: packet.elapsed), 1)
        let finish = start + Double(length) * 8e9 / rate
        queue.commit(bytes: length, finish: finish)
        packet.hold(Int64(finish) - packet.time, as: .queue)
    }
}

extension ImpairmentKind {
    /// `rate: 10Mbit/s, queue: 100` (packets) or `queue: 64KB`.
    static let rate = ImpairmentKind(
        name: "rate",
        keywords: [
            FaultKeyword(
                "rate", role: .impairment, summary: "bits per second through a bottleneck with a finite queue",
                effects: ["rate"], validate: { try Ramp.validate($0) { Double(try $0.bitRate()) } }),
            FaultKeyword(
                "queue", role: .modifier, summary: "what the bottleneck's queue holds, in packets or bytes",
                modifies: ["rate"], validate: { _ = try QueueLimit($0) }),
        ],
        make: { settings in
            guard let value = settings["rate"] else { return nil }
            return Rate(
                bitsPerSecond: try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { Double(try $0.bitRate()) },
                queue: try BottleneckQueue(limit: try settings["queue"].map(QueueLimit.init) ?? .standard))
        })
}
