/// Reads or writes the fields of a message in order.
///
/// A message names its fields once, in ``FieldCodable/code(_:)``; `ByteReader` fills them, `ByteWriter` emits them. So a
/// reader and a writer of one message cannot disagree. Whether strings, bytes and arrays are compact follows from
/// ``flexible`` (KIP-482).
public protocol FieldCoder {
    /// The api version that the message is read or written at.
    var version: Int16 { get }
    /// True when the version uses compact types and tagged fields (KIP-482).
    var flexible: Bool { get }

    /// A big-endian integer of fixed width.
    mutating func integer<T: FixedWidthInteger>(_ value: inout T, _ field: StaticString) throws
    /// One byte: 0 is false.
    mutating func boolean(_ value: inout Bool, _ field: StaticString) throws
    /// 16 bytes.
    mutating func uuid(_ value: inout KafkaUUID, _ field: StaticString) throws
    /// A string that may not be null.
    mutating func string(_ value: inout String, _ field: StaticString) throws
    /// A string that may be null.
    mutating func nullableString(_ value: inout String?, _ field: StaticString) throws
    /// Bytes that may not be null.
    mutating func bytes(_ value: inout [UInt8], _ field: StaticString) throws
    /// Bytes that may be null.
    mutating func nullableBytes(_ value: inout [UInt8]?, _ field: StaticString) throws
    /// An array that may not be null.
    mutating func array<E: FieldCodable>(_ value: inout [E], _ field: StaticString) throws
    /// An array that may be null.
    mutating func nullableArray<E: FieldCodable>(_ value: inout [E]?, _ field: StaticString) throws
    /// The tagged fields at the end of a structure: skipped when read, none when written; nothing unless ``flexible``.
    mutating func tags() throws
    /// ``tags()`` for a structure with tagged fields that matter: all of them are read or written as they are.
    mutating func taggedFields(_ fields: inout [TaggedField]) throws
}

/// One tagged field of a flexible version (KIP-482), not decoded.
public struct TaggedField: Sendable, Equatable {
    /// Its number.
    public var tag: UInt32
    /// Its bytes.
    public var bytes: [UInt8]

    /// A field of these parts.
    public init(tag: UInt32, bytes: [UInt8]) {
        self.tag = tag
        self.bytes = bytes
    }
}

/// A structure whose fields a ``FieldCoder`` can read and write.
public protocol FieldCodable {
    /// The structure with the protocol's default values.
    init()
    /// Passes each field to `coder` in wire order.
    ///
    /// - Throws: ``KafkaWireError`` when the bytes do not hold the structure.
    mutating func code<C: FieldCoder>(_ coder: inout C) throws
}

extension Int32: FieldCodable {
    /// One INT32 element.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws { try coder.integer(&self, "element") }
}

extension Int64: FieldCodable {
    /// One INT64 element.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws { try coder.integer(&self, "element") }
}

extension String: FieldCodable {
    /// One STRING element.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws { try coder.string(&self, "element") }
}

/// A request or a response body of one api.
public protocol KafkaMessage: FieldCodable, Sendable {
    /// The api that the message belongs to.
    static var apiKey: APIKey { get }
    /// The versions that ``FieldCodable/code(_:)`` knows.
    static var versions: ClosedRange<Int16> { get }
}

/// A request body; names the response that answers it.
public protocol KafkaRequest: KafkaMessage {
    /// The answer's type.
    associatedtype Response: KafkaMessage
}

extension KafkaMessage {
    /// Reads the body at `version`; leaves the reader behind it.
    ///
    /// - Throws: ``KafkaWireError`` when the version is not known or the bytes do not hold the message.
    public init(from reader: inout ByteReader, version: Int16) throws {
        guard Self.versions.contains(version) else {
            throw KafkaWireError(.unsupportedVersion(version), field: Self.apiKey.name, offset: reader.position)
        }
        self.init()
        reader.version = version
        reader.flexible = Self.apiKey.isFlexible(version)
        try code(&reader)
    }

    /// Appends the body at `version`.
    ///
    /// - Throws: ``KafkaWireError`` when the version is not known or a value does not fit its field.
    public func write(to writer: inout ByteWriter, version: Int16) throws {
        guard Self.versions.contains(version) else {
            throw KafkaWireError(.unsupportedVersion(version), field: Self.apiKey.name, offset: writer.count)
        }
        writer.version = version
        writer.flexible = Self.apiKey.isFlexible(version)
        var copy = self
        try copy.code(&writer)
    }
}
