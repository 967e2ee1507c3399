import KafkaWire

/// The first look at a records section: how many batches, of which magic. Plays `ByteBufferLogInputStream`.
enum BatchAdmission {
    /// What stands at a position of a records section.
    enum Next: Equatable {
        /// Nothing that counts: the end, or a batch that is not whole.
        case none
        /// A batch or message of this many bytes and this magic.
        case batch(size: Int, magic: Int8)
        /// Bytes that cannot be a batch.
        case corrupt(String)
    }

    private static let smallestLength: Int32 = 14

    static func next(in section: UnsafeRawBufferPointer, at offset: Int) -> Next {
        let remaining = section.count - offset
        guard remaining >= 12, let base = section.baseAddress else { return .none }
        let length = Int32(bigEndian: base.loadUnaligned(fromByteOffset: offset + 8, as: Int32.self))
        guard length >= smallestLength else {
            return .corrupt("Record size \(length) is less than the minimum record overhead (\(smallestLength))")
        }
        guard remaining >= 17 else { return .none }
        let magic = base.loadUnaligned(fromByteOffset: offset + 16, as: Int8.self)
        guard (0...2).contains(magic) else { return .corrupt("Invalid magic found in record: \(magic)") }
        guard remaining >= Int(length) + 12 else { return .none }
        return .batch(size: Int(length) + 12, magic: magic)
    }

    /// The attributes of the batch of magic 2 at the start of `section`, of which at least 23 bytes are there.
    static func attributes(_ section: UnsafeRawBufferPointer) -> Int16 {
        Int16(bigEndian: section.loadUnaligned(fromByteOffset: 21, as: Int16.self))
    }

    /// The producer id of a batch of magic 2; -1 when it has none or is too short for one.
    static func producerID(_ batch: UnsafeRawBufferPointer) -> Int64 {
        batch.count >= 51 ? Int64(bigEndian: batch.loadUnaligned(fromByteOffset: 43, as: Int64.self)) : -1
    }

    /// Checks what Produce v3 and later demand: exactly one whole batch of magic 2 (`ProduceRequest.validateRecords`).
    ///
    /// - Returns: the bytes of the batch.
    /// - Throws: ``Refusal``.
    static func singleBatch(
        in section: UnsafeRawBufferPointer, version: Int16, release: Release
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        switch next(in: section, at: 0) {
        case .none: throw Refusal.invalidRecord(release, namesLogStart: false)
        case .corrupt: throw Refusal(.corruptMessage, namesLogStart: false)
        case .batch(let size, let magic):
            guard magic == 2 else { throw Refusal.invalidRecord(release, namesLogStart: false) }
            let batch = UnsafeRawBufferPointer(rebasing: section[..<size])
            if version < 7, release.knowsZstd, size >= 23, attributes(batch) & 7 == Compression.zstd.rawValue {
                throw Refusal(.unsupportedCompressionType, namesLogStart: false)
            }
            switch next(in: section, at: size) {
            case .none: return batch
            case .batch: throw Refusal.invalidRecord(release, namesLogStart: false)
            case .corrupt: throw Refusal(.corruptMessage, namesLogStart: false)
            }
        }
    }
}
