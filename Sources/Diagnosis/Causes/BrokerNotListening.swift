extension Cause {
    /// The host answers and nothing listens on the port: the broker is not running there, or the port ….
    static let brokerNotListening = Cause(
        id: "broker-not-listening",
        says: "The host answers and nothing listens on the port: the broker is not running there, "
            + "or the port is wrong.",
        effect: .refused,
        rules: [
            Rule(.strong, "connections are refused, and none was ever made") { file in
                when(
                    file.nothingDelivered && file.sawNone(.metadataAnswered, .producerIDGiven),
                    file.saw(.connectRefused))
            },
            Rule(.excludes, "the address is that of a node, which metadata gave") { $0.namedNodeFails },
            Rule(.supports, "SYNs are answered with a reset") { file in
                when(file.nothingDelivered, file.path(\.refused))
            },
            Rule(.doubts, " connections are not set up at all") { $0.saw(.connectTimedOut) },
        ],
        lookAlikes: ["advertised-listener-unreachable"],
        decidedBy: "on the broker's host: ss -ltnp | grep PORT",
        steps: ["Start the broker, or correct the port in bootstrap.servers."],
        folk: [
            requestTimeout60, moreRetries, FolkFix("reconnect.backoff.ms", "nobody listens, however often it is tried"),
            FolkFix("firewall rules", "a firewall that drops gives no refusal"),
        ],
        check: "Nothing was sent.",
        proof: .scenario("Scenarios/faults/refuse.yaml"))
}
