import KafkaWire
import RecordCompression

/// Reads and checks the messages of magic 0 or 1 that old producers send (Produce v0 to v2, until 3.x).
///
/// Plays `Log.analyzeAndValidateRecords` and then `LogValidator` for message sets: first size, checksum and codec of every
/// message, then every record.
struct MessageSetValidator {
    let validator: BatchValidator

    /// The records of a section and the codec that they are to be stored with: the last one used.
    struct Checked {
        var records: [PlainRecord] = []
        var codec = Compression.none
    }

    private var release: Release { validator.release }

    /// Checks the messages of `section`; one that is cut at the end does not count, as in Kafka.
    ///
    /// - Throws: ``Refusal`` with Kafka's error.
    func check(_ section: UnsafeRawBufferPointer) throws(Refusal) -> Checked {
        var checked = Checked()
        do {
            try analyze(section, &checked)
            try MessageView.forEach(in: section, partialEnd: true) { try collect($0, &checked) }
        } catch let refusal as Refusal {
            throw refusal
        } catch is DecompressionError {
            throw Refusal(.unknownServerError)
        } catch {
            throw Refusal(.corruptMessage, namesLogStart: false)
        }
        guard !checked.records.isEmpty else { throw Refusal.invalidRecord(release) }
        return checked
    }

    private func analyze(_ section: UnsafeRawBufferPointer, _ checked: inout Checked) throws {
        var first: Int8?
        var count = 0
        try MessageView.forEach(in: section, partialEnd: true) { message in
            let size = (message.value?.count ?? 0) + (message.key?.count ?? 0) + (message.magic == 0 ? 26 : 34)
            guard size <= validator.configuration.maxMessageBytes else {
                throw Refusal(.messageTooLarge, namesLogStart: false)
            }
            guard message.isCRCValid else { throw Refusal(.corruptMessage, namesLogStart: false) }
            guard let codec = message.compression, codec != .zstd else { throw Refusal(.unknownServerError) }
            if codec != .none { checked.codec = codec }
            if release.demandsUniformSets, message.magic != first ?? message.magic {
                throw Refusal.invalidRecord(release)
            }
            first = first ?? message.magic
            count += 1
        }
        if release.demandsUniformSets, checked.codec != .none, count > 1 { throw Refusal.invalidRecord(release) }
    }

    private func collect(_ message: MessageView, _ checked: inout Checked) throws {
        guard let codec = message.compression, codec != .none else {
            try validator.check(message, index: Int32(checked.records.count))
            return checked.records.append(PlainRecord(message, offset: message.offset))
        }
        guard let packed = message.value else { throw Refusal.invalidRecord(release) }
        try Decompression.withRecords(packed, codec, limit: BatchValidator.inflatedLimit) { inner in
            var expected: Int64 = 0
            try MessageView.forEach(in: inner) { record in
                guard record.isCRCValid else { throw Refusal(.corruptMessage, namesLogStart: false) }
                guard record.magic == message.magic, record.compression == Compression.none else {
                    throw Refusal.invalidRecord(release)
                }
                try validator.check(record, index: Int32(checked.records.count))
                if release.demandsConsecutiveInnerOffsets, message.magic == 1,
                    validator.configuration.messageFormat > 0, record.offset != expected
                {
                    throw Refusal.invalidRecord(release)
                }
                expected += 1
                checked.records.append(PlainRecord(record, offset: record.offset))
            }
        }
    }
}
