import KafkaWire
import RecordCompression

/// Checks one batch as a leader does before it appends it, and rewrites the header fields that the broker owns.
///
/// Plays `UnifiedLog.analyzeAndValidateRecords` and `LogValidator`, in their order: base offset, size, CRC, codec, offset
/// range and count, control bit, sequence, the topic's format, then every record.
struct BatchValidator {
    let configuration: TopicConfiguration
    let release: Release
    let topic: String
    let partition: Int32
    let nowMs: Int64

    /// A batch ready to be appended: its offsets are those of the request still.
    struct Validated {
        var header: RecordBatchHeader
        /// True when the header's timestamps or attributes changed, so that the CRC must be computed anew.
        var isRewritten = false
    }

    /// Validates `batch`, which is whole and of magic 2.
    ///
    /// - Throws: ``Refusal`` with Kafka's error.
    func validate(_ batch: UnsafeRawBufferPointer) throws(Refusal) -> Validated {
        guard let view = RecordBatchView(batch), view.isWhole else {
            throw Refusal(.corruptMessage, namesLogStart: false)
        }
        let header = view.header
        if header.baseOffset != 0 { throw invalidRecord }
        if batch.count > configuration.maxMessageBytes { throw Refusal(.messageTooLarge, namesLogStart: false) }
        if !view.isCRCValid { throw Refusal(.corruptMessage, namesLogStart: false) }
        guard let compression = header.compression, compression != .zstd || release.knowsZstd else {
            throw Refusal(.unknownServerError)
        }
        try checkHeader(header)
        var largest: Int64 = -1
        if compression == .none {
            largest = try checkRecords(view.records, header)
        } else {
            let records: [UInt8]
            do {
                records = try Decompression.decompress(view.records, compression, limit: Self.inflatedLimit)
            } catch {
                throw Refusal(.unknownServerError)
            }
            let outcome = records.withUnsafeBytes { raw in Result { try checkRecords(raw, header) } }
            switch outcome {
            case .success(let value): largest = value
            case .failure(let error): throw error as? Refusal ?? Refusal(.unknownServerError)
            }
        }
        return rewritten(header, largestTimestamp: largest)
    }

    /// A batch whose records unpack to more is refused: a small request must not fill the memory.
    static let inflatedLimit = 512 << 20

    /// What an `InvalidRecordException` becomes.
    private var invalidRecord: Refusal { Refusal.invalidRecord(release) }

    private func checkHeader(_ header: RecordBatchHeader) throws(Refusal) {
        let span = Int64(header.lastOffsetDelta) + 1
        if release.checksOffsetRange {
            guard span > 0, header.recordCount > 0, span == Int64(header.recordCount) else { throw invalidRecord }
        } else if header.recordCount <= 0 {
            throw invalidRecord
        }
        if header.isControl { throw invalidRecord }
        if header.producerID >= 0, header.baseSequence < 0 { throw invalidRecord }
        if configuration.messageFormat < 2, header.isTransactional || header.producerID >= 0 {
            throw Refusal(.unsupportedForMessageFormat)
        }
    }

    /// Checks every record and returns the largest timestamp.
    private func checkRecords(_ section: UnsafeRawBufferPointer, _ header: RecordBatchHeader) throws(Refusal) -> Int64 {
        var reader = ByteReader(section)
        var largest: Int64 = -1
        var errors: [ProduceResponse.RecordError] = []
        var hasTimestampError = false
        for index in 0..<header.recordCount {
            guard let record = try? RecordView(from: &reader) else { throw invalidRecord }
            let timestamp = header.isLogAppendTime ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
            largest = max(largest, timestamp)
            if let message = keyError(record.key == nil) {
                errors.append(.init(batchIndex: index, message: message))
            } else if let message = timestampError(timestamp, header, record) {
                hasTimestampError = true
                errors.append(.init(batchIndex: index, message: message))
            }
            if !errors.isEmpty, release.recordErrors != .all { break }
        }
        guard errors.isEmpty else {
            if release.recordErrors == .all, reader.remaining != 0 { throw invalidRecord }
            throw refusal(errors, isTimestamp: hasTimestampError)
        }
        guard reader.remaining == 0 else { throw invalidRecord }
        return largest
    }

    private func keyError(_ isMissing: Bool) -> String? {
        guard isMissing, configuration.isCompacted else { return nil }
        let stop = release.endsKeyMessageWithStop ? "." : ""
        return "Compacted topic cannot accept message without key in topic partition \(topic)-\(partition)\(stop)"
    }

    private func timestampError(_ timestamp: Int64, _ header: RecordBatchHeader, _ record: RecordView) -> String? {
        let offset = header.baseOffset + Int64(record.offsetDelta)
        if let message = timestampError(timestamp, offset: offset) { return message }
        guard header.isLogAppendTime else { return nil }
        return "Invalid timestamp type in message DefaultRecord(offset=\(offset), timestamp=\(timestamp), "
            + "key=\(record.key?.count ?? 0) bytes, value=\(record.value?.count ?? 0) bytes). Producer should not set "
            + "timestamp type to LogAppendTime."
    }

    private func timestampError(_ timestamp: Int64, offset: Int64) -> String? {
        guard !configuration.usesLogAppendTime, timestamp != -1 else { return nil }
        let (behind, overflow) = nowMs.subtractingReportingOverflow(timestamp)
        let isEarly = overflow ? timestamp < 0 : behind > configuration.timestampBeforeMaxMs
        let isLate = overflow ? timestamp > 0 : -behind > configuration.timestampAfterMaxMs
        guard isEarly || isLate else { return nil }
        return "Timestamp \(timestamp) of message with offset \(offset) is out of "
            + "range. The timestamp should be within [\(nowMs &- configuration.timestampBeforeMaxMs), "
            + "\(nowMs &+ configuration.timestampAfterMaxMs)]"
    }

    /// Checks one message of magic 0 or 1, as `validateRecord` does: key, time, and that no producer claims the broker's.
    func check(_ message: MessageView, index: Int32) throws(Refusal) {
        if let text = keyError(message.key == nil) {
            throw refusal([.init(batchIndex: index, message: text)], isTimestamp: false)
        }
        var text = timestampError(message.timestamp, offset: message.offset)
        if text == nil, message.magic == 1, message.attributes & 8 != 0 {
            text =
                "Invalid timestamp type in message \(message.offset). Producer should not set timestamp type to "
                + "LogAppendTime."
        }
        if let text { throw refusal([.init(batchIndex: index, message: text)], isTimestamp: true) }
    }

    private func refusal(_ errors: [ProduceResponse.RecordError], isTimestamp: Bool) -> Refusal {
        guard release.recordErrors != .none else {
            return isTimestamp ? Refusal(.invalidTimestamp, namesLogStart: false) : invalidRecord
        }
        let code: ErrorCode = isTimestamp ? .invalidTimestamp : .invalidRecord
        guard release.recordErrors == .all else {
            return Refusal(
                code, message: errors[0].message, recordErrors: [.init(batchIndex: errors[0].batchIndex, message: nil)])
        }
        var message = "One or more records have been rejected"
        if isTimestamp {
            message += " due to invalid timestamp"
        } else if release.quotesRecordErrors {
            let shown = errors.prefix(3).map {
                "RecordError(batchIndex=\($0.batchIndex), message='\($0.message ?? "null")')"
            }
            message +=
                " due to \(errors.count) record errors in total, and only showing the first three errors at most: "
                + "[" + shown.joined(separator: ", ") + "]"
        }
        return Refusal(code, message: message, recordErrors: errors)
    }

    private func rewritten(_ header: RecordBatchHeader, largestTimestamp: Int64) -> Validated {
        var result = Validated(header: header)
        if configuration.usesLogAppendTime {
            result.header.attributes |= 8
            result.header.maxTimestamp = nowMs
        } else {
            result.header.attributes &= ~8
            result.header.maxTimestamp = largestTimestamp
        }
        result.isRewritten =
            result.header.attributes != header.attributes || result.header.maxTimestamp != header.maxTimestamp
        return result
    }
}
