import KafkaWire

/// Kafka frames of invented traffic.
public enum SyntheticKafka {
    /// What one Produce request holds for one partition.
    public struct Batch: Sendable {
        /// Topic.
        public var topic = "orders"
        /// Topic id, for version 13.
        public var topicID = KafkaUUID(high: 1, low: 2)
        /// Partition.
        public var partition: Int32 = 0
        /// Producer id; -1 for none.
        public var producerID: Int64 = 1000
        /// Producer epoch.
        public var epoch: Int16 = 0
        /// First sequence.
        public var baseSequence: Int32 = 0
        /// Values of the records.
        public var values: [[UInt8]] = [[1, 2, 3]]
        /// Timestamp of the first record, milliseconds since the epoch.
        public var timestampMs: Int64 = 1_795_550_000_000

        /// A batch of one record.
        public init() {}

        /// The encoded record batch.
        public var bytes: [UInt8] {
            RecordBatchBuilder(
                values.map { Record(value: $0) }, baseTimestamp: timestampMs, producerID: producerID,
                producerEpoch: epoch, baseSequence: baseSequence
            ).build()
        }
    }

    /// A Produce request with its length.
    ///
    /// - Throws: ``KafkaWireError`` when a value does not fit its field.
    public static func request(
        _ batches: [Batch], correlationID: Int32, version: Int16 = 9, acks: Int16 = -1,
        transactionalID: String? = nil
    ) throws -> [UInt8] {
        var body = ProduceRequest()
        body.acks = acks
        body.transactionalID = transactionalID
        for batch in batches {
            let partition = ProduceRequest.Partition(index: batch.partition, records: batch.bytes)
            if let index = body.topics.firstIndex(where: { $0.name == batch.topic }) {
                body.topics[index].partitions.append(partition)
            } else {
                body.topics.append(
                    ProduceRequest.Topic(name: batch.topic, topicID: batch.topicID, partitions: [partition]))
            }
        }
        return try frame(
            RequestHeader(apiKey: .produce, apiVersion: version, correlationID: correlationID, clientID: "synthetic")
        ) { try body.write(to: &$0, version: version) }
    }

    /// A request of any api with its length.
    ///
    /// - Throws: what `body` throws.
    public static func frame(_ header: RequestHeader, _ body: (inout ByteWriter) throws -> Void) throws -> [UInt8] {
        var writer = ByteWriter()
        try header.write(to: &writer)
        try body(&writer)
        return length(writer.bytes) + writer.bytes
    }

    /// What a broker answers for one partition.
    public struct Answer: Sendable {
        /// Topic.
        public var topic = "orders"
        /// Topic id, for version 13.
        public var topicID = KafkaUUID(high: 1, low: 2)
        /// Partition.
        public var partition: Int32 = 0
        /// Error.
        public var errorCode: Int16 = 0
        /// Offset.
        public var baseOffset: Int64 = 0
        /// -1, or the time of the append.
        public var logAppendTimeMs: Int64 = -1

        /// Success at offset 0.
        public init() {}
    }

    /// A Produce response with its length.
    ///
    /// - Throws: ``KafkaWireError`` when a value does not fit its field.
    public static func response(_ answers: [Answer], correlationID: Int32, version: Int16 = 9) throws -> [UInt8] {
        var body = ProduceResponse()
        for answer in answers {
            var partition = ProduceResponse.Partition()
            partition.index = answer.partition
            partition.errorCode = answer.errorCode
            partition.baseOffset = answer.baseOffset
            partition.logAppendTimeMs = answer.logAppendTimeMs
            var topic = ProduceResponse.Topic()
            topic.name = answer.topic
            topic.topicID = answer.topicID
            topic.partitions = [partition]
            body.topics.append(topic)
        }
        var writer = ByteWriter()
        ResponseHeader.write(to: &writer, correlationID: correlationID, apiKey: .produce, apiVersion: version)
        try body.write(to: &writer, version: version)
        return length(writer.bytes) + writer.bytes
    }

    private static func length(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) }
    }
}
