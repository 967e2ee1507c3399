extension Cause {
    /// The load is above the rate of the link: the queue grows, nothing is lost.
    static let bandwidthCap = Cause(
        id: "bandwidth-cap",
        says: "The load is above the rate of the link: the queue grows, nothing is lost.",
        effect: .delay,
        rules: [
            Rule(.decides, "segments wait longer and longer, and none is lost") { $0.path(\.queued) },
            Rule(.strong, "the client's queue and the answers' time grow, and nothing fails") { $0.queueGrows },
            Rule(.strong, "requests ran out of time in several rounds, some of them sent in part") { file in
                when(!file.hasCapture, file.saw(.partiallySent))
            },
            Rule(.hints, "requests were cut off in the middle of being sent: the send buffer was full") { file in
                when(!file.hasCapture, file.saw(.partiallySent))
            },
            Rule(.doubts, " packets are lost on the way") { $0.path(\.resentOften) },
            Rule(.excludes, "a small send buffer explains it") {
                $0.isSet("send.buffer.bytes", in: 1...65_535) ?? $0.isSet("socket.send.buffer.bytes", in: 1...65_535)
            },
        ],
        follows: ["socket-buffer-too-small", "pipelining-limit", "quota-throttled", "mtu-black-hole"],
        lookAlikes: ["packet-loss", "broker-paused"],
        decidedBy: "a capture at the client: tcpdump -i any -s 200 -w incident.pcap port 9092, then "
            + "crosswind diagnose with it (a queue and nothing lost: bandwidth; sent again both "
            + "ways: loss; acknowledged and not answered: the broker)",
        changes: { _ in
            [
                Change("compression.type", "zstd", "fewer bytes for the same records"),
                Change("linger.ms", "100", "larger batches compress better"),
            ]
        },
        cost: "processor time for the codec; linger delays a record by as much",
        folk: [
            FolkFix("max.in.flight.requests.per.connection higher", "the link is the limit, not the window"),
            inFlightOne, FolkFix("buffer.memory higher", "the queue only gets longer"), requestTimeout60,
            FolkFix("send.buffer.bytes higher", "the queue moves into the kernel"),
        ],
        check: "Nothing is lost unless records ran out of time.",
        proof: .scenario("Scenarios/faults/rate.yaml"))
}
