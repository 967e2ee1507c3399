extension Cause {
    /// The bootstrap name cannot be resolved.
    static let dnsFailure = Cause(
        id: "dns-failure",
        says: "The bootstrap name cannot be resolved.",
        effect: .refused,
        rules: [
            Rule(.decides, "a name cannot be resolved") { file in
                when(file.sawNone(.metadataAnswered, .producerIDGiven), file.saw(.resolveFailed))
            },
            Rule(.excludes, "the name is that of a node, which metadata gave") { $0.namedNodeFails },
        ],
        lookAlikes: ["advertised-listener-unreachable"],
        decidedBy: "getent hosts NAME on the client's host",
        steps: [
            "Correct the name, or the resolver of the client's host or container "
                + "(/etc/resolv.conf, search domains)."
        ],
        folk: [
            requestTimeout60, moreRetries, FolkFix("reconnect.backoff.ms", "the name does not resolve later either"),
            FolkFix("client.dns.lookup", "it chooses among addresses, there is none"),
        ],
        check: "Nothing was sent.",
        proof: .synthetic)
}
