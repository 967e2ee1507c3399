import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

struct ReplicationTests {
    private func cluster(
        _ nodes: Int32 = 3, minInSync: Int = 1, release: String = "4.3", unclean: Bool = false,
        properties: [String: String] = [:]
    ) throws -> TestCluster {
        try TestCluster(
            release: release, nodes: nodes,
            topics: [
                .init(
                    name: "t", replicationFactor: Int(nodes),
                    properties: [
                        "min.insync.replicas": "\(minInSync)", "unclean.leader.election.enable": "\(unclean)",
                    ])
            ], properties: properties)
    }

    private func leader(_ cluster: TestCluster) -> Int32 { cluster.cluster.leaders()["t-0"] ?? -1 }

    @Test func leadersAreSpreadOverTheNodes() throws {
        let cluster = try TestCluster(nodes: 3, topics: [.init(name: "t", partitions: 6, replicationFactor: 3)])
        defer { cluster.cluster.end() }
        for node: Int32 in 1...3 { #expect(cluster.cluster.leaders().values.count { $0 == node } == 2) }
        let metadata = try cluster.connect(2).metadata(topics: ["t"])
        #expect(metadata.brokers.count == 3)
        #expect(Set(metadata.brokers.map(\.port)).count == 3)
    }

    @Test func aFollowerRefusesWith6() throws {
        let cluster = try cluster()
        defer { cluster.cluster.end() }
        let follower = leader(cluster) == 1 ? 2 : 1
        #expect(try cluster.connect(Int32(follower)).produce(TestCluster.batch(["a"])).errorCode == 6)
    }

    @Test func movingTheLeaderKeepsProducersAndRecords() throws {
        let cluster = try cluster()
        defer { cluster.cluster.end() }
        let first = try cluster.connect(leader(cluster))
        #expect(try first.produce(TestCluster.batch(["a"], producer: 7, sequence: 0)).errorCode == 0)
        let next: Int32 = leader(cluster) == 3 ? 1 : 3
        try cluster.cluster.moveLeader(topic: "t", to: next)
        #expect(try first.produce(TestCluster.batch(["b"], producer: 7, sequence: 1)).errorCode == 6)
        let second = try cluster.connect(next)
        let duplicate = try second.produce(TestCluster.batch(["a"], producer: 7, sequence: 0))
        #expect(duplicate.errorCode == 0 && duplicate.baseOffset == 0 && duplicate.logAppendTimeMs != -1)
        #expect(try second.produce(TestCluster.batch(["b"], producer: 7, sequence: 1)).baseOffset == 1)
    }

    /// An isolated leader takes acks=1 writes that nobody has: after an election they are gone.
    @Test func unreplicatedRecordsAreTruncated() throws {
        let cluster = try cluster(2)
        defer { cluster.cluster.end() }
        let old = leader(cluster)
        let next: Int32 = old == 1 ? 2 : 1
        let connection = try cluster.connect(old)
        #expect(try connection.produce(TestCluster.batch(["kept"])).errorCode == 0)
        try cluster.cluster.isolate(node: old, true)
        #expect(try connection.produce(TestCluster.batch(["lost"]), acks: 1).baseOffset == 1)
        try cluster.cluster.moveLeader(topic: "t", to: next)
        #expect(try cluster.connect(next).produce(TestCluster.batch(["new"]), acks: 1).baseOffset == 1)
        try cluster.cluster.isolate(node: old, false)
        try cluster.cluster.moveLeader(topic: "t", to: old)
        let values = try cluster.read(node: old).batches.flatMap {
            $0.records.map { String(decoding: $0.value!, as: UTF8.self) }
        }
        #expect(values == ["kept", "new"])
    }

    @Test func aWaitThatIsTooLongIs7AndTheRecordIsThere() throws {
        let cluster = try cluster(2)
        defer { cluster.cluster.end() }
        let leader = leader(cluster)
        try cluster.cluster.pause(node: leader == 1 ? 2 : 1)
        let answer = try cluster.connect(leader).produce(TestCluster.batch(["a"]), timeoutMs: 200)
        #expect(answer.errorCode == 7 && answer.baseOffset == 0)
        try cluster.cluster.resume(node: leader == 1 ? 2 : 1)
        #expect(try cluster.read(node: leader).endOffsets["t"]?[0] == 1)
    }

    @Test func tooFewInSyncIs19() throws {
        let cluster = try cluster(2, minInSync: 2, properties: ["replica.lag.time.max.ms": "200"])
        defer { cluster.cluster.end() }
        let leader = leader(cluster)
        try cluster.cluster.pause(node: leader == 1 ? 2 : 1)
        let connection = try cluster.connect(leader)
        #expect(try connection.produce(TestCluster.batch(["a"]), acks: 1).errorCode == 0)
        while cluster.cluster.inSyncReplicas(topic: "t", partition: 0).count == 2 { usleepMs(20) }
        #expect(try connection.produce(TestCluster.batch(["b"])).errorCode == 19)
        #expect(try connection.produce(TestCluster.batch(["b"]), acks: 1).errorCode == 0)
    }

    /// Before 3.7 the high watermark went on with the leader alone, and the answer was 20.
    @Test(arguments: [("3.6", 20), ("3.9", 7)] as [(String, Int16)])
    func shrinkingBelowTheMinimumWhileWaiting(release: String, code: Int16) throws {
        let cluster = try cluster(2, minInSync: 2, release: release, properties: ["replica.lag.time.max.ms": "200"])
        defer { cluster.cluster.end() }
        let leader = leader(cluster)
        try cluster.cluster.pause(node: leader == 1 ? 2 : 1)
        let answer = try cluster.connect(leader).produce(TestCluster.batch(["a"]), timeoutMs: 2000)
        #expect(answer.errorCode == code && answer.baseOffset == 0)
    }

    @Test func aKilledLeaderIsReplacedWhenItsSessionEnds() throws {
        let cluster = try cluster(3, properties: ["broker.session.timeout.ms": "200"])
        defer { cluster.cluster.end() }
        let old = leader(cluster)
        try cluster.cluster.stop(node: old, .kill)
        #expect(throws: RawClientError.self) { _ = try cluster.connect(old) }
        while leader(cluster) == old { usleepMs(20) }
        #expect(try cluster.connect(leader(cluster)).produce(TestCluster.batch(["a"])).errorCode == 0)
        try cluster.cluster.start(node: old)
        try cluster.connect(old).negotiate()
        #expect(cluster.cluster.inSyncReplicas(topic: "t", partition: 0).contains(old))
    }

    @Test func uncleanElectionIsAnOption() throws {
        for unclean in [false, true] {
            let cluster = try cluster(2, unclean: unclean, properties: ["replica.lag.time.max.ms": "100"])
            defer { cluster.cluster.end() }
            let leader = leader(cluster)
            let other: Int32 = leader == 1 ? 2 : 1
            try cluster.cluster.isolate(node: other, true)
            let connection = try cluster.connect(leader)
            #expect(try connection.produce(TestCluster.batch(["a"]), acks: 1).errorCode == 0)
            while cluster.cluster.inSyncReplicas(topic: "t", partition: 0).count == 2 { usleepMs(10) }
            try cluster.cluster.stop(node: leader, .clean)
            #expect(self.leader(cluster) == (unclean ? other : -1))
        }
    }

    @Test func aPausedNodeAnswersWhenItGoesOn() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connection = try cluster.connect(timeout: .milliseconds(300))
        try connection.negotiate()
        try cluster.cluster.pause(node: 1)
        let id = try connection.post(ApiVersionsRequest(), version: 0)
        #expect(throws: RawClientError.self) { _ = try connection.receiveFrame() }
        try cluster.cluster.resume(node: 1)
        connection.timeout = .seconds(20)
        _ = try connection.receive(ApiVersionsRequest.self, version: 0, correlationID: id)
    }
}
