/// One record of a batch of magic 2, read without a copy; valid as long as the bytes below it are.
public struct RecordView {
    /// Offset less the batch's base offset.
    public let offsetDelta: Int32
    /// Timestamp less the batch's base timestamp, milliseconds.
    public let timestampDelta: Int64
    /// The key; nil for null.
    public let key: UnsafeRawBufferPointer?
    /// The value; nil for null.
    public let value: UnsafeRawBufferPointer?
    /// Number of headers.
    public let headerCount: Int32
    private let headers: UnsafeRawBufferPointer

    /// Reads the record at the reader's position and leaves the reader behind it.
    ///
    /// - Throws: ``KafkaWireError`` when the record is not well formed: lengths that do not add up included.
    public init(from reader: inout ByteReader) throws {
        let length = try reader.varint("recordLength")
        var body = ByteReader(try reader.slice(Int(length), "record"))
        _ = try body.read(Int8.self, "attributes")
        timestampDelta = try body.varlong("timestampDelta")
        offsetDelta = try body.varint("offsetDelta")
        key = try Self.field(&body, "key")
        value = try Self.field(&body, "value")
        headerCount = try body.varint("headersCount")
        guard headerCount >= 0 else { throw body.error(.badLength(Int64(headerCount)), "headersCount") }
        headers = UnsafeRawBufferPointer(rebasing: body.bytes[body.position...])
        for _ in 0..<headerCount {
            guard try Self.field(&body, "headerKey") != nil else { throw body.error(.unexpectedNull, "headerKey") }
            _ = try Self.field(&body, "headerValue")
        }
        guard body.remaining == 0 else { throw body.error(.badLength(Int64(length)), "recordLength") }
    }

    /// The value of the first header with this key; nil when there is none or its value is null.
    public func header(_ key: StaticString) -> UnsafeRawBufferPointer? {
        guard headerCount > 0 else { return nil }
        let wanted = UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        var reader = ByteReader(headers)
        for _ in 0..<headerCount {
            // The record was read to its end before: nothing here can fail.
            guard let name = try? Self.field(&reader, "headerKey"), let value = try? Self.field(&reader, "headerValue")
            else { return nil }
            if name.elementsEqual(wanted) { return value }
        }
        return nil
    }

    private static func field(
        _ reader: inout ByteReader, _ name: StaticString
    ) throws -> UnsafeRawBufferPointer? {
        let length = try reader.varint(name)
        return length == -1 ? nil : try reader.slice(Int(length), name)
    }

    /// Calls `body` for each of `count` records in `section`, which must be uncompressed.
    ///
    /// - Throws: ``KafkaWireError`` when a record is not well formed or bytes are left over; and what `body` throws.
    public static func forEach(
        in section: UnsafeRawBufferPointer, count: Int32, _ body: (RecordView) throws -> Void
    ) throws {
        var reader = ByteReader(section)
        guard count >= 0 else { throw reader.error(.badLength(Int64(count)), "recordsCount") }
        for _ in 0..<count { try body(try RecordView(from: &reader)) }
        guard reader.remaining == 0 else { throw reader.error(.badLength(Int64(reader.remaining)), "records") }
    }
}

/// A record to be written into a batch.
public struct Record: Sendable, Equatable {
    /// The key; nil for null.
    public var key: [UInt8]?
    /// The value; nil for null.
    public var value: [UInt8]?
    /// Timestamp less the batch's base timestamp, milliseconds.
    public var timestampDelta: Int64
    /// Headers: key and value.
    public var headers: [(key: String, value: [UInt8]?)]

    /// A record of these parts.
    public init(
        key: [UInt8]? = nil, value: [UInt8]?, timestampDelta: Int64 = 0,
        headers: [(key: String, value: [UInt8]?)] = []
    ) {
        self.key = key
        self.value = value
        self.timestampDelta = timestampDelta
        self.headers = headers
    }

    /// Equal in every part.
    public static func == (left: Record, right: Record) -> Bool {
        left.key == right.key && left.value == right.value && left.timestampDelta == right.timestampDelta
            && left.headers.elementsEqual(right.headers) { $0.key == $1.key && $0.value == $1.value }
    }

    /// Appends the record with this offset delta.
    public func write(to writer: inout ByteWriter, offsetDelta: Int32) {
        var body = ByteWriter(capacity: 32 + (key?.count ?? 0) + (value?.count ?? 0))
        body.write(Int8(0))
        body.writeVarlong(timestampDelta)
        body.writeVarint(offsetDelta)
        Self.write(key, to: &body)
        Self.write(value, to: &body)
        body.writeVarint(Int32(headers.count))
        for header in headers {
            Self.write(Array(header.key.utf8), to: &body)
            Self.write(header.value, to: &body)
        }
        writer.writeVarint(Int32(body.count))
        writer.write(raw: body.bytes)
    }

    private static func write(_ bytes: [UInt8]?, to writer: inout ByteWriter) {
        writer.writeVarint(Int32(bytes?.count ?? -1))
        if let bytes { writer.write(raw: bytes) }
    }
}
