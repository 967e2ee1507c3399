/// Appends protocol fields to bytes that it owns.
public struct ByteWriter: FieldCoder {
    /// What was written.
    public private(set) var bytes: [UInt8] = []
    /// See ``FieldCoder/version``.
    public var version: Int16 = 0
    /// See ``FieldCoder/flexible``.
    public var flexible = false

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }

    /// Bytes written so far.
    public var count: Int { bytes.count }

    /// Appends a big-endian integer.
    public mutating func write<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    public mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    /// Appends an unsigned variable-length integer.
    public mutating func writeUnsignedVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a zigzag variable-length integer of 32 bits.
    public mutating func writeVarint(_ value: Int32) {
        writeUnsignedVarint(UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
    }

    /// Appends a zigzag variable-length integer of 64 bits.
    public mutating func writeVarlong(_ value: Int64) {
        writeUnsignedVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Overwrites the integer at `offset` with `value`.
    ///
    /// - Precondition: that many bytes were written there before.
    public mutating func overwrite<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<T>.size <= bytes.count, "overwrites what was never written")
        withUnsafeBytes(of: value.bigEndian) { source in
            for index in 0..<source.count { bytes[offset + index] = source[index] }
        }
    }

    /// Prepends the length of what was written, which makes it a frame.
    public mutating func framed() -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(bytes.count + 4)
        withUnsafeBytes(of: Int32(truncatingIfNeeded: bytes.count).bigEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: bytes)
        return frame
    }

    /// Appends a length in the form that ``flexible`` asks for; nil is null.
    public mutating func writeLength(_ count: Int?, short: Bool, _ field: StaticString) throws {
        if flexible {
            writeUnsignedVarint(UInt64((count ?? -1) + 1))
        } else if short {
            guard let length = Int16(exactly: count ?? -1) else {
                throw KafkaWireError(.badLength(Int64(count ?? -1)), field: field.description, offset: self.count)
            }
            write(length)
        } else {
            guard let length = Int32(exactly: count ?? -1) else {
                throw KafkaWireError(.badLength(Int64(count ?? -1)), field: field.description, offset: self.count)
            }
            write(length)
        }
    }
}

extension ByteWriter {
    /// See ``FieldCoder/integer(_:_:)``.
    public mutating func integer<T: FixedWidthInteger>(_ value: inout T, _ field: StaticString) { write(value) }

    /// See ``FieldCoder/boolean(_:_:)``.
    public mutating func boolean(_ value: inout Bool, _ field: StaticString) { write(UInt8(value ? 1 : 0)) }

    /// See ``FieldCoder/uuid(_:_:)``.
    public mutating func uuid(_ value: inout KafkaUUID, _ field: StaticString) {
        write(value.high)
        write(value.low)
    }

    /// See ``FieldCoder/string(_:_:)``.
    public mutating func string(_ value: inout String, _ field: StaticString) throws {
        try writeLength(value.utf8.count, short: true, field)
        write(raw: value.utf8)
    }

    /// See ``FieldCoder/nullableString(_:_:)``.
    public mutating func nullableString(_ value: inout String?, _ field: StaticString) throws {
        try writeLength(value?.utf8.count, short: true, field)
        if let value { write(raw: value.utf8) }
    }

    /// See ``FieldCoder/bytes(_:_:)``.
    public mutating func bytes(_ value: inout [UInt8], _ field: StaticString) throws {
        try writeLength(value.count, short: false, field)
        write(raw: value)
    }

    /// See ``FieldCoder/nullableBytes(_:_:)``.
    public mutating func nullableBytes(_ value: inout [UInt8]?, _ field: StaticString) throws {
        try writeLength(value?.count, short: false, field)
        if let value { write(raw: value) }
    }

    /// See ``FieldCoder/array(_:_:)``.
    public mutating func array<E: FieldCodable>(_ value: inout [E], _ field: StaticString) throws {
        try writeLength(value.count, short: false, field)
        for index in value.indices { try value[index].code(&self) }
    }

    /// See ``FieldCoder/nullableArray(_:_:)``.
    public mutating func nullableArray<E: FieldCodable>(_ value: inout [E]?, _ field: StaticString) throws {
        guard var elements = value else { return try writeLength(nil, short: false, field) }
        try array(&elements, field)
    }

    /// See ``FieldCoder/tags()``.
    public mutating func tags() {
        if flexible { bytes.append(0) }
    }

    /// See ``FieldCoder/taggedFields(_:)``.
    public mutating func taggedFields(_ fields: inout [TaggedField]) {
        guard flexible else { return }
        writeUnsignedVarint(UInt64(fields.count))
        for field in fields.sorted(by: { $0.tag < $1.tag }) {
            writeUnsignedVarint(UInt64(field.tag))
            writeUnsignedVarint(UInt64(field.bytes.count))
            write(raw: field.bytes)
        }
    }
}
