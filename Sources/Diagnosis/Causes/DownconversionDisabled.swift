extension Cause {
    /// An old consumer's Fetch below v4 is refused with 35, because message.downconversion.enable is ….
    static let downconversionDisabled = Cause(
        id: "downconversion-disabled",
        says: "An old consumer's Fetch below v4 is refused with 35, because "
            + "message.downconversion.enable is false; the producer has nothing to do with it.",
        effect: .none,
        rules: [
            Rule(.strong, "the reader got 35 UNSUPPORTED_VERSION") { $0.saw(.unsupportedVersion) },
            Rule(.strong, "message.downconversion.enable is false") { file in
                (file.brokerSetting("message.downconversion.enable")
                    ?? file.brokerSetting("log.message.downconversion.enable")).flatMap {
                        $0.truth == false ? [$0.evidence] : nil
                    }
            },
            Rule(.doubts, " no reader complains") { file in
                when(file.sawNone(.unsupportedVersion))
            },
        ],
        steps: [
            "message.downconversion.enable=true on the topic until the reader is replaced by a "
                + "client that fetches with v4 or later; the property and Fetch below v4 are gone in "
                + "4.0."
        ],
        folk: [
            FolkFix("enable.idempotence=false on the writer", "Produce is not concerned"),
            FolkFix("any producer property", "Produce is not concerned"),
            FolkFix("compression.type=none", "the format is what is refused"),
        ],
        check: "The writer's records are all there.",
        releases: "brokers 2.0 to 3.9",
        proof: .scenario("Scenarios/causes/downconversion.yaml"))
}
