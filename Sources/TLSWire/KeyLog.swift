/// The secrets of TLS connections as programs write them for analysis (SSLKEYLOGFILE,
/// draft-ietf-tls-keylogfile): lines of `LABEL CLIENT_RANDOM SECRET` in hexadecimal digits.
///
/// It holds the labels that say how application data and the handshake's end are encrypted; others are passed over.
public struct KeyLog: Sendable {
    /// What a secret is for.
    enum Label: String, Sendable {
        /// TLS 1.2's master secret.
        case master = "CLIENT_RANDOM"
        case clientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
        case serverHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
        case clientTraffic = "CLIENT_TRAFFIC_SECRET_0"
        case serverTraffic = "SERVER_TRAFFIC_SECRET_0"
    }

    private struct Key: Hashable {
        var label: Label
        var random: [UInt8]
    }

    /// Lines beyond these are passed over.
    private static let mostSecrets = 4_000_000
    private static let longestLine = 1024

    private var secrets: [Key: [UInt8]] = [:]
    /// Lines that are no comment and cannot be read, or of labels that are not known.
    public private(set) var unreadLines = 0

    /// A log without secrets.
    public init() {}

    /// Number of secrets.
    public var count: Int { secrets.count }
    /// True without secrets.
    public var isEmpty: Bool { secrets.isEmpty }

    /// Takes the lines of a key log: a whole file, or the secrets of one pcapng block.
    public mutating func add(_ text: UnsafeRawBufferPointer) {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0a, text[end] != 0x0d { end += 1 }
            if end > start { add(line: UnsafeRawBufferPointer(rebasing: text[start..<end])) }
            start = end + 1
        }
    }

    /// What a connection's secret with this label is; nil where the log has none.
    func secret(_ label: Label, _ random: [UInt8]) -> [UInt8]? { secrets[Key(label: label, random: random)] }

    private mutating func add(line: UnsafeRawBufferPointer) {
        guard line[0] != UInt8(ascii: "#"), line.contains(where: { $0 > 0x20 }) else { return }
        let words = line.prefix(Self.longestLine).split(separator: 0x20)
        guard words.count == 3, let label = Label(rawValue: String(decoding: words[0], as: UTF8.self)),
            let random = Self.bytes(words[1]), random.count == 32, let secret = Self.bytes(words[2]),
            (32...64).contains(secret.count), secrets.count < Self.mostSecrets
        else {
            unreadLines += 1
            return
        }
        secrets[Key(label: label, random: random)] = secret
    }

    private static func bytes(_ digits: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = value(digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The secrets that connections of one capture are read with, and what they left to be resumed with.
public final class KeyRing {
    /// Sessions kept for resumption.
    private static let mostSessions = 65_536

    /// The secrets as logged.
    public var log: KeyLog
    /// TLS 1.2 master secrets by session id and by ticket: a resumed connection need not be in the log itself.
    private var sessions: [[UInt8]: [UInt8]] = [:]

    /// A ring of logged secrets.
    public init(_ log: KeyLog = KeyLog()) { self.log = log }

    func keep(_ master: [UInt8], session: [UInt8]) {
        if sessions.count >= Self.mostSessions { sessions.removeAll() }
        if !session.isEmpty, !master.isEmpty { sessions[session] = master }
    }

    func master(session: [UInt8]) -> [UInt8]? { session.isEmpty ? nil : sessions[session] }
}
