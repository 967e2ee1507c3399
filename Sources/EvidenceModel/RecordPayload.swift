/// The payload convention: how a record's value carries its id, so that the log can be reconciled record by record.
///
/// A value of `size` bytes (at least 16) begins with the id as 16 lower-case hexadecimal digits. Byte `i` from 16 on is
/// `alphabet[(id + i) mod 64]`. Any driver can write it in a few lines, and a single flipped bit shows.
public enum RecordPayload {
    /// The 64 filler characters.
    public static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// The smallest value that can carry an id.
    public static let minimumSize = 16

    /// The value of record `id`.
    public static func value(id: UInt64, size: Int) -> [UInt8] {
        precondition(size >= minimumSize, "a record value needs \(minimumSize) bytes to carry its id")
        let digits = Array("0123456789abcdef".utf8)
        var bytes = [UInt8](repeating: 0, count: size)
        for i in 0..<16 { bytes[i] = digits[Int((id >> UInt64(60 - 4 * i)) & 15)] }
        let start = Int(id % 64)
        for i in 16..<max(size, 16) { bytes[i] = alphabet[(start + i) & 63] }
        return bytes
    }

    /// The id that a value carries, or nil when it carries none.
    public static func id(of value: some Collection<UInt8>) -> UInt64? {
        guard value.count >= minimumSize else { return nil }
        var id: UInt64 = 0
        for byte in value.prefix(16) {
            switch byte {
            case 0x30...0x39: id = id << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: id = id << 4 | UInt64(byte - 0x61 + 10)
            default: return nil
            }
        }
        return id
    }

    /// The hash of `value(id:size:)` without building the value: a judge does this for every record of a run.
    public static func expectedHash(id: UInt64, size: Int) -> UInt64 {
        precondition(size >= minimumSize, "a record value needs \(minimumSize) bytes to carry its id")
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for i in 0..<16 {
            let digit = UInt8((id >> UInt64(60 - 4 * i)) & 15)
            add(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
        let start = Int(id % 64)
        alphabet.withUnsafeBufferPointer { alphabet in
            for i in 16..<size { add(alphabet[(start + i) & 63]) }
        }
        return hash
    }

    /// 64-bit FNV-1a (RFC 9923): the hash by which values are compared.
    @inlinable
    public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}
