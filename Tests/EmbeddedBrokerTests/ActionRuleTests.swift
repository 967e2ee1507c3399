import EmbeddedBroker
import Foundation
import KafkaWire
import RawClient
import Testing

/// What actions and settings of a broker change in its log, each beside what they leave as it is.
@Suite struct ActionRuleTests {
    private func start(_ connection: RawConnection) throws -> Int64 {
        try connection.offset(topic: "t", partition: 0, timestamp: -2)
    }

    @Test func retentionDeletesWhatIsOldAndNothingElse() throws {
        let cluster = try TestCluster(
            topics: [.init(name: "t", properties: ["retention.ms": "3600000"])],
            properties: ["log.retention.check.interval.ms": "50", "log.initial.task.delay.ms": "0"])
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        let nowMs = Int64(Date().timeIntervalSince1970 * 1000)
        _ = try connection.produce(TestCluster.batch(["new"], timestamp: nowMs))

        let other = try TestCluster(
            topics: [.init(name: "t", properties: ["retention.ms": "3600000"])],
            properties: ["log.retention.check.interval.ms": "50", "log.initial.task.delay.ms": "0"])
        defer { other.cluster.end() }
        let second = try other.connect()
        _ = try second.produce(TestCluster.batch(["old"], timestamp: nowMs - 2 * 3_600_000))
        let deadline = ContinuousClock.now + .seconds(10)
        while try start(second) == 0, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.02) }
        #expect(try start(second) == 1)
        // The first cluster has looked as often by now.
        #expect(try start(connection) == 0)
        #expect(try cluster.read().batches.count == 1)
    }

    @Test func theLogStartOnlyMovesForward() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        for value in ["a", "b", "c"] { _ = try connection.produce(TestCluster.batch([value])) }
        #expect(try connection.deleteRecords(topic: "t", partition: 0, before: 2).errorCode == 0)
        #expect(try start(connection) == 2)
        _ = try connection.deleteRecords(topic: "t", partition: 0, before: 1)
        #expect(try start(connection) == 2)
    }

    /// After it a producer is unknown, and 1.1 says so.
    @Test func expireProducersForgetsThem() throws {
        let cluster = try TestCluster(release: "1.1")
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        for sequence: Int32 in 0..<3 {
            let batch = TestCluster.batch(["\(sequence)"], producer: 7, sequence: sequence)
            #expect(try connection.produce(batch, version: 5).errorCode == 0)
        }
        cluster.cluster.expireProducers(topic: "another")
        #expect(
            try connection.produce(TestCluster.batch(["3"], producer: 7, sequence: 3), version: 5).errorCode == 0)
        cluster.cluster.expireProducers()
        #expect(
            try connection.produce(TestCluster.batch(["4"], producer: 7, sequence: 4), version: 5).errorCode == 59)
    }

    /// An orderly end gives the leaders away first; after a kill nobody leads until the session has run out.
    @Test func whoLeadsAfterAnEndDependsOnTheEnd() throws {
        for (how, isLed) in [(EmbeddedCluster.Stop.clean, true), (.kill, false)] {
            let cluster = try TestCluster(
                nodes: 2, topics: [.init(name: "t", partitions: 1, replicationFactor: 2)],
                properties: ["broker.session.timeout.ms": "60000"])
            defer { cluster.cluster.end() }
            let leader = try #require(cluster.cluster.leaders()["t-0"])
            try cluster.cluster.stop(node: leader, how)
            let now = cluster.cluster.leaders()["t-0"]
            #expect((now != leader && now != -1) == isLed, "\(how): \(String(describing: now))")
        }
    }

    /// An orderly end leaves a snapshot, by which producers are known again; 1.1 would say that it does not know them.
    @Test func producersAreKnownAfterAnOrderlyRestart() throws {
        let cluster = try TestCluster(release: "1.1")
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        // Producers expire by the time of their last batch.
        let nowMs = Int64(Date().timeIntervalSince1970 * 1000)
        for sequence: Int32 in 0..<3 {
            let batch = TestCluster.batch(["\(sequence)"], producer: 7, sequence: sequence, timestamp: nowMs)
            #expect(try connection.produce(batch, version: 5).errorCode == 0)
        }
        try cluster.cluster.restart(node: 1, .clean)
        let next = TestCluster.batch(["3"], producer: 7, sequence: 3, timestamp: nowMs)
        #expect(try cluster.connect().produce(next, version: 5).errorCode == 0)
    }

    /// A node that hangs is as good as gone when its session has run out.
    @Test func aPausedLeaderIsReplacedWhenItsSessionEnds() throws {
        let cluster = try TestCluster(
            nodes: 2, topics: [.init(name: "t", partitions: 1, replicationFactor: 2)],
            properties: ["broker.session.timeout.ms": "200"])
        defer { cluster.cluster.end() }
        let leader = try #require(cluster.cluster.leaders()["t-0"])
        try cluster.cluster.pause(node: leader)
        let deadline = ContinuousClock.now + .seconds(10)
        while cluster.cluster.leaders()["t-0"] == leader, ContinuousClock.now < deadline {
            Thread.sleep(forTimeInterval: 0.02)
        }
        #expect(cluster.cluster.leaders()["t-0"] != leader)
        try cluster.cluster.resume(node: leader)
    }

    /// A controller takes no broker back while its former session lasts.
    @Test func aNodeThatWasKilledTakesItsSessionToComeBack() throws {
        let one = try TestCluster()
        defer { one.cluster.end() }
        try one.cluster.stop(node: 1, .kill)
        #expect(one.cluster.restartTime(of: 1) == .seconds(9))
        try one.cluster.start(node: 1)
        try one.cluster.stop(node: 1, .clean)
        #expect(one.cluster.restartTime(of: 1) == .zero)

        // With several the controller lives on, and the session began to run out when the node went.
        let three = try TestCluster(nodes: 3, properties: ["broker.session.timeout.ms": "400"])
        defer { three.cluster.end() }
        try three.cluster.stop(node: 2, .kill)
        #expect(three.cluster.restartTime(of: 2) <= .milliseconds(400))
        let deadline = ContinuousClock.now + .seconds(10)
        while three.cluster.restartTime(of: 2) > .zero, ContinuousClock.now < deadline {
            Thread.sleep(forTimeInterval: 0.02)
        }
        #expect(three.cluster.restartTime(of: 2) == .zero)

        let set = try TestCluster(properties: ["crosswind.restart.ms": "250"])
        defer { set.cluster.end() }
        try set.cluster.stop(node: 1, .clean)
        #expect(set.cluster.restartTime(of: 1) == .milliseconds(250))
    }

    /// Metadata names a new topic's leaders before they know: they answer 6 until then, and readiness is told by them.
    @Test func aNewTopicIsServedLaterThanItIsNamed() throws {
        let cluster = try TestCluster(
            topics: [], properties: ["crosswind.topic.delay.ms": "300", "crosswind.coordinator.load.ms": "300"])
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        try connection.createTopic("t", partitions: 2)
        #expect(try connection.metadata(topics: ["t"]).topics.first?.partitions.map(\.leaderID) == [1, 1])
        #expect(try connection.produce(TestCluster.batch(["a"])).errorCode == 6)
        let reader = try cluster.reader()
        #expect(throws: RawClientError.self) { try reader.checkServed(topic: "t", partitions: 2) }
        #expect(throws: RawClientError.self) { try connection.initProducerID() }
        #expect(try connection.initProducerID(within: .seconds(10)).epoch == 0)
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? reader.checkServed(topic: "t", partitions: 2)) == nil, ContinuousClock.now < deadline {}
        #expect(try connection.produce(TestCluster.batch(["a"])).errorCode == 0)
        #expect(throws: RawClientError.self) { try reader.checkServed(topic: "t", partitions: 3) }
    }
}
