extension Cause {
    /// Bytes changed on the way: the broker finds a wrong checksum (2), or the receiver's kernel ….
    static let corruptOnTheWay = Cause(
        id: "corrupt-on-the-way",
        says: "Bytes changed on the way: the broker finds a wrong checksum (2), or the receiver's "
            + "kernel throws packets away.",
        effect: .refused,
        rules: [
            Rule(.strong, "the broker answers 2 CORRUPT_MESSAGE") { $0.answered(2) ?? $0.saw(.corruptMessage) },
            Rule(.strong, "packets with wrong checksums were received") { $0.found("bad_checksums") },
        ],
        steps: [
            "Look for broken memory, a broken network card or an offload that breaks checksums "
                + "(ethtool -K DEV tx off rx off to try)."
        ],
        folk: [
            moreRetries, acksOne, FolkFix("compression.type", "the codec does not matter"),
        ],
        check: "Nothing that was refused is in the log.",
        proof: .scenario("Scenarios/faults/corrupt.yaml"))
}
