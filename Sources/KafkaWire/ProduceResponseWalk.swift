/// The answer for one partition in a Produce response.
public struct ProducePartitionAnswer {
    /// The topic's name as sent, UTF-8; empty from version 13 on.
    public let topicName: UnsafeRawBufferPointer
    /// The topic's id; zero before version 13 (KIP-516).
    public let topicID: KafkaUUID
    /// Partition index.
    public let partition: Int32
    /// Error; 0 for success.
    public let errorCode: Int16
    /// Offset of the first record; -1 for none.
    public let baseOffset: Int64
    /// Milliseconds; -1 unless the topic uses LogAppendTime or the batch is a duplicate; always -1 before version 2.
    public let logAppendTimeMs: Int64
}

/// Walks a Produce response without allocation, also one of which only the first bytes are at hand.
///
/// Each answer is yielded as soon as its own fields were seen, so that a response which a capture cut still tells what its
/// first part says.
public struct ProduceResponseWalk {
    /// Walks the body that begins at the reader's position.
    ///
    /// - Parameters:
    ///   - reader: behind the response header.
    ///   - version: api version, 0 to 13.
    ///   - visit: called for each partition in wire order.
    /// - Throws: ``KafkaWireError`` when the bytes end early or cannot be a Produce response.
    public static func walk(
        _ reader: inout ByteReader, version: Int16, visit: (ProducePartitionAnswer) -> Void
    ) throws {
        guard ProduceResponse.versions.contains(version) else {
            throw reader.error(.unsupportedVersion(version), "Produce")
        }
        reader.version = version
        reader.flexible = APIKey.produce.isFlexible(version)
        for _ in 0..<(try count(&reader, "responses")) {
            var name = UnsafeRawBufferPointer(start: nil, count: 0)
            var id = KafkaUUID.zero
            if version >= 13 {
                try reader.uuid(&id, "topicId")
            } else {
                guard let raw = try reader.stringBytes("name") else { throw reader.error(.unexpectedNull, "name") }
                name = raw
            }
            for _ in 0..<(try count(&reader, "partitionResponses")) {
                let partition = try reader.read(Int32.self, "index")
                let errorCode = try reader.read(Int16.self, "errorCode")
                let baseOffset = try reader.read(Int64.self, "baseOffset")
                let appendTime = version >= 2 ? try reader.read(Int64.self, "logAppendTimeMs") : -1
                visit(
                    ProducePartitionAnswer(
                        topicName: name, topicID: id, partition: partition, errorCode: errorCode,
                        baseOffset: baseOffset, logAppendTimeMs: appendTime))
                try passRest(&reader, version: version)
            }
            try reader.tags()
        }
    }

    private static func passRest(_ reader: inout ByteReader, version: Int16) throws {
        if version >= 5 { _ = try reader.read(Int64.self, "logStartOffset") }
        if version >= 8 {
            for _ in 0..<(try count(&reader, "recordErrors")) {
                _ = try reader.read(Int32.self, "batchIndex")
                _ = try reader.stringBytes("batchIndexErrorMessage")
                try reader.tags()
            }
            _ = try reader.stringBytes("errorMessage")
        }
        try reader.tags()
    }

    private static func count(_ reader: inout ByteReader, _ field: StaticString) throws -> Int {
        let count = try reader.length(short: false, field)
        guard count <= reader.remaining else { throw reader.error(.badLength(Int64(count)), field) }
        return max(count, 0)
    }
}
