import KafkaWire

/// Valid requests of every api and version that the broker serves, to be damaged.
enum FrameCorpus {
    static func metadata() throws -> [UInt8] {
        var request = MetadataRequest()
        request.topics = [.init(name: "t")]
        return try frame(request, 1)
    }

    static func frames() throws -> [[UInt8]] {
        var result: [[UInt8]] = []
        try all(produce(), &result)
        var fetch = FetchRequest()
        fetch.maxWaitMs = 0
        fetch.topics = [.init(topic: "t", partitions: [.init(partition: 0), .init(partition: 1)])]
        try all(fetch, &result)
        var metadata = MetadataRequest()
        metadata.topics = [.init(name: "t"), .init(name: "u")]
        try all(metadata, &result)
        var offsets = ListOffsetsRequest()
        offsets.topics = [
            .init(name: "t", partitions: [.init(partitionIndex: 0), .init(partitionIndex: 0, timestamp: 5)])
        ]
        try all(offsets, &result)
        var create = CreateTopicsRequest()
        create.topics = [
            .init(name: "c", numPartitions: 1, replicationFactor: 1, configs: [.init(name: "retention.ms", value: "5")])
        ]
        try all(create, &result)
        var delete = DeleteTopicsRequest()
        delete.topics = [.init(name: "c")]
        delete.topicNames = ["c"]
        try all(delete, &result)
        var records = DeleteRecordsRequest()
        records.topics = [.init(name: "t", partitions: [.init(partitionIndex: 1, offset: 1)])]
        try all(records, &result)
        var epoch = OffsetForLeaderEpochRequest()
        epoch.topics = [.init(topic: "t", partitions: [.init(partition: 0)])]
        try all(epoch, &result)
        var coordinator = FindCoordinatorRequest()
        coordinator.key = "g"
        coordinator.coordinatorKeys = ["g", "h"]
        try all(coordinator, &result)
        var versions = ApiVersionsRequest()
        versions.clientSoftwareName = "fuzz"
        versions.clientSoftwareVersion = "1"
        try all(versions, &result)
        try all(InitProducerIdRequest(), &result)
        try transactions(&result)
        try groups(&result)
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        try all(handshake, &result)
        return result
    }

    private static func transactions(_ result: inout [[UInt8]]) throws {
        var begin = InitProducerIdRequest()
        begin.transactionalID = "tx"
        begin.transactionTimeoutMs = 1000
        try all(begin, &result)
        var add = AddPartitionsToTxnRequest()
        add.transactionalID = "tx"
        add.topics = [.init(name: "t", partitions: [0])]
        add.transactions = [.init(transactionalID: "tx", topics: add.topics)]
        try all(add, &result)
        var offsets = AddOffsetsToTxnRequest()
        offsets.transactionalID = "tx"
        offsets.groupID = "g"
        try all(offsets, &result)
        var commit = TxnOffsetCommitRequest()
        commit.transactionalID = "tx"
        commit.groupID = "g"
        commit.topics = [.init(name: "t", partitions: [.init(partitionIndex: 0, committedOffset: 1)])]
        try all(commit, &result)
        var end = EndTxnRequest()
        end.transactionalID = "tx"
        try all(end, &result)
        var markers = WriteTxnMarkersRequest()
        markers.markers = [.init(producerID: 1, topics: [.init(name: "t", partitionIndexes: [0])])]
        try all(markers, &result)
        var describe = DescribeTransactionsRequest()
        describe.transactionalIDs = ["tx", ""]
        try all(describe, &result)
        try all(ListTransactionsRequest(), &result)
        var producers = DescribeProducersRequest()
        producers.topics = [.init(name: "t", partitionIndexes: [0, 9])]
        try all(producers, &result)
    }

    private static func groups(_ result: inout [[UInt8]]) throws {
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.topics = [.init(name: "t", partitions: [.init(partitionIndex: 0, committedOffset: 1)])]
        try all(commit, &result)
        var fetch = OffsetFetchRequest()
        fetch.groupID = "g"
        fetch.topics = [.init(name: "t", partitionIndexes: [0])]
        fetch.groups = [.init(groupID: "g"), .init(groupID: "h", topics: fetch.topics)]
        try all(fetch, &result)
        var join = JoinGroupRequest()
        join.groupID = "g"
        join.sessionTimeoutMs = 6000
        join.protocolType = "consumer"
        join.protocols = [.init(name: "range", metadata: [1])]
        try all(join, &result)
        var sync = SyncGroupRequest()
        sync.groupID = "g"
        sync.assignments = [.init(memberID: "m", assignment: [1])]
        try all(sync, &result)
        var beat = HeartbeatRequest()
        beat.groupID = "g"
        try all(beat, &result)
        var leave = LeaveGroupRequest()
        leave.groupID = "g"
        leave.members = [.init(memberID: "m")]
        try all(leave, &result)
    }

    private static func produce() -> ProduceRequest {
        var request = ProduceRequest()
        request.timeoutMs = 0
        let records = (0..<3).map { Record(key: [1, 2], value: Array("value-\($0)".utf8), headers: [("h", [3])]) }
        let idempotent = RecordBatchBuilder(
            records, baseTimestamp: 1000, producerID: 4, producerEpoch: 0, baseSequence: 0
        ).build()
        var old = ByteWriter()
        Message(magic: 1, timestamp: 5, key: [1], value: [2, 3]).write(to: &old)
        request.topics = [
            .init(
                name: "t",
                partitions: [
                    .init(index: 0, records: idempotent), .init(index: 1, records: old.bytes),
                    .init(index: 1, records: RecordBatchBuilder(records).build()),
                ])
        ]
        return request
    }

    private static func all<R: KafkaRequest>(_ request: R, _ result: inout [[UInt8]]) throws {
        for version in R.versions { result.append(try frame(request, version)) }
    }

    private static func frame<R: KafkaRequest>(_ request: R, _ version: Int16) throws -> [UInt8] {
        var writer = ByteWriter()
        try RequestHeader(apiKey: R.apiKey, apiVersion: version, correlationID: 1, clientID: "fuzz").write(to: &writer)
        try request.write(to: &writer, version: version)
        return writer.bytes
    }
}
