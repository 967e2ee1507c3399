/// What a proxy puts before the first byte of a connection to tell who the client was (HAProxy's PROXY protocol, versions 1 and
/// 2). Brokers of Apache Kafka do not know it.
struct ProxyHeader: Equatable {
    /// 1 or 2.
    var version: Int
    /// Bytes in all.
    var length: Int
    /// The line of version 1, or the family of version 2.
    var text: String

    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// The longest line of version 1, its end included.
    private static let longestLine = 107

    /// The header at the beginning of a connection; nil where there is none, or not all of its first part.
    init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count >= 16, bytes.prefix(12).elementsEqual(Self.signature), bytes[12] >> 4 == 2 {
            version = 2
            length = 16 + (Int(bytes[14]) << 8 | Int(bytes[15]))
            text = bytes[12] & 15 == 0 ? "LOCAL" : bytes[13] >> 4 == 2 ? "TCP over IPv6" : "TCP over IPv4"
            return
        }
        guard bytes.count >= 8, bytes.prefix(6).elementsEqual("PROXY ".utf8),
            let end = bytes.prefix(Self.longestLine).firstIndex(of: 0x0a), end > 0, bytes[end - 1] == 0x0d
        else { return nil }
        version = 1
        length = end + 1
        text = String(decoding: bytes[6..<end - 1].filter { (0x20..<0x7f).contains($0) }, as: UTF8.self)
    }
}
