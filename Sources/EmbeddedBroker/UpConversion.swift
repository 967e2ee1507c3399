import KafkaWire
import RecordCompression

/// Turns the messages of magic 0 or 1 that old producers send (Produce v0 to v2, until 3.x) into one batch of magic 2, the
/// log's format. Compressed messages are stored uncompressed; Kafka would pack them again.
enum UpConversion {
    /// The batch that holds the messages of `section`.
    ///
    /// - Throws: ``Refusal`` with Kafka's error: 2 for a wrong checksum, 10 for a message that is too large.
    static func batch(_ section: UnsafeRawBufferPointer, maxMessageBytes: Int) throws(Refusal) -> [UInt8] {
        var collected = Collected()
        do {
            // A message that is cut at the end does not count, as in Kafka.
            try MessageView.forEach(in: section, partialEnd: true) { message in
                try collected.add(message, maxMessageBytes: maxMessageBytes)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.corruptMessage, namesLogStart: false)
        }
        guard !collected.records.isEmpty else { throw Refusal(.invalidRecord) }
        let base = collected.timestamps[0]
        for index in collected.records.indices {
            collected.records[index].timestampDelta = collected.timestamps[index] &- base
        }
        var builder = RecordBatchBuilder(collected.records, baseTimestamp: base)
        builder.header.maxTimestamp = collected.timestamps.max() ?? -1
        return builder.build()
    }

    private struct Collected {
        var records: [Record] = []
        var timestamps: [Int64] = []

        mutating func add(_ message: MessageView, maxMessageBytes: Int) throws {
            guard message.isCRCValid else { throw Refusal(.corruptMessage, namesLogStart: false) }
            let size = (message.value?.count ?? 0) + (message.key?.count ?? 0) + 34
            guard size <= maxMessageBytes else { throw Refusal(.messageTooLarge, namesLogStart: false) }
            guard let codec = message.compression, codec != .zstd else { throw Refusal(.unknownServerError) }
            guard codec != .none else { return append(message) }
            guard let packed = message.value else { throw Refusal(.invalidRecord) }
            do {
                try Decompression.withRecords(packed, codec, limit: BatchValidator.inflatedLimit) { inner in
                    try MessageView.forEach(in: inner) { message in
                        guard message.isCRCValid else { throw Refusal(.corruptMessage, namesLogStart: false) }
                        guard message.compression == Compression.none else { throw Refusal(.invalidRecord) }
                        append(message)
                    }
                }
            } catch is DecompressionError {
                throw Refusal(.unknownServerError)
            }
        }

        private mutating func append(_ message: MessageView) {
            records.append(Record(key: message.key.map(Array.init), value: message.value.map(Array.init)))
            timestamps.append(message.timestamp)
        }
    }
}
