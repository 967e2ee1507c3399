import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// What a leader has acknowledged (acks=1) and consumers are not given yet, because a follower is away.
struct WatermarkTests {
    /// A cluster whose followers are paused, with `count` records that only the leader has.
    private func behind(_ count: Int, release: String = "4.3", sessionMs: Int = 9000) throws -> TestCluster {
        let cluster = try TestCluster(
            release: release, nodes: 3, topics: [.init(name: "t", replicationFactor: 3)],
            properties: ["broker.session.timeout.ms": "\(sessionMs)"])
        let leader = cluster.cluster.leaders()["t-0"] ?? -1
        let connection = try cluster.connect(leader)
        #expect(try connection.produce(TestCluster.batch(["everywhere"]), version: 5).errorCode == 0)
        for node: Int32 in 1...3 where node != leader { try cluster.cluster.pause(node: node) }
        for index in 0..<count {
            #expect(try connection.produce(TestCluster.batch(["r\(index)"]), acks: 1, version: 5).errorCode == 0)
        }
        return cluster
    }

    private func reader(_ cluster: TestCluster) throws -> LogReader {
        try cluster.reader(node: cluster.cluster.leaders()["t-0"] ?? -1)
    }

    @Test func whatLiesAboveTheHighWatermarkIsReadPastIt() throws {
        let cluster = try behind(5)
        defer { cluster.cluster.end() }
        let reader = try reader(cluster)
        #expect(try reader.watermarkLags(topics: ["t"]) == [.init(topic: "t", partition: 0, watermark: 1, logEnd: 6)])
        let log = try reader.read(topics: ["t"])
        #expect(
            log.batches.map { $0.records.map { String(decoding: $0.value ?? [], as: UTF8.self) } }.joined().count == 6)
        #expect(log.endOffsets["t"]?[0] == 6)
        #expect(log.offsetsAboveWatermark == 5)
        #expect(log.unreadOffsets.isEmpty)
        // A reader is no follower: nothing moved.
        #expect(try reader.connect("127.0.0.1", reader.port).offset(topic: "t", partition: 0, timestamp: -1) == 1)
    }

    @Test func theWatermarkCatchesUpWhenTheFollowersAreFenced() throws {
        let cluster = try behind(5, sessionMs: 300)
        defer { cluster.cluster.end() }
        let reader = try reader(cluster)
        let deadline = ContinuousClock.now + .seconds(10)
        while try !reader.watermarkLags(topics: ["t"]).isEmpty, ContinuousClock.now < deadline {}
        #expect(try reader.watermarkLags(topics: ["t"]).isEmpty)
        #expect(try reader.read(topics: ["t"]).offsetsAboveWatermark == 0)
    }

    /// Release 1.0 gives nobody but followers what lies above the high watermark, and tells no leader epoch either.
    @Test func anOldReleaseReadsNothingPastIt() throws {
        let cluster = try behind(5, release: "1.0")
        defer { cluster.cluster.end() }
        let reader = try reader(cluster)
        let connection = try reader.connect("127.0.0.1", reader.port)
        let answer = try connection.fetch(
            topic: "t", topicID: .zero, partition: 0, offset: 1, replica: FetchRequest.logEndReader)
        #expect(answer.errorCode == 0 && answer.records?.isEmpty != false)
        #expect(try connection.logEnd(topic: "t", partition: 0, leaderEpoch: 0) == 6)
    }
}
