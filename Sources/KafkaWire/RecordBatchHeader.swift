/// The 61 fixed bytes at the start of a record batch of magic 2 (KIP-98).
///
/// A plain value, read in one go without allocation. It judges nothing: lengths and counts are as the peer wrote them.
public struct RecordBatchHeader: Sendable, Equatable {
    /// Bytes of the header: what must be visible for it to be read.
    public static let size = 61
    /// Offset of the magic byte, which is the same in message sets of magic 0 and 1.
    public static let magicOffset = 16
    /// Offset of the first byte that the CRC covers.
    public static let checkedFromOffset = 21

    /// Base offsets that a log can hold, so that the offset after a batch fits 64 bits too. What a peer says beyond them is
    /// no offset. Old releases stored a batch whose range is wrong from its end, which may lie below 0.
    public static let offsets: ClosedRange<Int64> = -(1 << 31)...(1 << 62)

    /// Offset of the first record; 0 in a Produce request.
    public var baseOffset: Int64 = 0
    /// Bytes that follow this field: the size of the batch less 12.
    public var batchLength: Int32 = 49
    /// Epoch of the leader that appended the batch; -1 in a Produce request.
    public var partitionLeaderEpoch: Int32 = -1
    /// 2.
    public var magic: Int8 = 2
    /// CRC-32C of everything after this field.
    public var crc: UInt32 = 0
    /// Compression (bits 0-2), timestamp type (3), transactional (4), control (5), delete horizon (6).
    public var attributes: Int16 = 0
    /// Offset of the last record less that of the first.
    public var lastOffsetDelta: Int32 = 0
    /// Timestamp of the first record, milliseconds since the epoch.
    public var baseTimestamp: Int64 = 0
    /// Largest timestamp, or the time of the append when the timestamp type says so.
    public var maxTimestamp: Int64 = 0
    /// Producer id; -1 for none.
    public var producerID: Int64 = -1
    /// Producer epoch; -1 for none.
    public var producerEpoch: Int16 = -1
    /// Sequence of the first record; -1 for none.
    public var baseSequence: Int32 = -1
    /// Number of records.
    public var recordCount: Int32 = 0

    /// A header with the protocol's defaults.
    public init() {}

    /// Reads the header at the start of `bytes`; nil when fewer than 61 bytes are there.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size, let base = bytes.baseAddress else { return nil }
        func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: T.Type) -> T {
            T(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        baseOffset = load(0, Int64.self)
        batchLength = load(8, Int32.self)
        partitionLeaderEpoch = load(12, Int32.self)
        magic = load(16, Int8.self)
        crc = load(17, UInt32.self)
        attributes = load(21, Int16.self)
        lastOffsetDelta = load(23, Int32.self)
        baseTimestamp = load(27, Int64.self)
        maxTimestamp = load(35, Int64.self)
        producerID = load(43, Int64.self)
        producerEpoch = load(51, Int16.self)
        baseSequence = load(53, Int32.self)
        recordCount = load(57, Int32.self)
    }

    /// Sequence of the last record; wraps from 2^31-1 to 0 as Kafka's does; -1 without a sequence.
    public var lastSequence: Int32 {
        guard baseSequence >= 0 else { return -1 }
        return Self.advance(baseSequence, by: lastOffsetDelta)
    }

    /// `sequence` + `delta` modulo 2^31, as Kafka's `DefaultRecordBatch.incrementSequence`.
    public static func advance(_ sequence: Int32, by delta: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(sequence) + Int64(delta)) & 0x7fff_ffff)
    }

    /// Bytes of the whole batch as the header claims; may be negative when a peer lies.
    public var totalSize: Int { Int(batchLength) + 12 }

    /// Compression of the records; nil for an undefined codec.
    public var compression: Compression? { Compression(rawValue: UInt8(attributes & 7)) }

    /// True when timestamps are those of the append.
    public var isLogAppendTime: Bool { attributes & 8 != 0 }

    /// True for a batch of a transaction.
    public var isTransactional: Bool { attributes & 16 != 0 }

    /// True for a batch of control records, which only brokers write.
    public var isControl: Bool { attributes & 32 != 0 }

    /// Appends the 61 bytes.
    public func write(to writer: inout ByteWriter) {
        writer.write(baseOffset)
        writer.write(batchLength)
        writer.write(partitionLeaderEpoch)
        writer.write(magic)
        writer.write(crc)
        writer.write(attributes)
        writer.write(lastOffsetDelta)
        writer.write(baseTimestamp)
        writer.write(maxTimestamp)
        writer.write(producerID)
        writer.write(producerEpoch)
        writer.write(baseSequence)
        writer.write(recordCount)
    }
}

/// How records are compressed: bits 0 to 2 of a batch's attributes.
public enum Compression: UInt8, Sendable, CaseIterable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4
}

/// One batch of magic 2 in a records section, read without a copy; valid as long as the bytes below it are.
public struct RecordBatchView {
    /// The header.
    public let header: RecordBatchHeader
    /// What is visible of the batch: all of it, unless the capture or the frame cut it.
    public let bytes: UnsafeRawBufferPointer

    /// The batch at the start of `bytes`, which may go on behind it; nil when the header is not wholly visible.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard let header = RecordBatchHeader(bytes) else { return nil }
        self.header = header
        let size = max(RecordBatchHeader.size, header.totalSize)
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<min(size, bytes.count)])
    }

    /// True when every byte of the batch is visible.
    public var isWhole: Bool { header.totalSize >= RecordBatchHeader.size && bytes.count == header.totalSize }

    /// The records, compressed as the header says.
    public var records: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...]) }

    /// Whether the CRC matches; false when the batch is not whole.
    public var isCRCValid: Bool {
        guard isWhole else { return false }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.checkedFromOffset...])
        return CRC32C.checksum(checked) == header.crc
    }
}

/// Walks the batches of a records section without a copy.
///
/// Stops at the first batch whose length is impossible or whose header is not visible, and says how far it came.
public struct RecordBatchSequence: Sequence, IteratorProtocol {
    private let section: UnsafeRawBufferPointer
    /// Offset behind the last batch returned.
    public private(set) var position = 0

    /// The batches of `section`.
    public init(_ section: UnsafeRawBufferPointer) { self.section = section }

    /// The next batch, which is not whole when the section is cut.
    public mutating func next() -> RecordBatchView? {
        guard position < section.count,
            let view = RecordBatchView(UnsafeRawBufferPointer(rebasing: section[position...])),
            view.header.totalSize >= RecordBatchHeader.size
        else { return nil }
        position += view.bytes.count
        return view
    }
}
