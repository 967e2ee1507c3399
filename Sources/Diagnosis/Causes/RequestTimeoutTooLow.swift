extension Cause {
    /// The client's timer is shorter than the broker's usual time, so every request is sent again and ….
    static let requestTimeoutTooLow = Cause(
        id: "request-timeout-too-low",
        says: "The client's timer is shorter than the broker's usual time, so every request is sent "
            + "again and again.",
        effect: .duplicates,
        needs: [
            Rule(.hints, "requests run out of time again and again") { $0.saw(.produceTimedOut, rounds: 3) }
        ],
        rules: [
            Rule(.strong, "the timer is short, and the broker answers in between") { file in
                when(
                    file.somethingDelivered,
                    file.isSet(file.client == .librdkafka ? "socket.timeout.ms" : "request.timeout.ms", in: 1...4_999))
            },
            Rule(.supports, "it is below a second") {
                $0.isSet("request.timeout.ms", in: 1...1_000) ?? $0.isSet("socket.timeout.ms", in: 1...1_000)
            },
            Rule(.supports, "without idempotence every try is another copy") { $0.notIdempotent },
            Rule(
                .doubts,
                "the connection setup or other requests run out of time too: the broker does not "
                    + "answer at all"
            ) { $0.saw(.handshakeTimedOut, .connectTimedOut) },
        ],
        follows: ["mtu-black-hole", "broker-paused", "idle-connection-dropped", "application-resend"],
        changes: { file in
            [
                Change(
                    file.client == .librdkafka ? "socket.timeout.ms" : "request.timeout.ms",
                    file.client == .librdkafka ? "60000" : "30000", "the default; above the broker's slowest answer")
            ] + (file.isIdempotent == false ? [Change("enable.idempotence", "true", "a retry is then no copy")] : [])
        },
        cost: "a dead connection is noticed later",
        folk: [
            inFlightOne, acksAll, FolkFix("retries higher", "every retry is another copy"),
        ],
        check: "Count the offsets at which one key and value stands.",
        proof: .scenario("Scenarios/causes/request-timeout-clients.yaml"))
}
