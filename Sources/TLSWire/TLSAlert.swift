/// An alert (RFC 8446, 6; RFC 5246, 7.2).
public struct TLSAlert: Equatable, Sendable {
    /// Its number.
    public var code: UInt8
    /// The client sent it.
    public var isFromClient: Bool

    /// An alert.
    public init(code: UInt8, isFromClient: Bool) {
        self.code = code
        self.isFromClient = isFromClient
    }

    /// A warning that the sender closes, and no failure.
    public var isCloseNotify: Bool { code == 0 || code == 90 }

    /// The number with the name that the RFCs give it.
    public var text: String { Self.names[code].map { "\(code) \($0)" } ?? "\(code)" }

    private static let names: [UInt8: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
        40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
        45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
        49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
        71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
        100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
        113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required",
        120: "no_application_protocol",
    ]
}
