extension Cause {
    /// The broker's process stood still: its kernel acknowledges and accepts connections, and nobody ….
    static let brokerPaused = Cause(
        id: "broker-paused",
        says: "The broker's process stood still: its kernel acknowledges and accepts connections, "
            + "and nobody answers.",
        effect: .delay,
        rules: [
            Rule(.decides, "the host acknowledged, and no message came for seconds") { file in
                when(
                    file.path(\.idleSilence) == nil && file.path(\.queued) == nil && file.path(\.resentOften) == nil,
                    file.path(\.paused))
            },
            Rule(.decides, "a new connection was made, and not even ApiVersions was answered on it") {
                $0.saw(.handshakeTimedOut)
            },
            Rule(.strong, "requests ran out of time in several rounds, some of them sent in part") { file in
                when(!file.hasCapture, file.saw(.partiallySent))
            },
            Rule(.doubts, " answers were on the way and lost, or came too late") { $0.lateAnswers },
            Rule(.excludes, "long segments vanish") { $0.found("path_mtu_black_hole") },
        ],
        follows: ["not-enough-replicas", "idle-connection-dropped", "request-timeout-too-low"],
        lookAlikes: ["bandwidth-cap", "packet-loss"],
        decidedBy: "a capture at the client: tcpdump -i any -s 200 -w incident.pcap port 9092, then "
            + "crosswind diagnose with it (acknowledged and not answered: the broker; sent again "
            + "both ways: loss; a queue: bandwidth)",
        changes: { file in
            (file.setting("request.timeout.ms")?.number ?? 30_000) < 10_000
                ? [Change("request.timeout.ms", "30000", "lets a pause of some seconds pass without a reconnect")] : []
        },
        steps: [
            "Find what stopped the process: gc.log, a frozen disk, swap, a paused virtual "
                + "machine. Its own log has a hole and no error."
        ],
        folk: [
            inFlightOne, FolkFix("acks=1", "the broker does not answer at all"),
            FolkFix("retries=0", "gives up what was written"),
            FolkFix("api.version.request=false", "\"broker version < 0.10\" is a guess of the log"), idempotenceOn,
        ],
        check: "With idempotence nothing is twice; without it look for copies around the pause.",
        proof: .incident)
}
