import KafkaWire
import Testing

/// The messages of transactions and groups, at every version, and what is told only by their newest.
struct TransactionMessageTests {
    @Test func transactions() throws {
        var init6 = InitProducerIdRequest()
        init6.transactionalID = "t"
        init6.enableTwoPhaseCommit = true
        try MessageCheck.roundTrip(init6)
        var ongoing = InitProducerIdResponse()
        ongoing.ongoingProducerID = 5
        try MessageCheck.roundTrip(ongoing)
        var add = AddPartitionsToTxnRequest()
        add.topics = [.init(name: "a", partitions: [1])]
        add.transactions = [.init(transactionalID: "t", producerID: 7, verifyOnly: true, topics: [.init(name: "b")])]
        try MessageCheck.roundTrip(add, dropsFields: true)
        var added = AddPartitionsToTxnResponse()
        added.results = [.init(name: "a", results: [.init(partitionIndex: 1, errorCode: 3)])]
        added.transactions = [.init(transactionalID: "t", topics: added.results)]
        try MessageCheck.roundTrip(added, dropsFields: true)
        var offsets = AddOffsetsToTxnRequest()
        offsets.groupID = "g"
        try MessageCheck.roundTrip(offsets)
        try MessageCheck.roundTrip(AddOffsetsToTxnResponse())
        var commit = TxnOffsetCommitRequest()
        commit.memberID = "m"
        commit.topics = [.init(name: "a", partitions: [.init(partitionIndex: 1, committedOffset: 9)])]
        try MessageCheck.roundTrip(commit)
        var committed = TxnOffsetCommitResponse()
        committed.topics = [.init(name: "a", partitions: [.init(partitionIndex: 1, errorCode: 22)])]
        try MessageCheck.roundTrip(committed)
        var markers = WriteTxnMarkersRequest()
        markers.markers = [
            .init(
                producerID: 4, producerEpoch: 1, transactionResult: true,
                topics: [.init(name: "a", partitionIndexes: [0])], coordinatorEpoch: 2, transactionVersion: 2)
        ]
        try MessageCheck.roundTrip(markers)
        var written = WriteTxnMarkersResponse()
        written.markers = [.init(producerID: 4, topics: [.init(name: "a", partitions: [.init(partitionIndex: 0)])])]
        try MessageCheck.roundTrip(written)
    }

    @Test func descriptions() throws {
        var describe = DescribeTransactionsRequest()
        describe.transactionalIDs = ["t"]
        try MessageCheck.roundTrip(describe)
        var described = DescribeTransactionsResponse()
        described.transactionStates = [
            .init(transactionalID: "t", transactionState: "Ongoing", topics: [.init(topic: "a", partitions: [3])])
        ]
        try MessageCheck.roundTrip(described)
        var list = ListTransactionsRequest()
        list.stateFilters = ["Ongoing"]
        list.producerIDFilters = [4]
        list.durationFilter = 5
        list.transactionalIDPattern = "t.*"
        try MessageCheck.roundTrip(list)
        var listed = ListTransactionsResponse()
        listed.unknownStateFilters = ["x"]
        listed.transactionStates = [.init(transactionalID: "t", producerID: 4, transactionState: "Empty")]
        try MessageCheck.roundTrip(listed)
        var producers = DescribeProducersRequest()
        producers.topics = [.init(name: "a", partitionIndexes: [1])]
        try MessageCheck.roundTrip(producers)
        var known = DescribeProducersResponse()
        known.topics = [
            .init(name: "a", partitions: [.init(activeProducers: [.init(producerID: 4, currentTxnStartOffset: 8)])])
        ]
        try MessageCheck.roundTrip(known)
    }

    @Test func groups() throws {
        let id = KafkaUUID(high: 1, low: 2)
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.topics = [.init(topicID: id, partitions: [.init(partitionIndex: 1, committedOffset: 5)])]
        try MessageCheck.roundTrip(commit)
        var committed = OffsetCommitResponse()
        committed.topics = [.init(topicID: id, partitions: [.init(partitionIndex: 1, errorCode: 25)])]
        try MessageCheck.roundTrip(committed)
        var fetch = OffsetFetchRequest()
        fetch.groups = [.init(groupID: "g", topics: [.init(topicID: id, partitionIndexes: [1])]), .init(groupID: "h")]
        fetch.requireStable = true
        try MessageCheck.roundTrip(fetch)
        var old = OffsetFetchRequest()
        old.groupID = "g"
        try MessageCheck.roundTrip(old, dropsFields: true)
        var fetched = OffsetFetchResponse()
        fetched.groups = [
            .init(groupID: "g", topics: [.init(topicID: id, partitions: [.init(committedOffset: 5, metadata: "m")])])
        ]
        try MessageCheck.roundTrip(fetched)
        var join = JoinGroupRequest()
        join.protocolType = "consumer"
        join.protocols = [.init(name: "range", metadata: [1, 2])]
        join.reason = "r"
        try MessageCheck.roundTrip(join)
        var joined = JoinGroupResponse()
        joined.protocolName = "range"
        joined.members = [.init(memberID: "m", metadata: [1])]
        try MessageCheck.roundTrip(joined)
        var sync = SyncGroupRequest()
        sync.assignments = [.init(memberID: "m", assignment: [3])]
        try MessageCheck.roundTrip(sync)
        var synced = SyncGroupResponse()
        synced.assignment = [3]
        try MessageCheck.roundTrip(synced)
        var beat = HeartbeatRequest()
        beat.memberID = "m"
        try MessageCheck.roundTrip(beat)
        try MessageCheck.roundTrip(HeartbeatResponse())
        var leave = LeaveGroupRequest()
        leave.members = [.init(memberID: "m", reason: "done")]
        try MessageCheck.roundTrip(leave)
        var left = LeaveGroupResponse()
        left.members = [.init(memberID: "m", errorCode: 25)]
        try MessageCheck.roundTrip(left)
    }

    /// The features of a cluster are tagged fields (KIP-584): this is what a broker with `transaction.version` 2 sends.
    @Test func featuresAreTaggedFields() throws {
        var answer = ApiVersionsResponse()
        answer.supportedFeatures = [.init(name: "f", minVersion: 0, maxVersion: 2)]
        answer.finalizedFeaturesEpoch = 7
        answer.finalizedFeatures = [.init(name: "f", maxVersionLevel: 2, minVersionLevel: 1)]
        var writer = ByteWriter()
        try answer.write(to: &writer, version: 3)
        #expect(
            writer.bytes == [
                0, 0, 1, 0, 0, 0, 0, 3,
                0, 8, 2, 2, 0x66, 0, 0, 0, 2, 0,
                1, 8, 0, 0, 0, 0, 0, 0, 0, 7,
                2, 8, 2, 2, 0x66, 0, 2, 0, 1, 0,
            ])
        try MessageCheck.roundTrip(answer)
    }
}
