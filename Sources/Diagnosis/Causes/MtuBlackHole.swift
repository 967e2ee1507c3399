extension Cause {
    /// Full-sized packets vanish on the way without a word; small ones pass.
    static let mtuBlackHole = Cause(
        id: "mtu-black-hole",
        says: "Full-sized packets vanish on the way without a word; small ones pass.",
        effect: .loss,
        rules: [
            Rule(.decides, "long segments were never acknowledged while shorter ones were") {
                $0.found("path_mtu_black_hole")
            },
            Rule(
                .strong,
                "every Produce request ran out of time, on one connection after the other, while "
                    + "metadata was answered"
            ) { $0.onlyProduceTimesOut },
            Rule(.supports, "somebody speaks of a tunnel or a VPN") { file in
                both(file.complains(.tunnel), file.saw(.produceTimedOut))
            },
        ],
        steps: [
            "Lower the interface's MTU to what the tunnel carries (ping -M do -s 1272 HOST), "
                + "clamp the MSS on the tunnel, or let ICMP \"fragmentation needed\" through; "
                + "net.ipv4.tcp_mtu_probing=1 on the client's host."
        ],
        folk: [
            requestTimeout60, FolkFix("delivery.timeout.ms higher", "large segments never arrive"), moreRetries,
            FolkFix("batch.size lower", "one record of more than a packet is enough; a crutch"),
            FolkFix("security.protocol", "small requests are answered"),
        ],
        check: "No record arrived whole; nothing can be twice.",
        proof: .scenario("Scenarios/faults/mtu.yaml"))
}
