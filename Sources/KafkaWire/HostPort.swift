/// A place to connect to or listen at, as people write it: `host:port`, an IPv6 address in brackets (RFC 3986, 3.2.2).
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, without brackets; never empty.
    public var host: String
    /// The TCP port.
    public var port: UInt16

    /// Names a place.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`; nil for anything else.
    ///
    /// - Parameter ports: what is a port: 0, which lets the system choose, is none to connect to.
    public init?(_ text: some StringProtocol, ports: ClosedRange<UInt16> = 1...UInt16.max) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits), ports.contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port)
    }

    /// As it is read.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads comma-separated places, as in `bootstrap.servers`; nil when there is none or one is none.
    public static func list(_ text: some StringProtocol) -> [HostPort]? {
        let places = text.split(separator: ",", omittingEmptySubsequences: false).map { HostPort($0) }
        guard !places.contains(nil) else { return nil }
        return places.compactMap { $0 }
    }
}
