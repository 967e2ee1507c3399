import Glibc

/// Writes a record's value: 16 hexadecimal digits of the id, then `alphabet[(id + i) mod 64]` for byte i.
final class ValueBuffer {
    /// Bytes of a value.
    let size: Int
    private let buffer: UnsafeMutablePointer<UInt8>
    /// The alphabet over and over, so that any rotation of it is one copy.
    private let filler: UnsafeMutablePointer<UInt8>
    private static let digits: StaticString = "0123456789abcdef"
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    init(size: Int) {
        precondition(size >= Configuration.minimumSizeBytes)
        self.size = size
        buffer = .allocate(capacity: size)
        filler = .allocate(capacity: size + 64)
        for i in 0..<(size + 64) { filler[i] = Self.alphabet[i & 63] }
    }

    deinit {
        buffer.deallocate()
        filler.deallocate()
    }

    /// The value of record `id`; valid until the next call.
    @inline(__always)
    func value(id: UInt64) -> UnsafeMutableRawPointer {
        let digits = Self.digits.utf8Start
        for i in 0..<16 { buffer[i] = digits[Int(truncatingIfNeeded: (id &>> UInt64(60 &- 4 &* i)) & 15)] }
        memcpy(buffer + 16, filler + Int(truncatingIfNeeded: id & 63) + 16, size - 16)
        return UnsafeMutableRawPointer(buffer)
    }
}
