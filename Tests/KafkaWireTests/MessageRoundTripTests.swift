import KafkaWire
import Testing

/// Every message, at every version: what is written is read back, and no prefix of it is read as a whole message.
struct MessageRoundTripTests {
    private func check<M: KafkaMessage & Equatable>(_ message: M) throws {
        try MessageCheck.roundTrip(message, dropsFields: Self.dropsFields(M.self))
    }

    /// Messages whose last version no longer has a field that these tests set for an earlier one.
    private static func dropsFields(_ type: Any.Type) -> Bool {
        [
            ObjectIdentifier(ProduceRequest.self), ObjectIdentifier(ProduceResponse.self),
            ObjectIdentifier(FetchRequest.self), ObjectIdentifier(FetchResponse.self),
            ObjectIdentifier(ListOffsetsResponse.self), ObjectIdentifier(FindCoordinatorRequest.self),
            ObjectIdentifier(AddPartitionsToTxnRequest.self), ObjectIdentifier(AddPartitionsToTxnResponse.self),
        ].contains(ObjectIdentifier(type))
    }

    private let id = KafkaUUID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)

    @Test func produce() throws {
        var request = ProduceRequest()
        request.transactionalID = "tx"
        request.topics = [
            .init(name: "orders", topicID: id, partitions: [.init(index: 3, records: [1, 2, 3]), .init()])
        ]
        try check(request)
        var response = ProduceResponse()
        var topic = ProduceResponse.Topic()
        topic.name = "orders"
        var partition = ProduceResponse.Partition()
        partition.errorCode = 87
        partition.recordErrors = [.init(batchIndex: 1, message: "no")]
        partition.errorMessage = "invalid"
        topic.partitions = [partition]
        response.topics = [topic]
        try check(response)
    }

    @Test func metadata() throws {
        var request = MetadataRequest()
        request.topics = [.init(topicID: id, name: "a"), .init(name: "b")]
        try check(request)
        var response = MetadataResponse()
        response.brokers = [.init(nodeID: 1, host: "198.18.1.1", port: 9092, rack: "r")]
        response.clusterID = "c"
        response.topics = [
            .init(
                errorCode: 0, name: "a", topicID: id, isInternal: true,
                partitions: [
                    .init(
                        errorCode: 5, partitionIndex: 2, leaderID: 1, leaderEpoch: 4, replicaNodes: [1, 2],
                        isrNodes: [1], offlineReplicas: [2])
                ])
        ]
        try check(response)
    }

    @Test func apiVersionsAndIdentity() throws {
        var versions = ApiVersionsRequest()
        versions.clientSoftwareName = "x"
        try check(versions)
        var answer = ApiVersionsResponse()
        answer.apis = [.init(apiKey: 0, minVersion: 0, maxVersion: 13)]
        try check(answer)
        var request = InitProducerIdRequest()
        request.transactionalID = "t"
        try check(request)
        var response = InitProducerIdResponse()
        response.producerID = 7
        try check(response)
    }

    @Test func topics() throws {
        var create = CreateTopicsRequest()
        create.topics = [
            .init(
                name: "a", numPartitions: 3, replicationFactor: 1,
                assignments: [.init(partitionIndex: 0, brokerIDs: [1])],
                configs: [.init(name: "k", value: "v"), .init(name: "n")])
        ]
        try check(create)
        var created = CreateTopicsResponse()
        created.topics = [
            .init(name: "a", topicID: id, errorMessage: "m", configs: [.init(name: "k", value: "v")])
        ]
        try check(created)
        var delete = DeleteTopicsRequest()
        delete.topics = [.init(name: "a")]
        try check(delete)
        var deleted = DeleteTopicsResponse()
        deleted.responses = [.init(name: "a", topicID: id, errorCode: 3, errorMessage: "m")]
        try check(deleted)
    }

    @Test func offsetsAndFetch() throws {
        var list = ListOffsetsRequest()
        list.topics = [.init(name: "a", partitions: [.init(partitionIndex: 1, timestamp: -2)])]
        try check(list)
        var listed = ListOffsetsResponse()
        listed.topics = [.init(name: "a", partitions: [.init(partitionIndex: 1, oldStyleOffsets: [4], offset: 4)])]
        try check(listed)
        var fetch = FetchRequest()
        fetch.topics = [.init(topic: "a", topicID: id, partitions: [.init(partition: 0, fetchOffset: 9)])]
        fetch.forgottenTopicsData = [.init(topic: "b", topicID: id, partitions: [1])]
        try check(fetch)
        var fetched = FetchResponse()
        fetched.responses = [
            .init(
                topic: "a", topicID: id,
                partitions: [.init(abortedTransactions: [.init(producerID: 1, firstOffset: 2)], records: [1, 2])])
        ]
        try check(fetched)
        var epoch = OffsetForLeaderEpochRequest()
        epoch.topics = [.init(topic: "a", partitions: [.init(partition: 0, leaderEpoch: 1)])]
        try check(epoch)
        var epochs = OffsetForLeaderEpochResponse()
        epochs.topics = [.init(topic: "a", partitions: [.init(partition: 0, leaderEpoch: 1, endOffset: 5)])]
        try check(epochs)
    }

    @Test func theRest() throws {
        var delete = DeleteRecordsRequest()
        delete.topics = [.init(name: "a", partitions: [.init(partitionIndex: 0, offset: 5)])]
        try check(delete)
        var deleted = DeleteRecordsResponse()
        deleted.topics = [.init(name: "a", partitions: [.init(partitionIndex: 0, lowWatermark: 5)])]
        try check(deleted)
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        try check(handshake)
        var mechanisms = SaslHandshakeResponse()
        mechanisms.mechanisms = ["PLAIN"]
        try check(mechanisms)
        var authenticate = SaslAuthenticateRequest()
        authenticate.authBytes = [0, 1]
        try check(authenticate)
        try check(SaslAuthenticateResponse())
        var find = FindCoordinatorRequest()
        find.key = "g"
        find.coordinatorKeys = ["g"]
        try check(find)
        try check(FindCoordinatorResponse())
        var add = AddPartitionsToTxnRequest()
        add.topics = [.init(name: "a", partitions: [1])]
        try check(add)
        var added = AddPartitionsToTxnResponse()
        added.results = [.init(name: "a", results: [.init(partitionIndex: 1, errorCode: 3)])]
        try check(added)
        try check(EndTxnRequest())
        try check(EndTxnResponse())
    }
}
