import KafkaWire
import RecordCompression

/// One record, whatever format it came in or goes out in. Record headers have no place in the older formats.
struct PlainRecord: Sendable, Equatable {
    var offset: Int64
    /// Milliseconds since the epoch; -1 for none, as in magic 0.
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?

    /// The records of a batch of magic 2 whose header is `header`.
    static func ofBatch(_ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader) throws -> [PlainRecord] {
        var result: [PlainRecord] = []
        let section = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.size...])
        try Decompression.withRecords(section, header.compression ?? .none) { records in
            try RecordView.forEach(in: records, count: header.recordCount) { record in
                let time =
                    header.isLogAppendTime ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
                result.append(
                    PlainRecord(
                        offset: header.baseOffset + Int64(record.offsetDelta), timestamp: time,
                        key: record.key.map(Array.init), value: record.value.map(Array.init)))
            }
        }
        return result
    }

    /// The records of one stored message: itself, or what is packed in it.
    static func ofMessage(_ bytes: UnsafeRawBufferPointer) throws -> [PlainRecord] {
        var reader = ByteReader(bytes)
        let outer = try MessageView(from: &reader)
        guard let codec = outer.compression, codec != .none, let packed = outer.value else {
            return [PlainRecord(outer, offset: outer.offset)]
        }
        var result: [PlainRecord] = []
        try Decompression.withRecords(packed, codec) { inner in
            try MessageView.forEach(in: inner) { result.append(PlainRecord($0, offset: $0.offset)) }
        }
        // Inside magic 1 offsets are relative to the first; the outer offset is the last one's (KIP-31).
        let shift = outer.magic == 1 ? outer.offset - (result.last?.offset ?? 0) : 0
        for index in result.indices {
            result[index].offset += shift
            if outer.attributes & 8 != 0 { result[index].timestamp = outer.timestamp }
        }
        return result
    }

    init(offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?) {
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
    }

    init(_ message: MessageView, offset: Int64) {
        self.init(
            offset: offset, timestamp: message.timestamp, key: message.key.map(Array.init),
            value: message.value.map(Array.init))
    }
}
