import KafkaWire

/// Who may log in: the broker's properties `sasl.enabled.mechanisms` (PLAIN) and `crosswind.sasl.users`
/// (`NAME:PASSWORD`, comma separated).
struct SaslSettings: Sendable, Equatable {
    /// Offered mechanisms; only PLAIN (RFC 4616) is known.
    static let known = ["PLAIN"]

    var users: [String: String] = [:]

    /// - Returns: nil when no mechanism is enabled: a PLAINTEXT listener.
    /// - Throws: `BrokerConfigurationError`.
    init?(_ properties: [String: String]) throws { try self.init(PropertyReader(broker: properties)) }

    init?(_ reader: PropertyReader) throws {
        let mechanisms = "sasl.enabled.mechanisms"
        let users = "crosswind.sasl.users"
        let words = reader.text("", users) ?? ""
        guard let names = reader.text("", mechanisms), !names.isEmpty else { return nil }
        for name in names.split(separator: ",") where !Self.known.contains(String(name)) {
            throw BrokerConfigurationError(property: mechanisms, value: names, wanted: "PLAIN")
        }
        for user in words.split(separator: ",") {
            let parts = user.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            self.users[String(parts[0])] = String(parts[1])
        }
        if self.users.isEmpty {
            throw BrokerConfigurationError(
                property: users, value: words, wanted: "NAME:PASSWORD, comma separated")
        }
    }
}

/// SaslHandshake v0 and v1 and SaslAuthenticate v0 to v2 of one connection to a SASL_PLAINTEXT listener.
///
/// Like Kafka's authenticator: until a login succeeded, anything but ApiVersions and these two closes the connection.
/// After a handshake of version 0 the token comes without a Kafka header (KIP-43), after version 1 inside SaslAuthenticate
/// (KIP-152). A failed login is answered with 58 and the connection closed. Gaps: PLAIN only; no session lifetime
/// (KIP-368), though a second login is accepted.
struct SaslSession {
    /// What is to be done with a frame.
    enum Outcome {
        /// It is an ordinary request of a client that may send it.
        case pass
        /// It is answered here.
        case reply(Reply)
    }

    private enum Stage { case new, rawToken, token, done }

    private let settings: SaslSettings
    private var stage = Stage.new

    init(_ settings: SaslSettings) { self.settings = settings }

    /// Looks at a frame before anybody else does.
    mutating func take(_ frame: UnsafeRawBufferPointer) -> Outcome {
        if stage == .rawToken {
            guard isValid(Array(frame)) else { return .reply(.close("SASL login failed")) }
            stage = .done
            return .reply(.response([]))
        }
        do {
            var reader = ByteReader(frame)
            let header = try RequestHeaderView(from: &reader)
            switch header.apiKey {
            case .apiVersions: return .pass
            case .saslHandshake:
                return .reply(try handshake(SaslHandshakeRequest(from: &reader, version: header.apiVersion), header))
            case .saslAuthenticate:
                return .reply(
                    try authenticate(SaslAuthenticateRequest(from: &reader, version: header.apiVersion), header))
            default:
                return stage == .done
                    ? .pass : .reply(.close("\(header.apiKey) before a SASL login: the listener is SASL_PLAINTEXT"))
            }
        } catch {
            return .reply(.close("bad request: \(error)"))
        }
    }

    private mutating func handshake(_ request: SaslHandshakeRequest, _ header: RequestHeaderView) throws -> Reply {
        var response = SaslHandshakeResponse()
        response.mechanisms = SaslSettings.known
        guard SaslSettings.known.contains(request.mechanism) else {
            response.errorCode = ErrorCode.unsupportedSaslMechanism.rawValue
            return .lastResponse(try encoded(response, header), "SASL mechanism \(request.mechanism) is not enabled")
        }
        stage = header.apiVersion == 0 ? .rawToken : .token
        return .response(try encoded(response, header))
    }

    private mutating func authenticate(
        _ request: SaslAuthenticateRequest, _ header: RequestHeaderView
    ) throws -> Reply {
        var response = SaslAuthenticateResponse()
        guard stage == .token else {
            response.errorCode = ErrorCode.illegalSaslState.rawValue
            response.errorMessage = "SaslAuthenticate without a SaslHandshake before it"
            return .lastResponse(try encoded(response, header), "SaslAuthenticate without SaslHandshake")
        }
        guard isValid(request.authBytes) else {
            response.errorCode = ErrorCode.saslAuthenticationFailed.rawValue
            response.errorMessage = "Authentication failed: Invalid username or password"
            return .lastResponse(try encoded(response, header), "SASL login failed")
        }
        stage = .done
        return .response(try encoded(response, header))
    }

    /// PLAIN: authorization identity, user and password, each after a zero byte (RFC 4616).
    private func isValid(_ token: [UInt8]) -> Bool {
        let parts = token.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        let user = String(decoding: parts[1], as: UTF8.self)
        guard parts[0].isEmpty || parts[0] == parts[1], let password = settings.users[user] else { return false }
        return Array(password.utf8) == Array(parts[2])
    }

    private func encoded<M: KafkaMessage>(_ message: M, _ header: RequestHeaderView) throws -> [UInt8] {
        try ClusterCore.encode(message, correlationID: header.correlationID, version: header.apiVersion)
    }
}
