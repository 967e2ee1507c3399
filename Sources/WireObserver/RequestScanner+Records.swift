import KafkaWire

extension RequestScanner {
    /// Bytes of a message of magic 0 or 1 up to its attributes.
    private static let messageHeaderSize = 18

    /// The header of the next batch or message; its records are passed over.
    mutating func batchHeader(_ window: UnsafeRawBufferPointer) -> Step {
        guard remaining.records > RecordBatchHeader.magicOffset else { return passRecords() }
        guard window.count > RecordBatchHeader.magicOffset else { return .more }
        let magic = window[RecordBatchHeader.magicOffset]
        let headerSize = magic == 2 ? RecordBatchHeader.size : Self.messageHeaderSize
        guard magic <= 2, remaining.records >= headerSize else { return passRecords() }
        guard window.count >= headerSize else { return .more }
        let length = Int(Int32(bigEndian: window.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
        let total = 12 + length
        guard total >= headerSize, total <= remaining.records else { return passRecords() }
        if magic == 2 {
            if let header = RecordBatchHeader(window) { note(header, window) }
        } else {
            noteMessage(window, magic: magic, length: length)
        }
        return pass(total, headerSize)
    }

    /// Records that cannot be: the entry stays without a batch and the request goes on behind them.
    private mutating func passRecords() -> Step {
        undecodable += 1
        return pass(remaining.records, 0)
    }

    private mutating func pass(_ total: Int, _ header: Int) -> Step {
        remaining.records -= total
        skip = total - header
        if remaining.records == 0 { state = .partitionEnd }
        // Without tagged fields the request may end with these records.
        if frameRemaining == total, remaining.topics <= 1, remaining.partitions <= 1 {
            remaining.topics = 0
            remaining.partitions = 0
            state = .rest
        }
        return .took(header)
    }

    private mutating func note(_ header: RecordBatchHeader, _ window: UnsafeRawBufferPointer) {
        var entry = entries[entries.count - 1]
        entry.batches += 1
        entry.recordCount &+= max(header.recordCount, 0)
        if entry.batches == 1 {
            entry.producerID = header.producerID
            entry.producerEpoch = header.producerEpoch
            entry.baseSequence = header.baseSequence
            entry.lastSequence = header.lastSequence
            entry.baseTimestampMs = header.baseTimestamp
            let length = header.totalSize - RecordBatchHeader.size
            let checked = UnsafeRawBufferPointer(
                rebasing: window[RecordBatchHeader.checkedFromOffset..<RecordBatchHeader.size])
            // Batches of one producer are often of one length.
            if length != lastFactor.length {
                lastFactor = (length, RecordsChecksum.factor(length))
            }
            let records = RecordsChecksum.records(batch: header.crc, header: checked, factor: lastFactor.value)
            entry.payload = UInt64(records) << 32 | UInt64(UInt32(truncatingIfNeeded: length))
            entry.identity = UInt64(header.crc) << 32 | UInt64(UInt32(truncatingIfNeeded: length))
            entry.isHeaderWhole = true
        } else {
            entry.lastSequence = header.lastSequence
            entry.payload = entry.payload &* 31 &+ UInt64(header.crc)
            entry.identity = entry.identity &* 31 &+ UInt64(header.crc)
        }
        entries[entries.count - 1] = entry
    }

    /// A message of magic 0 or 1. A compressed one holds others; with magic 1 its offset is that of the last of them.
    private mutating func noteMessage(_ window: UnsafeRawBufferPointer, magic: UInt8, length: Int) {
        let offset = Int64(bigEndian: window.loadUnaligned(fromByteOffset: 0, as: Int64.self))
        let crc = UInt32(bigEndian: window.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        let isCompressed = window[17] & 7 != 0
        let inner = isCompressed && magic == 1 && (0..<1_000_000).contains(offset) ? Int32(offset) + 1 : 1
        entries[entries.count - 1].batches += 1
        entries[entries.count - 1].recordCount &+= inner
        let previous = entries[entries.count - 1].payload
        let hash = (previous ^ UInt64(crc) ^ UInt64(UInt32(truncatingIfNeeded: length)) << 32) &* 0x9e37_79b9_7f4a_7c15
        entries[entries.count - 1].payload = hash ^ hash >> 29
        entries[entries.count - 1].identity = hash ^ hash >> 29
        entries[entries.count - 1].isHeaderWhole = true
    }

    /// A batch header that a gap or the snap length cut: checksum, length and record count come before the producer id.
    mutating func cutBatchHeader(_ window: UnsafeRawBufferPointer) {
        guard window.count >= 27, window[RecordBatchHeader.magicOffset] == 2,
            let entry = entries.last, entry.batches == 0
        else { return }
        let length = UInt32(bigEndian: window.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let crc = UInt32(bigEndian: window.loadUnaligned(fromByteOffset: 17, as: UInt32.self))
        let delta = Int32(bigEndian: window.loadUnaligned(fromByteOffset: 23, as: Int32.self))
        entries[entries.count - 1].batches = 1
        hidden.isCountKnown = delta >= 0 && remaining.records == 12 + Int(length)
        entries[entries.count - 1].recordCount = delta >= 0 && delta < .max ? delta + 1 : 0
        entries[entries.count - 1].identity = UInt64(crc) << 32 | UInt64(length)
        entries[entries.count - 1].payload = entries[entries.count - 1].identity
    }
}
