import KafkaWire

/// How far a partition's high watermark is behind its leader's log: records that a leader has, and may have acknowledged
/// (acks=1), but that consumers are not given until every in-sync replica has them.
public struct WatermarkLag: Sendable, Equatable {
    /// Topic name.
    public var topic: String
    /// Partition.
    public var partition: Int32
    /// The first offset that consumers are not given.
    public var watermark: Int64
    /// The leader's log end.
    public var logEnd: Int64

    /// A partition that is behind.
    public init(topic: String, partition: Int32, watermark: Int64, logEnd: Int64) {
        self.topic = topic
        self.partition = partition
        self.watermark = watermark
        self.logEnd = logEnd
    }
}

extension LogReader {
    /// The partitions of `topics` whose high watermark is behind their leader's log now. A partition with one replica cannot
    /// be, and of a broker that does not tell (OffsetForLeaderEpoch, KIP-101; leader epochs in Metadata, KIP-320) nothing is
    /// known.
    ///
    /// - Throws: ``RawClientError``.
    public func watermarkLags(topics: [String]) throws -> [WatermarkLag] {
        var lags: [WatermarkLag] = []
        try forEachPartition(of: topics) { topic, partition, connection in
            guard let logEnd = try Self.logEnd(topic, partition, connection) else { return }
            let name = topic.name ?? ""
            let watermark = try connection.offset(topic: name, partition: partition, timestamp: -1)
            if watermark < logEnd {
                lags.append(.init(topic: name, partition: partition, watermark: watermark, logEnd: logEnd))
            }
        }
        return lags
    }

    /// Reads on from the high watermark to the log's end, and notes what cannot be read.
    func readAboveWatermark(
        _ topic: MetadataResponse.Topic, _ partition: Int32, from connection: RawConnection, into log: inout ReadLog
    ) throws {
        let name = topic.name ?? ""
        guard let watermark = log.endOffsets[name]?[partition],
            let logEnd = try Self.logEnd(topic, partition, connection), logEnd > watermark
        else { return }
        var next = watermark
        while next < logEnd {
            let answer = try connection.fetch(
                topic: name, topicID: topic.topicID, partition: partition, offset: next, maxBytes: 64 << 20,
                replica: FetchRequest.logEndReader)
            guard answer.errorCode == 0 else { break }
            let batches = try Self.batches(answer.records ?? [], name, partition, from: next, connection.address)
            guard let last = batches.last else { break }
            log.batches += batches
            next = Self.offset(after: last)
        }
        log.offsetsAboveWatermark += next - watermark
        log.endOffsets[name, default: [:]][partition] = next
        if next < logEnd { log.unreadOffsets[name, default: [:]][partition] = logEnd - next }
    }

    /// The leader's log end; nil where it is no news (one replica) or the broker does not tell.
    private static func logEnd(
        _ topic: MetadataResponse.Topic, _ index: Int32, _ connection: RawConnection
    ) throws -> Int64? {
        guard let partition = topic.partitions.first(where: { $0.partitionIndex == index }),
            partition.replicaNodes.count > 1, connection.offered[.offsetForLeaderEpoch] != nil
        else { return nil }
        return try connection.logEnd(
            topic: topic.name ?? "", partition: index, leaderEpoch: partition.leaderEpoch)
    }
}

extension RawConnection {
    /// The end of a leader's log, past the high watermark; nil when the broker does not tell.
    ///
    /// - Parameter leaderEpoch: the leader's own epoch, from Metadata.
    /// - Throws: ``RawClientError``.
    public func logEnd(topic: String, partition: Int32, leaderEpoch: Int32) throws -> Int64? {
        guard leaderEpoch >= 0 else { return nil }
        var request = OffsetForLeaderEpochRequest()
        request.topics = [
            .init(topic: topic, partitions: [.init(partition: partition, leaderEpoch: leaderEpoch)])
        ]
        let answer = try call(request).topics.first?.partitions.first
        guard let answer, answer.errorCode == 0, answer.endOffset >= 0,
            answer.endOffset <= RecordBatchHeader.offsets.upperBound
        else { return nil }
        return answer.endOffset
    }
}
