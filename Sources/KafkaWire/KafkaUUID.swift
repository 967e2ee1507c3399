/// A 128-bit identifier as Kafka sends it, for example a topic id (KIP-516).
public struct KafkaUUID: Sendable, Hashable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// No id.
    public static let zero = KafkaUUID(high: 0, low: 0)

    /// An identifier of these two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// URL-safe base 64 without padding, as Kafka's tools print it.
    public var description: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        // 22 digits of 6 bits: 128 bits and 4 bits of padding at the end.
        for digit in 0..<22 {
            var bits: UInt64 = 0
            for bit in 0..<6 {
                let position = digit * 6 + bit
                let word = position < 64 ? high : low
                let value = position < 128 ? (word >> UInt64(63 - position % 64)) & 1 : 0
                bits = bits << 1 | value
            }
            text.append(alphabet[Int(bits)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
