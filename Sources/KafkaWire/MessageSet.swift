/// One message of a message set of magic 0 or 1, the format before record batches; read without a copy.
///
/// Layout: offset, size, CRC-32, magic, attributes, timestamp (magic 1 only), key, value. A compressed message holds
/// a message set in its value. See Kafka's documentation, "Old Message Format".
public struct MessageView {
    /// Offset, or the relative offset inside a compressed message of magic 1.
    public let offset: Int64
    /// The CRC-32 as sent.
    public let crc: UInt32
    /// 0 or 1.
    public let magic: Int8
    /// Compression (bits 0-2) and timestamp type (bit 3).
    public let attributes: Int8
    /// Milliseconds since the epoch; -1 for magic 0.
    public let timestamp: Int64
    /// The key; nil for null.
    public let key: UnsafeRawBufferPointer?
    /// The value; nil for null.
    public let value: UnsafeRawBufferPointer?
    /// Whether the CRC matches.
    public let isCRCValid: Bool

    /// Reads the message at the reader's position and leaves the reader behind it.
    ///
    /// - Throws: ``KafkaWireError`` when the message is not well formed or its magic is neither 0 nor 1.
    public init(from reader: inout ByteReader) throws {
        offset = try reader.read(Int64.self, "offset")
        let size = try reader.read(Int32.self, "messageSize")
        var body = ByteReader(try reader.slice(Int(size), "message"))
        crc = try body.read(UInt32.self, "crc")
        isCRCValid = CRC32.checksum(UnsafeRawBufferPointer(rebasing: body.bytes[4...])) == crc
        magic = try body.read(Int8.self, "magic")
        guard magic == 0 || magic == 1 else { throw body.error(.badValue(Int64(magic)), "magic") }
        attributes = try body.read(Int8.self, "attributes")
        timestamp = magic == 1 ? try body.read(Int64.self, "timestamp") : -1
        key = try Self.field(&body, "key")
        value = try Self.field(&body, "value")
        guard body.remaining == 0 else { throw body.error(.badLength(Int64(size)), "messageSize") }
    }

    /// Compression; nil for an undefined codec.
    public var compression: Compression? { Compression(rawValue: UInt8(bitPattern: attributes) & 7) }

    private static func field(_ reader: inout ByteReader, _ name: StaticString) throws -> UnsafeRawBufferPointer? {
        let length = try reader.read(Int32.self, name)
        return length == -1 ? nil : try reader.slice(Int(length), name)
    }

    /// Calls `body` for each message in `section`. A partial message at the end, which a Fetch answer may have, ends
    /// the walk without an error when `partialEnd` is true.
    ///
    /// - Throws: ``KafkaWireError`` when a message is not well formed; and what `body` throws.
    public static func forEach(
        in section: UnsafeRawBufferPointer, partialEnd: Bool = false, _ body: (MessageView) throws -> Void
    ) throws {
        var reader = ByteReader(section)
        while reader.remaining > 0 {
            if partialEnd {
                var ahead = ByteReader(section, at: reader.position)
                guard let _ = try? ahead.read(Int64.self, "offset"),
                    let size = try? ahead.read(Int32.self, "messageSize"), size <= ahead.remaining
                else { return }
            }
            try body(try MessageView(from: &reader))
        }
    }
}

/// A message to be written in the format of magic 0 or 1.
public struct Message: Sendable, Equatable {
    /// Offset.
    public var offset: Int64
    /// 0 or 1.
    public var magic: Int8
    /// Compression and timestamp type.
    public var attributes: Int8
    /// Milliseconds since the epoch; not written for magic 0.
    public var timestamp: Int64
    /// The key; nil for null.
    public var key: [UInt8]?
    /// The value; nil for null.
    public var value: [UInt8]?

    /// A message of these parts.
    public init(
        offset: Int64 = 0, magic: Int8, attributes: Int8 = 0, timestamp: Int64 = -1, key: [UInt8]? = nil,
        value: [UInt8]?
    ) {
        self.offset = offset
        self.magic = magic
        self.attributes = attributes
        self.timestamp = timestamp
        self.key = key
        self.value = value
    }

    /// Appends the message with its size and CRC.
    public func write(to writer: inout ByteWriter) {
        var body = ByteWriter(capacity: 32 + (key?.count ?? 0) + (value?.count ?? 0))
        body.write(magic)
        body.write(attributes)
        if magic == 1 { body.write(timestamp) }
        for field in [key, value] {
            body.write(Int32(field?.count ?? -1))
            if let field { body.write(raw: field) }
        }
        writer.write(offset)
        writer.write(Int32(body.count + 4))
        writer.write(body.bytes.withUnsafeBytes { CRC32.checksum($0) })
        writer.write(raw: body.bytes)
    }
}
