/// What makes a cause show itself: a broker, a load, faults, and what is expected of both halves.
struct ProofPlan: Sendable {
    var broker = "{ kind: embedded, release: \"4.3\", topics: [{ name: orders, partitions: 3 }] }"
    var workload = "{ records: 6000, rate: 1000/s, size: 200B }"
    var faults: [String]
    var asFound: String
    var withFix = "survives: true"
    var timeoutS = 50
    /// What the fix needs beside its own properties to be seen in a short run.
    var alsoWithFix: [Change] = []

    private static let onePartition = "{ kind: embedded, release: \"4.3\", topics: [{ name: orders, partitions: 1 }] }"
    private static let slow = "{ records: 400, rate: 120/s, size: 200B }"

    /// The plan for a cause; nil for one that no link and no broker of ours can show.
    static func plan(for id: String, _ file: CaseFile) -> ProofPlan? {
        switch id {
        case "idempotence-off", "application-resend":
            return ProofPlan(
                faults: ["{ on: { response: Produce, nth: [20, 60] }, do: [drop, reset] }"],
                asFound: "duplicates: \"> 0\"",
                withFix: "duplicates: 0, lost: 0")
        case "acks-too-lenient": return acks
        case "in-flight-reordering": return order
        case "delivery-timeout-too-low", "client-stalled-after-reset": return outage(file)
        case "request-timeout-too-low": return slowAnswers(file)
        case "retries-zero", "retries-too-few", "sequence-gap-after-expiry", "librdkafka-desync-before-2.3":
            return ProofPlan(
                broker: onePartition, workload: "{ records: 6000, rate: 2000/s, size: 200B }",
                faults: ["{ on: { request: Produce, nth: [150, 151] }, do: [drop, reset] }"],
                asFound: "failed: \"> 0\"", withFix: "failed: 0, lost: 0")
        case "broker-window-of-one":
            return ProofPlan(
                broker: "{ kind: embedded, release: \"0.11\", topics: [{ name: orders, partitions: 1 }] }",
                workload: slow,
                faults: lostAcks, asFound: "error_codes.45: \"> 0\"", withFix: "error_codes.45: 0")
        case "broker-forgot-window":
            return ProofPlan(
                broker: onePartition, workload: slow,
                faults: [
                    "{ at: 1s, for: 600ms, direction: brokerToClient, partition: true }",
                    "{ at: 1300ms, do: [{ restart: clean }] }", "{ at: 1400ms, do: [reset] }",
                ], asFound: "error_codes.45: \"> 0\"", withFix: "error_codes.45: 0")
        default: return network(id)
        }
    }

    private static let lostAcks = [
        "{ at: 1s, for: 300ms, direction: brokerToClient, partition: true }", "{ at: 1200ms, do: [reset] }",
    ]

    private static let acks = ProofPlan(
        broker: "{ kind: embedded, release: \"4.3\", nodes: 3, topics: [{ name: orders, partitions: 3, replicas: 3, "
            + "config: { min.insync.replicas: 2 } }], config: { broker.session.timeout.ms: 500, "
            + "replica.lag.time.max.ms: 5000 } }",
        workload: "{ records: 24000, rate: 4000/s, size: 200B }",
        faults: [
            "{ at: 500ms, for: 3500ms, node: 1, do: [isolate] }", "{ at: 2s, for: 1500ms, node: 1, do: [kill] }",
        ], asFound: "lost: \"> 0\"", withFix: "lost: 0, duplicates: 0")

    private static let order = ProofPlan(
        broker:
            "{ kind: embedded, release: \"4.3\", nodes: 3, topics: [{ name: orders, partitions: 1, replicas: 3 }] }",
        workload: "{ records: 70, rate: 10/s, size: 200B }",
        // A round trip of 320 ms with three requests in flight; the leader is away for one of them.
        faults: [
            "{ during: always, delay: 160ms }", "{ at: 3s, do: [{ move-leader: 2 }] }",
            "{ at: 3160ms, do: [{ move-leader: 1 }] }",
        ], asFound: "reordered: \"> 0\"", withFix: "reordered: 0, lost: 0, duplicates: 0")

    /// An outage a little longer than the user's delivery timeout, of a minute at most.
    private static func outage(_ file: CaseFile) -> ProofPlan? {
        let timeout = file.setting("delivery.timeout.ms")?.number ?? 0
        guard timeout > 0, timeout <= 20_000 else { return nil }
        let outageMs = timeout + 2_500
        let seconds = outageMs / 1000 + 6
        return ProofPlan(
            workload: "{ records: \(seconds * 200), rate: 200/s, size: 200B }",
            faults: ["{ at: 1s, for: \(outageMs)ms, partition: true }"], asFound: "failed: \"> 0\"",
            withFix: "failed: 0, lost: 0", timeoutS: seconds + 40)
    }

    /// Answers that take half as long again as the user's timer.
    private static func slowAnswers(_ file: CaseFile) -> ProofPlan? {
        let name = file.client == .librdkafka ? "socket.timeout.ms" : "request.timeout.ms"
        guard let timer = file.setting(name)?.number, timer > 0, timer <= 5_000 else { return nil }
        return ProofPlan(
            workload: "{ records: 1600, rate: 200/s, size: 200B }",
            faults: ["{ at: 1s, for: \(timer * 3 + 1_000)ms, direction: brokerToClient, delay: \(timer * 3 / 2)ms }"],
            asFound: file.isIdempotent == false ? "duplicates: \"> 0\"" : "retried_batches: \"> 0\"",
            withFix: "retried_batches: 0, duplicates: 0, lost: 0")
    }

    private static func network(_ id: String) -> ProofPlan? {
        switch id {
        case "mtu-black-hole":
            return ProofPlan(
                faults: ["{ at: 500ms, for: 20s, mtu: 1000B }"], asFound: "survives: false", timeoutS: 60)
        default: return nil
        }
    }
}
