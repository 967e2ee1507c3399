extension Cause {
    /// The broker's certificate does not name the address that the client uses, or no known authority ….
    static let tlsCertificateName = Cause(
        id: "tls-certificate-name",
        says: "The broker's certificate does not name the address that the client uses, or no known "
            + "authority signed it.",
        effect: .refused,
        rules: [
            Rule(.decides, "the certificate names another host") { $0.saw(.tlsCertificateName) },
            Rule(.strong, "the certificate is signed by an authority that the client does not know") {
                $0.saw(.tlsUntrusted)
            },
        ],
        steps: [
            "Issue the certificate with the advertised name or address as a subject alternative "
                + "name (openssl s_client -connect HOST:PORT | openssl x509 -noout -ext "
                + "subjectAltName), or give the client the authority (ssl.truststore.location, "
                + "ssl.ca.location)."
        ],
        folk: [
            FolkFix(
                "ssl.endpoint.identification.algorithm=none", "switches off the check that the broker is the right one"),
            requestTimeout60, moreRetries,
        ],
        check: "Nothing was sent.",
        proof: .synthetic)
}
