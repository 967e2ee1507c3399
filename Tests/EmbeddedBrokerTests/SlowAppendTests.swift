import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// What slow appends slow, and what they do not.
@Suite struct SlowAppendTests {
    private func elapsed(_ body: () throws -> Void) rethrows -> Duration {
        try ContinuousClock().measure(body)
    }

    @Test func answersToProduceComeLaterAndNoOthers() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        _ = try connection.produce(TestCluster.batch(["a"]))
        // Long enough that a machine that is busy is not taken for it.
        let delay = Duration.seconds(3)
        cluster.cluster.slowAppends(delayMs: 3000)
        let slow = try elapsed { _ = try connection.produce(TestCluster.batch(["b"])) }
        #expect(slow >= delay)
        let other = try elapsed { _ = try connection.metadata(topics: ["t"]) }
        #expect(other < delay)
        cluster.cluster.slowAppends(delayMs: 0)
        let fast = try elapsed { _ = try connection.produce(TestCluster.batch(["c"])) }
        #expect(fast < delay)
        #expect(try cluster.read().batches.count == 3)
    }

    /// No delay at all, however absurd the number that asks for it.
    @Test func aDelayBelowZeroIsNone() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        cluster.cluster.slowAppends(delayMs: .min)
        let connection = try cluster.connect()
        #expect(try connection.produce(TestCluster.batch(["a"])).errorCode == 0)
    }
}
