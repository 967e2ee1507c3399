extension Cause {
    /// The listener wants a login and the client offers none, or another mechanism.
    static let saslMismatch = Cause(
        id: "sasl-mismatch",
        says: "The listener wants a login and the client offers none, or another mechanism.",
        effect: .refused,
        rules: [
            Rule(.decides, "the broker refuses the mechanism") { $0.saw(.saslMismatch) },
            Rule(.strong, "the other side closes each connection as soon as it is up") { file in
                when(file.sawNone(.tlsMismatch, .saslCredentials, .handshakeCut), file.closedEachTime)
            },
            Rule(.supports, "ApiVersions was answered, and the next request ended the connection") { file in
                when(file.closedEachTime != nil, file.saw(.metadataCut))
            },
            Rule(.strong, "on the wire: ApiVersions is answered, the next request ends the connection, each time") {
                file in
                when(file.nothingDelivered, file.path(\.closedAtOnce))
            },
            Rule(.strong, "the broker's log: another request during the SASL handshake") { file in
                when(file.sawNone(.saslCredentials), file.saw(.brokerAuthenticationFailed))
            },
            Rule(.excludes, "TLS against a plain listener") { $0.path(\.tlsRefused) },
        ],
        follows: ["tls-certificate-name"],
        lookAlikes: ["tls-mismatch"],
        decidedBy: "openssl s_client -connect HOST:PORT </dev/null (no certificate: not TLS), and the "
            + "listener's security protocol in the broker's listener.security.protocol.map",
        changes: { file in
            file.setting("security.protocol") == nil || file.isSet("security.protocol", "plaintext") != nil
                ? [
                    Change(
                        "security.protocol", "SASL_PLAINTEXT",
                        "or SASL_SSL, with sasl.mechanism, sasl.username and sasl.password")
                ] : []
        },
        steps: [
            "sasl.mechanism as the broker's sasl.enabled.mechanisms has it, and the login with it "
                + "(kafka-clients: sasl.jaas.config)."
        ],
        folk: [
            FolkFix("socket.keepalive.enable=true", "the connection is closed after milliseconds"),
            FolkFix("delivery.timeout.ms higher", "the same each time"),
            FolkFix("reconnect.backoff.ms", "the same each time"),
            FolkFix("connections.max.idle.ms", "nothing is idle"),
        ],
        check: "Nothing was sent.",
        proof: .incident)
}
