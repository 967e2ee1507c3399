/// Reads fields of which the bytes may not all be there yet: every read returns nil instead of an error, and the caller
/// tries again with more.
struct FieldCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> T? {
        let end = position + MemoryLayout<T>.size
        guard end <= bytes.count else { return nil }
        defer { position = end }
        return T(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// An unsigned varint of at most five bytes; longer ones are cut to 32 bits, which no length survives.
    mutating func varint() -> Int? {
        var value = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            guard let byte = integer(UInt8.self) else { return nil }
            value |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
        }
        return value
    }

    /// A length: compact (one more than the length, 0 for null) or Int16 or Int32; -1 for null.
    mutating func length(compact: Bool, short: Bool) -> Int? {
        if compact { return varint().map { $0 - 1 } }
        return short ? integer(Int16.self).map(Int.init) : integer(Int32.self).map(Int.init)
    }

    /// Skips a string; true when it was not null.
    mutating func string(compact: Bool) -> UnsafeRawBufferPointer?? {
        guard let length = length(compact: compact, short: true) else { return nil }
        if length < 0 { return .some(nil) }
        guard let slice = slice(length) else { return nil }
        return .some(slice)
    }

    /// Skips tagged fields (KIP-482); false when they are not all there.
    mutating func tags() -> Bool {
        guard let count = varint() else { return false }
        for _ in 0..<count {
            guard varint() != nil, let size = varint(), slice(size) != nil else { return false }
        }
        return true
    }
}
