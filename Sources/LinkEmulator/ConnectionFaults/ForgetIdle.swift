import ScenarioModel

/// Forgets connections that were idle for too long, as a NAT or a stateful firewall does whose entry has run out: the next
/// packet of such a connection, in either direction, and every one after it is lost. Some say nothing, others answer
/// whoever sends with a reset.
struct ForgetIdle: ConnectionFault {
    /// Longest time without a packet, nanoseconds. Keepalive probes and acknowledgements are packets, too.
    let afterNs: Int64
    let tellsSender: Bool

    func decide(_ packet: ConnectionPacket) -> ConnectionDecision {
        packet.isForgotten || packet.idleNs > afterNs ? .forget(tellsSender: tellsSender) : .pass
    }
}

extension ConnectionFaultKind {
    /// `forget-idle: 5s`, `forget-idle: { after: 5s, then: reset }`.
    static let forgetIdle = ConnectionFaultKind(
        name: "forget-idle",
        keywords: [
            FaultKeyword(
                "forget-idle", role: .impairment,
                summary:
                    "connections idle for longer are forgotten, as by a NAT: 5s, or { after: 5s, then: drop or reset }",
                effects: ["forget-idle"], validate: { _ = try readIdle($0) })
        ],
        make: { settings in try settings["forget-idle"].map(readIdle) })

    @Sendable private static func readIdle(_ value: ScenarioValue) throws -> ForgetIdle {
        let range = Duration.milliseconds(1)...Duration.seconds(86_400)
        guard case .mapping = value.content else {
            return ForgetIdle(afterNs: try value.nanoseconds(in: range), tellsSender: false)
        }
        try value.requireKnownKeys(["after", "then"])
        return ForgetIdle(
            afterNs: try value.required("after").nanoseconds(in: range),
            tellsSender: try value["then"]?.choice(of: ["drop", "reset"]) == "reset")
    }
}
