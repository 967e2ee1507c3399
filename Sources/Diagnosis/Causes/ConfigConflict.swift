extension Cause {
    /// The settings contradict each other, and the client does not start.
    static let configConflict = Cause(
        id: "config-conflict",
        says: "The settings contradict each other, and the client does not start.",
        effect: .refused,
        rules: [
            Rule(.decides, "the client refuses its configuration") { $0.saw(.configRefused) },
            Rule(.strong, "settings that the client refuses") { $0.contradictions },
        ],
        follows: ["dns-failure"],
        changes: { file in
            file.contradictionChanges
        },
        steps: [
            "Change one of the settings that the client, or the list of settings below, names "
                + "together."
        ],
        folk: [
            FolkFix("enable.idempotence=false", "starts, and writes duplicates or loses records"), inFlightOne,
        ],
        check: "Nothing was sent.",
        proof: .incident)
}
