extension Cause {
    /// Leaders move again and again (6); the client follows each time.
    static let leaderChurn = Cause(
        id: "leader-churn",
        says: "Leaders move again and again (6); the client follows each time.",
        effect: .none,
        needs: [
            Rule(.strong, "error 6, again and again") {
                $0.saw(.notLeader, rounds: 3) ?? $0.saw(.brokerLeaderMoved, rounds: 3)
            }
        ],
        rules: [
            Rule(.hints, "somebody speaks of moving leaders") { $0.complains(.rebalance) },
            Rule(.doubts, " sequence errors came of it") { $0.saw(.outOfOrder) ?? $0.answered(45) },
            Rule(.doubts, " one node after the other was restarted, and nothing failed") { $0.rollingRestart },
        ],
        follows: [
            "epoch-bump-duplicate", "in-flight-reordering", "new-topic-race", "not-enough-replicas", "broker-restart",
        ],
        steps: [
            "Find what moves the leaders (a rebalancer, a flapping node) and throttle it; the "
                + "producer follows by itself."
        ],
        folk: [
            FolkFix("metadata.max.age.ms lower", "the error itself refreshes the metadata"),
            FolkFix("retries=0", "gives records up"), requestTimeout60, inFlightOne,
        ],
        check: "With idempotence nothing is lost, twice or out of order.",
        proof: .scenario("Scenarios/incidents/leader-flap.yaml"))
}
