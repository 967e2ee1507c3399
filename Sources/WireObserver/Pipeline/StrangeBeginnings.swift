import PacketWire

/// Connections whose first bytes are no request: what they begin with, by the end that was connected to.
struct StrangeBeginnings {
    struct Entry {
        var connections: Int
        var firstNs: Int64
        /// What the first of them begins with.
        var words: String
    }

    private static let mostEnds = 1024
    /// By the end that was connected to.
    private(set) var notKafka: [ObservedConnection.Endpoint: Entry] = [:]
    /// Connections with a PROXY protocol header before the first request.
    private(set) var proxied: [ObservedConnection.Endpoint: Entry] = [:]

    mutating func note(_ header: ProxyHeader, _ connection: Connection) {
        Self.add(&proxied, connection, "version \(header.version), \(header.text)")
    }

    mutating func note(_ payload: UnsafeRawBufferPointer, _ connection: Connection) {
        Self.add(&notKafka, connection, Self.words(payload))
    }

    private static func add(
        _ table: inout [ObservedConnection.Endpoint: Entry], _ connection: Connection, _ words: String
    ) {
        let end = connection.summary.broker
        if table[end] != nil {
            table[end]?.connections += 1
        } else if table.count < mostEnds {
            table[end] = Entry(connections: 1, firstNs: connection.summary.firstNs, words: words)
        }
    }

    /// Printable bytes as text, others as hexadecimal digits.
    private static func words(_ payload: UnsafeRawBufferPointer) -> String {
        let line = payload.prefix(40).prefix { $0 != 0x0d && $0 != 0x0a }
        if line.count >= 3, line.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            return "'\(String(decoding: line, as: UTF8.self))'"
        }
        let digits = payload.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "bytes \(digits.joined(separator: " "))"
    }
}
