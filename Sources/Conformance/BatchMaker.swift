import KafkaWire
import RecordCompression

/// Makes the bytes of a case's batches.
struct BatchMaker {
    /// Milliseconds since the epoch when the case began.
    let startMs: Int64
    /// Ids of the producers by alias.
    let producers: [String: Int64]

    /// The records section of one entry; nil for null records.
    func records(_ batches: [BatchSpec]?) throws -> [UInt8]? {
        try batches?.flatMap { try bytes($0) }
    }

    /// The largest timestamp that a batch's header names.
    func maxTimestamp(_ batch: BatchSpec) -> Int64 { baseTimestamp(batch) + Int64(batch.recordCount ?? 1) - 1 }

    private func baseTimestamp(_ batch: BatchSpec) -> Int64 {
        let sequence = Int64(batch.baseSequence ?? 0)
        return startMs + ((sequence % 1000) + 1000) % 1000 + (batch.tsOffsetMs ?? 0)
    }

    private func values(_ batch: BatchSpec) -> [[UInt8]] {
        let payload = batch.payload ?? "p\(batch.baseSequence ?? 0)"
        let padding = [UInt8](repeating: 0x2e, count: max(batch.pad ?? 0, 0))
        return (0..<max(batch.recordCount ?? 1, 0)).map { Array("\(payload)-\($0)".utf8) + padding }
    }

    private func bytes(_ batch: BatchSpec) throws -> [UInt8] {
        if let magic = batch.magic, magic < 2 { return try messageSet(batch, magic) }
        let key = batch.key.map { Array($0.utf8) }
        let records =
            Self.controlRecord(batch)
            ?? values(batch).enumerated().map {
                Record(key: key, value: $0.element, timestampDelta: Int64($0.offset))
            }
        var builder = RecordBatchBuilder(
            records, baseTimestamp: baseTimestamp(batch), producerID: try producerID(batch.producer),
            producerEpoch: batch.epoch ?? -1, baseSequence: batch.baseSequence ?? -1)
        builder.header.maxTimestamp = maxTimestamp(batch)
        builder.header.attributes = batch.attributes ?? (batch.transactional == true ? 16 : 0)
        switch batch.compression {
        case nil: break
        case "gzip":
            builder.header.attributes |= 1
            builder.records = try gzip(builder.records)
        case "brokenGzip": builder.header.attributes |= 1
        case "codec5": builder.header.attributes |= 5
        case let other?: throw ConformanceError(description: "compression \(other) is not known")
        }
        if let count = batch.headerCount { builder.header.recordCount = count }
        if let delta = batch.lastOffsetDelta { builder.header.lastOffsetDelta = delta }
        if let offset = batch.baseOffset { builder.header.baseOffset = offset }
        if let magic = batch.magic { builder.header.magic = magic }
        return try corrupt(builder.build(), batch)
    }

    /// A record as brokers write them: a control key and an end marker.
    private static func controlRecord(_ batch: BatchSpec) -> [Record]? {
        guard let kind = batch.controlRecord else { return nil }
        return [Record(key: [0, 0, 0, kind == "COMMIT" ? 1 : 0], value: [0, 0, 0, 0, 0, 0])]
    }

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let packed = Compressor.compress(bytes, .gzip) else {
            throw ConformanceError(description: "\(bytes.count) bytes cannot be packed with gzip: no memory")
        }
        return packed
    }

    private func corrupt(_ whole: [UInt8], _ batch: BatchSpec) throws -> [UInt8] {
        var bytes = whole
        let isMessageSet = (batch.magic ?? 2) < 2
        switch batch.corrupt {
        case nil: break
        case "crc": bytes[isMessageSet ? 15 : 20] ^= 1
        case "payloadbit":
            // The last value of a batch is followed by its header count, one byte.
            bytes[bytes.count - (isMessageSet ? 1 : 2)] ^= 1
        case "truncate": bytes.removeLast(3)
        case "lengthTooLong":
            let length = bytes.withUnsafeBytes {
                Int32(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: Int32.self))
            }
            withUnsafeBytes(of: (length + 10).bigEndian) { bytes.replaceSubrange(8..<12, with: $0) }
        case let other?: throw ConformanceError(description: "corrupt \(other) is not known")
        }
        return bytes
    }

    private func messageSet(_ batch: BatchSpec, _ magic: Int8) throws -> [UInt8] {
        let attributes = Int8(truncatingIfNeeded: batch.attributes ?? 0)
        var writer = ByteWriter()
        for (index, value) in values(batch).enumerated() {
            Message(
                offset: Int64(index), magic: magic, attributes: attributes,
                timestamp: baseTimestamp(batch) + Int64(index), key: batch.key.map { Array($0.utf8) }, value: value
            ).write(to: &writer)
        }
        guard let compression = batch.compression else { return try corrupt(writer.bytes, batch) }
        let codec: Int8
        var value = writer.bytes
        switch compression {
        case "gzip":
            codec = 1
            value = try gzip(value)
        case "brokenGzip": codec = 1
        case "codec5": codec = 5
        default: throw ConformanceError(description: "compression \(compression) is not known")
        }
        var outer = ByteWriter()
        Message(
            offset: Int64(max((batch.recordCount ?? 1) - 1, 0)), magic: magic, attributes: attributes | codec,
            timestamp: maxTimestamp(batch), value: value
        ).write(to: &outer)
        return try corrupt(outer.bytes, batch)
    }

    private func producerID(_ alias: ProducerAlias?) throws -> Int64 {
        guard let alias else { return -1 }
        if let id = producers[alias.name] { return id }
        guard let number = Int64(alias.name) else {
            throw ConformanceError(description: "producer \(alias.name) is not known")
        }
        return number
    }
}
