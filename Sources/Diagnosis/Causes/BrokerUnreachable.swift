extension Cause {
    /// Nothing answers a SYN: a firewall or a security group drops the port, or no route leads there.
    static let brokerUnreachable = Cause(
        id: "broker-unreachable",
        says: "Nothing answers a SYN: a firewall or a security group drops the port, or no route "
            + "leads there.",
        effect: .refused,
        rules: [
            Rule(.decides, "SYNs were sent and nothing came back") { file in
                when(file.nothingDelivered, file.path(\.synUnanswered))
            },
            Rule(.strong, "connections are not even set up") { $0.saw(.connectTimedOut) },
            Rule(.excludes, "the address is that of a node, which metadata gave") { $0.namedNodeFails },
            Rule(.supports, "and none ever was") { file in
                when(file.sawNone(.metadataAnswered, .producerIDGiven), file.saw(.connectTimedOut))
            },
            Rule(.doubts, " it answered before or after") { file in
                when(
                    file.somethingDelivered && file.delivered != 0 && file.wires.isEmpty
                        && file.record(.noBrokers) == nil)
            },
            Rule(.excludes, "the port is open: the connection is made and then not answered") {
                $0.saw(.handshakeTimedOut)
            },
        ],
        lookAlikes: ["advertised-listener-unreachable"],
        decidedBy: "from the client's host: nc -vz -w 3 HOST PORT (no answer: dropped on the way; "
            + "refused: nobody listens)",
        steps: [
            "Open the port on the way: firewall, security group, network policy, route. A host "
                + "without a listener would answer with a reset."
        ],
        folk: [
            FolkFix("socket.connection.setup.timeout.ms higher", "nothing answers later either"),
            FolkFix("delivery.timeout.ms higher", "the same"),
            FolkFix("advertised.listeners", "the bootstrap address itself does not answer"),
            FolkFix("security.protocol", "no byte was exchanged"),
        ],
        check: "Nothing was sent.",
        proof: .scenario("Scenarios/faults/partition.yaml"))
}
