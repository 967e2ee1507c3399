import ScenarioModel

/// Nothing passes. With a direction it is a one-way partition, with a node that node alone is cut off.
struct Partition: Impairment {
    func apply(to packet: inout PacketInTransit) { packet.drop() }
}

extension ImpairmentKind {
    /// `partition: true`.
    static let partition = ImpairmentKind(
        name: "partition",
        keywords: [
            FaultKeyword(
                "partition", role: .impairment, summary: "nothing passes, in the fault's direction",
                effects: ["partition"], validate: { _ = try $0.bool() })
        ],
        make: { settings in try settings["partition"]?.bool() == true ? Partition() : nil })
}
