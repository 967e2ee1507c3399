import EmbeddedBroker
import Foundation
import KafkaWire
import RawClient

/// One cluster, and a client of it that sends what a transactional producer sends.
final class TransactionRig {
    struct Producer: Equatable {
        var id: Int64
        var epoch: Int16
    }

    let cluster: TestCluster
    let release: Release
    let connection: RawConnection
    static let id = "tx"

    /// Node 1 coordinates; `t` has `leaders.count` partitions, led by these nodes.
    init(release: String = "4.3", leaders: [Int32] = [1], properties: [String: String] = [:]) throws {
        let defaults = [
            "transaction.state.log.num.partitions": "1", "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1", "offsets.topic.replication.factor": "1",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "50", "crosswind.coordinator.nodes": "1",
            "group.initial.rebalance.delay.ms": "0",
        ]
        self.release = Release(release)!
        cluster = try TestCluster(
            release: release, nodes: leaders.max() ?? 1, topics: [], properties: defaults.merging(properties) { $1 })
        connection = try cluster.connect()
        try connection.negotiate()
        try connection.createTopic("t", partitions: 1, assignments: leaders.map { [$0] })
    }

    init(cluster: TestCluster, release: Release) throws {
        self.cluster = cluster
        self.release = release
        connection = try cluster.connect()
        try connection.negotiate()
    }

    func end() {
        connection.close()
        cluster.cluster.end()
    }

    /// The highest version that the release has, at most `limit`.
    func version<R: KafkaRequest>(_: R.Type, _ limit: Int16 = .max) -> Int16 {
        min(connection.offered[R.apiKey]?.upperBound ?? 0, limit, R.versions.upperBound)
    }

    /// Calls at a version, which the release must have.
    func call<R: KafkaRequest>(_ request: R, _ version: Int16, node: Int32 = 1) throws -> R.Response {
        guard node == 1 else {
            let other = try cluster.connect(node)
            defer { other.close() }
            return try other.call(request, version: version)
        }
        return try connection.call(request, version: version)
    }

    func begin(
        _ id: String = id, known: Producer? = nil, version limit: Int16 = .max, timeoutMs: Int32 = 60_000
    ) throws -> (code: Int16, producer: Producer) {
        var request = InitProducerIdRequest()
        request.transactionalID = id
        request.transactionTimeoutMs = timeoutMs
        request.producerID = known?.id ?? -1
        request.producerEpoch = known?.epoch ?? -1
        let answer = try call(request, version(InitProducerIdRequest.self, limit))
        return (answer.errorCode, Producer(id: answer.producerID, epoch: answer.producerEpoch))
    }

    /// ``begin(_:known:version:timeoutMs:)`` until it is not answered with 51.
    func settledBegin(known: Producer? = nil) throws -> (code: Int16, producer: Producer) {
        for _ in 0..<500 {
            let result = try begin(known: known)
            if result.code != 51 { return result }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return try begin(known: known)
    }

    func add(_ producer: Producer, _ partitions: [Int32] = [0], version limit: Int16 = 3) throws -> Int16 {
        var request = AddPartitionsToTxnRequest()
        request.transactionalID = Self.id
        request.producerID = producer.id
        request.producerEpoch = producer.epoch
        request.topics = [.init(name: "t", partitions: partitions)]
        let answer = try call(request, version(AddPartitionsToTxnRequest.self, limit))
        return answer.results.first?.results.first?.errorCode ?? -1
    }

    func produce(
        _ producer: Producer, _ value: String = "v", sequence: Int32 = 0, partition: Int32 = 0, id: String? = id,
        version limit: Int16 = 11, isTransactional: Bool = true, node: Int32 = 1
    ) throws -> ProduceResponse.Partition {
        var builder = RecordBatchBuilder(
            [Record(value: Array(value.utf8))], baseTimestamp: 1000, producerID: producer.id,
            producerEpoch: producer.epoch, baseSequence: sequence)
        if isTransactional { builder.header.attributes = 16 }
        var request = ProduceRequest()
        request.transactionalID = id
        let version = version(ProduceRequest.self, limit)
        let topicID = try call(Self.metadata, self.version(MetadataRequest.self)).topics.first?.topicID ?? .zero
        request.topics = [
            .init(name: "t", topicID: topicID, partitions: [.init(index: partition, records: builder.build())])
        ]
        return try call(request, version, node: node).topics[0].partitions[0]
    }

    private static let metadata: MetadataRequest = {
        var request = MetadataRequest()
        request.topics = [.init(name: "t")]
        return request
    }()

    func finish(
        _ producer: Producer, commit: Bool, version limit: Int16 = 4
    ) throws -> (code: Int16, producer: Producer) {
        var request = EndTxnRequest()
        request.transactionalID = Self.id
        request.producerID = producer.id
        request.producerEpoch = producer.epoch
        request.committed = commit
        let answer = try call(request, version(EndTxnRequest.self, limit))
        return (answer.errorCode, Producer(id: answer.producerID, epoch: answer.producerEpoch))
    }

    /// The state at the coordinator; from release 3.0 on.
    func state(_ id: String = id) throws -> DescribeTransactionsResponse.State {
        var request = DescribeTransactionsRequest()
        request.transactionalIDs = [id]
        return try call(request, 0).transactionStates[0]
    }

    /// Waits until a partition has so many markers.
    func waitForMarkers(_ count: Int, partition: Int32 = 0, node: Int32 = 1) throws -> Bool {
        for _ in 0..<500 {
            if try fetch(0, partition, node: node).markers.count >= count { return true }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return false
    }

    /// Waits until the transaction is over.
    func waitUntilComplete() throws -> String {
        for _ in 0..<500 {
            let state = try state().transactionState
            if state.hasPrefix("Complete") { return state }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return try state().transactionState
    }

    struct Seen: Equatable {
        var highWatermark: Int64
        var stable: Int64
        /// Values that a consumer gets.
        var values: [String] = []
        /// Epochs and kinds of the markers.
        var markers: [String] = []
        var aborted: [Int64] = []
    }

    /// What a consumer sees of a partition.
    func fetch(_ isolation: Int8, _ partition: Int32 = 0, node: Int32 = 1) throws -> Seen {
        var request = FetchRequest()
        request.maxWaitMs = 0
        request.minBytes = 0
        request.isolationLevel = isolation
        request.topics = [.init(topic: "t", partitions: [.init(partition: partition)])]
        let part = try call(request, version(FetchRequest.self, 11), node: node).responses[0].partitions[0]
        var seen = Seen(highWatermark: part.highWatermark, stable: part.lastStableOffset)
        var left = part.abortedTransactions ?? []
        seen.aborted = left.map(\.firstOffset)
        left.sort { $0.firstOffset < $1.firstOffset }
        var inside: Set<Int64> = []
        try (part.records ?? []).withUnsafeBytes { raw in
            for batch in RecordBatchSequence(raw) {
                while let next = left.first, next.firstOffset <= batch.header.baseOffset {
                    inside.insert(next.producerID)
                    left.removeFirst()
                }
                try RecordView.forEach(in: batch.records, count: batch.header.recordCount) { record in
                    if batch.header.isControl {
                        let isCommit = record.key?[3] == 1
                        seen.markers.append("\(isCommit ? "COMMIT" : "ABORT") \(batch.header.producerEpoch)")
                        if !isCommit { inside.remove(batch.header.producerID) }
                    } else if !inside.contains(batch.header.producerID) {
                        seen.values.append(String(decoding: record.value ?? .init(start: nil, count: 0), as: UTF8.self))
                    }
                }
            }
        }
        return seen
    }

    /// Writes a marker by hand.
    func marker(
        _ producer: Producer, commit: Bool = false, coordinatorEpoch: Int32 = 0, transactionVersion: Int8 = 0
    ) throws -> Int16 {
        var request = WriteTxnMarkersRequest()
        request.markers = [
            .init(
                producerID: producer.id, producerEpoch: producer.epoch, transactionResult: commit,
                topics: [.init(name: "t", partitionIndexes: [0])], coordinatorEpoch: coordinatorEpoch,
                transactionVersion: transactionVersion)
        ]
        let answer = try call(request, version(WriteTxnMarkersRequest.self))
        return answer.markers[0].topics[0].partitions[0].errorCode
    }

    func commitOffset(
        _ producer: Producer, _ offset: Int64 = 5, version: Int16
    ) throws -> Int16 {
        var request = TxnOffsetCommitRequest()
        request.transactionalID = Self.id
        request.groupID = "g"
        request.producerID = producer.id
        request.producerEpoch = producer.epoch
        request.topics = [.init(name: "t", partitions: [.init(partitionIndex: 0, committedOffset: offset)])]
        return try call(request, version).topics[0].partitions[0].errorCode
    }

    func addOffsets(_ producer: Producer, version limit: Int16 = .max) throws -> Int16 {
        var request = AddOffsetsToTxnRequest()
        request.transactionalID = Self.id
        request.groupID = "g"
        request.producerID = producer.id
        request.producerEpoch = producer.epoch
        return try call(request, version(AddOffsetsToTxnRequest.self, limit)).errorCode
    }

    /// The committed offset of `g` for t-0; -1 for none, -88 where only an unstable one is there.
    func offset(stable: Bool = false) throws -> Int64 {
        var request = OffsetFetchRequest()
        request.groupID = "g"
        request.topics = [.init(name: "t", partitionIndexes: [0])]
        request.requireStable = stable
        let part = try call(request, version(OffsetFetchRequest.self, 7)).topics[0].partitions[0]
        return part.errorCode == 0 ? part.committedOffset : -Int64(part.errorCode)
    }
}
