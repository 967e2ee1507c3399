/// What the clear part of a connection's handshake says.
public struct TLSHandshake: Sendable {
    /// How far it went.
    public enum Progress: Int, Sendable, Comparable {
        /// Nothing of a handshake was seen.
        case none
        /// A ClientHello.
        case asked
        /// A ServerHello.
        case answered
        /// Both ends have what they need: application data may follow.
        case done

        /// Less far.
        public static func < (a: Progress, b: Progress) -> Bool { a.rawValue < b.rawValue }
    }

    /// How far it went.
    public var progress = Progress.none
    /// When the ClientHello went by, in nanoseconds.
    public var beganNs: Int64 = 0
    /// When the last message that both ends need went by, in nanoseconds; 0 before.
    public var endedNs: Int64 = 0
    /// The client's random bytes: what a key log names the connection by.
    public var clientRandom: [UInt8] = []
    /// The name that the client asked for (SNI).
    public var serverName: String?
    /// Versions that the client offered.
    public var offered: [UInt16] = []
    /// The version that the server chose; 0 without an answer.
    public var version: UInt16 = 0
    /// The cipher suite that the server chose; 0 without an answer.
    public var suite: UInt16 = 0
    /// An earlier session was resumed.
    public var isResumed = false
    /// The first alert that was seen, a close apart.
    public var alert: TLSAlert?
    /// The client sent an alert in place of its Finished, encrypted.
    public var hasHiddenAlert = false

    /// Nothing seen.
    public init() {}

    /// A version as people write it.
    public static func name(ofVersion version: UInt16) -> String {
        switch version {
        case 0x0300: "SSL 3.0"
        case 0x0301: "TLS 1.0"
        case 0x0302: "TLS 1.1"
        case 0x0303: "TLS 1.2"
        case 0x0304: "TLS 1.3"
        default: "version 0x" + String(version, radix: 16)
        }
    }
}
