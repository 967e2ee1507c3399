/// What a ClientHello or a ServerHello says (RFC 8446, 4.1.2 and 4.1.3; RFC 5246, 7.4.1).
struct HelloMessage {
    var version: UInt16
    var random: [UInt8]
    var session: [UInt8]
    /// The one that a server chose, or the first that a client offers.
    var suite: UInt16 = 0
    /// Versions that a client offers, or the one that a server chose in the extension.
    var versions: [UInt16] = []
    /// server_name.
    var name: String?
    /// session_ticket of TLS 1.2 (RFC 5077).
    var ticket: [UInt8] = []
    /// A session of TLS 1.3 is resumed.
    var hasPreSharedKey = false

    /// A ServerHello that asks for another ClientHello (RFC 8446, 4.1.3).
    var isRetryRequest: Bool {
        random.starts(with: [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11])
    }

    /// - Parameter body: the message without type and length. Nil where it cannot be read.
    init?(_ body: UnsafeRawBufferPointer, isClient: Bool) {
        var reader = Reader(body)
        guard let version = reader.u16(), let random = reader.take(32), let session = reader.vector(1) else {
            return nil
        }
        self.version = version
        self.random = Array(random)
        self.session = Array(session)
        if isClient {
            guard let suites = reader.vector(2), reader.vector(1) != nil else { return nil }
            if suites.count >= 2 { suite = UInt16(suites[0]) << 8 | UInt16(suites[1]) }
        } else {
            guard let suite = reader.u16(), reader.take(1) != nil else { return nil }
            self.suite = suite
        }
        guard let extensions = reader.vector(2) else { return }
        var list = Reader(extensions)
        while let type = list.u16(), let value = list.vector(2) { read(type, value, isClient) }
    }

    private mutating func read(_ type: UInt16, _ value: UnsafeRawBufferPointer, _ isClient: Bool) {
        var reader = Reader(value)
        switch type {
        case 0 where isClient:
            guard var names = reader.vector(2).map({ Reader($0) }), names.take(1) != nil, let host = names.vector(2)
            else { return }
            // What is printed comes from a stranger.
            name = String(decoding: host.prefix(255).filter { (0x21...0x7e).contains($0) }, as: UTF8.self)
        case 35: ticket = Array(value)
        case 41: hasPreSharedKey = true
        case 43:
            guard var list = isClient ? reader.vector(1).map({ Reader($0) }) : reader else { return }
            while let version = list.u16() { versions.append(version) }
        default: break
        }
    }

    /// Reads big-endian fields and never beyond the end.
    struct Reader {
        private let bytes: UnsafeRawBufferPointer
        private var offset = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
            guard bytes.count - offset >= count else { return nil }
            defer { offset += count }
            return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
        }

        mutating func u16() -> UInt16? { take(2).map { UInt16($0[0]) << 8 | UInt16($0[1]) } }

        /// Bytes behind their length of `width` bytes.
        mutating func vector(_ width: Int) -> UnsafeRawBufferPointer? {
            guard let length = take(width) else { return nil }
            return take(length.reduce(0) { $0 << 8 | Int($1) })
        }
    }
}
