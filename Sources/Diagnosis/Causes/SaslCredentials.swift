extension Cause {
    /// The login is refused: user name, password or token is wrong.
    static let saslCredentials = Cause(
        id: "sasl-credentials",
        says: "The login is refused: user name, password or token is wrong.",
        effect: .refused,
        rules: [
            Rule(.decides, "the broker refuses the login") { $0.saw(.saslCredentials) }
        ],
        steps: [
            "Correct sasl.username and sasl.password (kafka-clients: sasl.jaas.config); on the "
                + "broker: kafka-configs.sh --describe --entity-type users."
        ],
        folk: [
            requestTimeout60, moreRetries, FolkFix("reconnect.backoff.ms", "the same login is refused again"),
        ],
        check: "Nothing was sent.",
        proof: .synthetic)
}
