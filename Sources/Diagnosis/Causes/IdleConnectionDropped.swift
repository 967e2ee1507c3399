extension Cause {
    /// A NAT, firewall or load balancer forgot an idle connection; what is sent on it is never ….
    static let idleConnectionDropped = Cause(
        id: "idle-connection-dropped",
        says: "A NAT, firewall or load balancer forgot an idle connection; what is sent on it is "
            + "never answered, and a new one works.",
        effect: .delay,
        rules: [
            Rule(.decides, "the connection was idle, and then nothing on it was answered") { $0.path(\.idleSilence) },
            Rule(.strong, "a pause, then requests ran out of time") { $0.timedOutAfterPause },
            Rule(.supports, "the application says that it was idle") { file in
                both(file.saw(.idle), file.saw(.produceTimedOut))
            },
            Rule(.supports, "somebody speaks of pauses, a NAT or a load balancer") { file in
                both(file.complains(.idle), file.saw(.produceTimedOut) ?? file.path(\.idleSilence))
            },
            Rule(.hints, "idle connections are kept for long") {
                $0.isSet("connections.max.idle.ms", in: 300_000...86_400_000)
                    ?? $0.isSet("connections.max.idle.ms", "0", "-1")
            },
            Rule(.doubts, " new connections are not answered either") { $0.saw(.handshakeTimedOut) },
            Rule(.doubts, " the capture shows no idle connection") { file in
                when(file.hasCapture && file.path(\.idleSilence) == nil)
            },
        ],
        changes: { file in
            [
                Change(
                    "connections.max.idle.ms", file.client == .librdkafka ? "45000" : "15000",
                    "below the idle timeout of what stands between")
            ]
                + (file.client == .librdkafka
                    ? [Change("socket.keepalive.enable", "true", "with the kernel's tcp_keepalive_time below it")] : [])
                + ((file.setting("delivery.timeout.ms")?.number ?? 120_000) < 120_000
                    ? [Change("delivery.timeout.ms", "120000", "one dead connection uses up a request timeout")] : [])
        },
        folk: [
            FolkFix("delivery.timeout.ms alone", "the dead connection is found no sooner"), requestTimeout60,
            moreRetries, inFlightOne, acksOne,
        ],
        check: "What ran out of time on the dead connection was never received; retries of it are no "
            + "copies with idempotence.",
        proof: .scenario("Scenarios/faults/blackhole.yaml"))
}
