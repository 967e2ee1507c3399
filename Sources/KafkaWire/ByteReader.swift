/// A bounds-checked cursor over bytes that it does not own.
///
/// The bytes must outlive the reader: use it inside `withUnsafeBytes`. Nothing is copied until a field is asked for as
/// an array or a string. No input can make it trap.
public struct ByteReader: FieldCoder {
    /// The input.
    public let bytes: UnsafeRawBufferPointer
    /// Offset of the next byte to be read.
    public private(set) var position: Int
    /// See ``FieldCoder/version``.
    public var version: Int16 = 0
    /// See ``FieldCoder/flexible``.
    public var flexible = false

    /// A reader at `position` of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = min(max(position, 0), bytes.count)
    }

    /// Bytes not read yet.
    @inlinable public var remaining: Int { bytes.count - position }

    /// The next `count` bytes, without a copy.
    ///
    /// - Throws: ``KafkaWireError`` when `count` is negative or fewer bytes remain.
    public mutating func slice(_ count: Int, _ field: StaticString) throws -> UnsafeRawBufferPointer {
        guard count >= 0 else { throw error(.badLength(Int64(count)), field) }
        guard count <= remaining else { throw error(.truncated(needed: count - remaining), field) }
        let result = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        return result
    }

    /// A big-endian integer.
    ///
    /// - Throws: ``KafkaWireError`` when fewer bytes remain than the type has.
    @inline(__always)
    public mutating func read<T: FixedWidthInteger>(_ type: T.Type, _ field: StaticString) throws -> T {
        let size = MemoryLayout<T>.size
        guard size <= bytes.count - position else { throw error(.truncated(needed: size - remaining), field) }
        var value: T = 0
        withUnsafeMutableBytes(of: &value) {
            $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + size]))
        }
        position += size
        return T(bigEndian: value)
    }

    /// An unsigned variable-length integer of at most 32 bits (lengths and tags of compact types).
    ///
    /// - Throws: ``KafkaWireError`` when it is longer than five bytes or the input ends.
    public mutating func unsignedVarint(_ field: StaticString) throws -> UInt32 {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), through: 28, by: 7) {
            let byte = try read(UInt8.self, field)
            if shift == 28, byte & 0xf0 != 0 { throw error(.badVarint, field) }
            value |= UInt32(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw error(.badVarint, field)
    }

    /// A zigzag variable-length integer of at most 32 bits (records).
    ///
    /// - Throws: as ``unsignedVarint(_:)``.
    public mutating func varint(_ field: StaticString) throws -> Int32 {
        let raw = try unsignedVarint(field)
        return Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)
    }

    /// A zigzag variable-length integer of at most 64 bits (timestamp deltas).
    ///
    /// - Throws: ``KafkaWireError`` when it is longer than ten bytes or the input ends.
    public mutating func varlong(_ field: StaticString) throws -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try read(UInt8.self, field)
            if shift == 63, byte & 0xfe != 0 { throw error(.badVarint, field) }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
        }
        throw error(.badVarint, field)
    }

    /// Length of a string or of bytes, in the form that `flexible` asks for; -1 for null.
    ///
    /// - Throws: ``KafkaWireError`` when it cannot be a length.
    public mutating func length(short: Bool, _ field: StaticString) throws -> Int {
        if flexible { return Int(try unsignedVarint(field)) - 1 }
        let value = short ? Int(try read(Int16.self, field)) : Int(try read(Int32.self, field))
        guard value >= -1 else { throw error(.badLength(Int64(value)), field) }
        return value
    }

    /// The bytes of a string field without a copy; nil for null.
    ///
    /// - Throws: ``KafkaWireError`` when the input ends before.
    public mutating func stringBytes(_ field: StaticString) throws -> UnsafeRawBufferPointer? {
        let count = try length(short: true, field)
        return count < 0 ? nil : try slice(count, field)
    }

    /// An error at the present position.
    public func error(_ reason: KafkaWireError.Reason, _ field: StaticString) -> KafkaWireError {
        KafkaWireError(reason, field: field.description, offset: position)
    }

    private func text(_ raw: UnsafeRawBufferPointer, _ field: StaticString) throws -> String {
        guard let text = String(validating: raw, as: UTF8.self) else { throw error(.notUTF8, field) }
        return text
    }

    private mutating func count(_ field: StaticString) throws -> Int {
        let count = try length(short: false, field)
        // Every element takes at least one byte: a count beyond what is left cannot be true and must not reserve memory.
        guard count <= remaining else { throw error(.badLength(Int64(count)), field) }
        return count
    }
}

extension ByteReader {
    /// See ``FieldCoder/integer(_:_:)``.
    public mutating func integer<T: FixedWidthInteger>(_ value: inout T, _ field: StaticString) throws {
        value = try read(T.self, field)
    }

    /// See ``FieldCoder/boolean(_:_:)``.
    public mutating func boolean(_ value: inout Bool, _ field: StaticString) throws {
        value = try read(UInt8.self, field) != 0
    }

    /// See ``FieldCoder/uuid(_:_:)``.
    public mutating func uuid(_ value: inout KafkaUUID, _ field: StaticString) throws {
        value.high = try read(UInt64.self, field)
        value.low = try read(UInt64.self, field)
    }

    /// See ``FieldCoder/string(_:_:)``.
    public mutating func string(_ value: inout String, _ field: StaticString) throws {
        guard let raw = try stringBytes(field) else { throw error(.unexpectedNull, field) }
        value = try text(raw, field)
    }

    /// See ``FieldCoder/nullableString(_:_:)``.
    public mutating func nullableString(_ value: inout String?, _ field: StaticString) throws {
        let raw = try stringBytes(field)
        value = try raw.map { try text($0, field) }
    }

    /// See ``FieldCoder/bytes(_:_:)``.
    public mutating func bytes(_ value: inout [UInt8], _ field: StaticString) throws {
        let count = try length(short: false, field)
        guard count >= 0 else { throw error(.unexpectedNull, field) }
        value = Array(try slice(count, field))
    }

    /// See ``FieldCoder/nullableBytes(_:_:)``.
    public mutating func nullableBytes(_ value: inout [UInt8]?, _ field: StaticString) throws {
        let count = try length(short: false, field)
        value = count < 0 ? nil : Array(try slice(count, field))
    }

    /// See ``FieldCoder/array(_:_:)``.
    public mutating func array<E: FieldCodable>(_ value: inout [E], _ field: StaticString) throws {
        var optional: [E]?
        try nullableArray(&optional, field)
        guard let elements = optional else { throw error(.unexpectedNull, field) }
        value = elements
    }

    /// See ``FieldCoder/nullableArray(_:_:)``.
    public mutating func nullableArray<E: FieldCodable>(_ value: inout [E]?, _ field: StaticString) throws {
        let count = try count(field)
        guard count >= 0 else {
            value = nil
            return
        }
        var elements: [E] = []
        // Not the whole count: a hostile one may be as large as the frame while an element is much larger in memory.
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count {
            var element = E()
            try element.code(&self)
            elements.append(element)
        }
        value = elements
    }

    /// See ``FieldCoder/tags()``.
    public mutating func tags() throws {
        guard flexible else { return }
        for _ in 0..<(try unsignedVarint("numTaggedFields")) { _ = try taggedField() }
    }

    /// See ``FieldCoder/taggedFields(_:)``.
    public mutating func taggedFields(_ fields: inout [TaggedField]) throws {
        guard flexible else { return }
        fields = []
        for _ in 0..<(try unsignedVarint("numTaggedFields")) {
            let (tag, bytes) = try taggedField()
            fields.append(TaggedField(tag: tag, bytes: Array(bytes)))
        }
    }

    private mutating func taggedField() throws -> (UInt32, UnsafeRawBufferPointer) {
        let tag = try unsignedVarint("tag")
        let size = try unsignedVarint("tagSize")
        return (tag, try slice(Int(size), "taggedField"))
    }
}
