extension Cause {
    /// One side speaks TLS and the other does not.
    static let tlsMismatch = Cause(
        id: "tls-mismatch",
        says: "One side speaks TLS and the other does not.",
        effect: .refused,
        rules: [
            Rule(.decides, "the client says that the listener speaks the other") { $0.saw(.tlsMismatch) },
            Rule(.decides, "TLS was offered, and the server closed") { $0.path(\.tlsRefused) },
            Rule(.strong, "on the wire: the server closes without an answer, each time") { file in
                when(file.nothingDelivered, file.path(\.closedUnanswered))
            },
            Rule(.supports, "the broker read a TLS hello as a length") { $0.saw(.brokerInvalidReceive) },
            Rule(.strong, "the connection is closed at once, each time, and nothing is answered") { file in
                when(
                    file.path(\.closedAtOnce) == nil && file.sawNone(.refusedAtOnce, .metadataCut), file.closedEachTime)
            },
            Rule(.supports, "it ends with the first request, ApiVersions, unanswered") { file in
                when(file.closedEachTime != nil, file.saw(.handshakeCut))
            },
            Rule(.excludes, "a certificate was looked at: both speak TLS") {
                $0.saw(.tlsCertificateName, .tlsUntrusted)
            },
        ],
        follows: ["sasl-credentials"],
        lookAlikes: ["sasl-mismatch"],
        decidedBy: "openssl s_client -connect HOST:PORT </dev/null (a certificate: the listener speaks TLS)",
        changes: { file in
            file.setting("security.protocol").map { ["ssl", "sasl_ssl"].contains($0.value.lowercased()) } ?? false
                ? [Change("security.protocol", "PLAINTEXT", "on this port, or use the port of the TLS listener")]
                : [Change("security.protocol", "SSL", "on this port, or use the port of the plain listener")]
        },
        folk: [
            FolkFix(
                "ssl.ca.location or enable.ssl.certificate.verification=false",
                "the two do not get as far as a certificate"),
            FolkFix("delivery.timeout.ms higher", "the connection is closed each time"),
            FolkFix("socket.keepalive.enable", "the connection is closed at once"), requestTimeout60,
        ],
        check: "Nothing was sent.",
        proof: .incident)
}
