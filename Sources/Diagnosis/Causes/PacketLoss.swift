extension Cause {
    /// The way loses packets; TCP sends again, and answers come seconds late.
    static let packetLoss = Cause(
        id: "packet-loss",
        says: "The way loses packets; TCP sends again, and answers come seconds late.",
        effect: .delay,
        rules: [
            Rule(.decides, "segments were sent again at many places") { $0.path(\.resentOften) },
            Rule(.strong, "requests ran out of time in several rounds, some of them sent in part") { file in
                when(!file.hasCapture, file.saw(.partiallySent))
            },
            Rule(.excludes, "long segments vanish, short ones pass") { $0.found("path_mtu_black_hole") },
        ],
        lookAlikes: ["bandwidth-cap", "broker-paused"],
        decidedBy: "a capture at the client: tcpdump -i any -s 200 -w incident.pcap port 9092, then "
            + "crosswind diagnose with it (sent again both ways: loss; a queue and nothing lost: "
            + "bandwidth; acknowledged and not answered: the broker)",
        changes: { file in
            (file.setting("request.timeout.ms")?.number ?? 30_000) < 10_000
                ? [Change("request.timeout.ms", "30000", "not below what TCP needs to send again")] : []
        },
        steps: ["Find where packets are lost: mtr HOST, the radio link, the switch's counters."],
        folk: [
            inFlightOne, FolkFix("retry.backoff.ms lower", "TCP sends again by itself"), acksOne,
            FolkFix("compression.type", "packets are lost, not bytes"),
        ],
        check: "Nothing is lost unless records ran out of time.",
        proof: .scenario("Scenarios/faults/loss.yaml"))
}
