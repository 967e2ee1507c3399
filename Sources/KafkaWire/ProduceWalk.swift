/// One partition of a Produce request, seen without a copy; valid only during the call that passes it.
public struct ProducePartitionView {
    /// The topic's name as sent, UTF-8; empty from version 13 on, where ``topicID`` stands for it.
    public let topicName: UnsafeRawBufferPointer
    /// The topic's id; zero before version 13 (KIP-516).
    public let topicID: KafkaUUID
    /// Partition index.
    public let partition: Int32
    /// Declared size of the records section; -1 for null.
    public let recordsLength: Int
    /// What is visible of the records section; empty for null.
    public let records: UnsafeRawBufferPointer
    /// Offset of the records section in the frame given to the walk.
    public let recordsOffset: Int

    /// True when every byte of the records section is visible.
    public var isWhole: Bool { max(recordsLength, 0) == records.count }

    /// The batches, as far as their headers are visible.
    public var batches: RecordBatchSequence { RecordBatchSequence(records) }
}

/// What a Produce request says once for all of its partitions.
public struct ProducePreamble: Sendable, Equatable {
    /// True when a transactional id was sent.
    public var isTransactional: Bool
    /// -1 all, 0 none, 1 leader.
    public var acks: Int16
    /// How long the broker may wait for replicas, milliseconds.
    public var timeoutMs: Int32
    /// Topics that the request declares.
    public var topicCount: Int

    /// A preamble of these fields.
    public init(isTransactional: Bool, acks: Int16, timeoutMs: Int32, topicCount: Int) {
        self.isTransactional = isTransactional
        self.acks = acks
        self.timeoutMs = timeoutMs
        self.topicCount = topicCount
    }
}

/// Walks a Produce request without allocation, also one of which only the first bytes are at hand.
///
/// A capture with a snap length keeps the first bytes of a frame and its true length; the walk then yields everything
/// up to where the bytes end, the partition that is cut included when its records section has begun.
public struct ProduceWalk {
    /// How a walk ended.
    public enum End: Sendable, Equatable {
        /// The whole request was seen.
        case complete
        /// The visible bytes ended first; what was yielded until then is right.
        case cut
    }

    /// Walks the body that begins at `offset` of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: the request from its header on (without the four bytes of the frame's length), or its first part.
    ///   - offset: where the body begins: the reader's position after ``RequestHeaderView/init(from:)``.
    ///   - length: the length that the frame declared; larger than `bytes.count` when the capture cut it.
    ///   - version: api version, 0 to 13.
    ///   - preamble: called once, before the partitions.
    ///   - visit: called for each partition in wire order.
    /// - Throws: ``KafkaWireError`` when the bytes cannot be a Produce request; and what the closures throw.
    public static func walk(
        _ bytes: UnsafeRawBufferPointer, from offset: Int, length: Int, version: Int16,
        preamble: (ProducePreamble) throws -> Void = { _ in },
        visit: (ProducePartitionView) throws -> Void
    ) throws -> End {
        var reader = ByteReader(bytes, at: offset)
        guard ProduceRequest.versions.contains(version) else {
            throw reader.error(.unsupportedVersion(version), "Produce")
        }
        reader.version = version
        reader.flexible = APIKey.produce.isFlexible(version)
        do {
            return try walk(&reader, length: length, preamble: preamble, visit: visit)
        } catch let error as KafkaWireError {
            // Bytes that end before the declared length are the capture's doing, not the peer's.
            if case .truncated = error.reason, bytes.count < length { return .cut }
            throw error
        }
    }

    private static func walk(
        _ reader: inout ByteReader, length: Int, preamble: (ProducePreamble) throws -> Void,
        visit: (ProducePartitionView) throws -> Void
    ) throws -> End {
        let hasTransactionalID = reader.version >= 3 ? try reader.stringBytes("transactionalId") != nil : false
        let acks = try reader.read(Int16.self, "acks")
        let timeout = try reader.read(Int32.self, "timeoutMs")
        let topics = try count(&reader, length: length, "topicData")
        try preamble(
            ProducePreamble(isTransactional: hasTransactionalID, acks: acks, timeoutMs: timeout, topicCount: topics))
        for _ in 0..<topics {
            var name = UnsafeRawBufferPointer(start: nil, count: 0)
            var id = KafkaUUID.zero
            if reader.version >= 13 {
                try reader.uuid(&id, "topicId")
            } else {
                guard let raw = try reader.stringBytes("name") else { throw reader.error(.unexpectedNull, "name") }
                name = raw
            }
            for _ in 0..<(try count(&reader, length: length, "partitionData")) {
                let partition = try reader.read(Int32.self, "index")
                let declared = try reader.length(short: false, "records")
                let start = reader.position
                guard declared <= length - start else { throw reader.error(.badLength(Int64(declared)), "records") }
                let visible = min(max(declared, 0), reader.remaining)
                try visit(
                    ProducePartitionView(
                        topicName: name, topicID: id, partition: partition, recordsLength: declared,
                        records: try reader.slice(visible, "records"), recordsOffset: start))
                guard visible == max(declared, 0) else { return .cut }
                try reader.tags()
            }
            try reader.tags()
        }
        try reader.tags()
        return .complete
    }

    private static func count(_ reader: inout ByteReader, length: Int, _ field: StaticString) throws -> Int {
        let count = try reader.length(short: false, field)
        guard count >= 0 else { throw reader.error(.unexpectedNull, field) }
        guard count <= length - reader.position else { throw reader.error(.badLength(Int64(count)), field) }
        return count
    }
}
