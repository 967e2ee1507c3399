import ScenarioModel

extension ImpairmentKind {
    /// Every impairment, in the order in which those of one fault act on a packet. Adding one is one line here.
    static let all: [ImpairmentKind] = [
        .partition,
        .flap,
        .mtu,
        .loss,
        .corrupt,
        .duplicate,
        .rate,
        .trace,
        .slot,
        .reorder,
        .delay,
    ]
}

extension ConnectionFaultKind {
    /// Every connection fault, in the order in which those of one fault are asked. Adding one is one line here.
    static let all: [ConnectionFaultKind] = [
        .refuse,
        .blackHole,
        .forgetIdle,
        .handshake,
    ]
}

extension LinkAction {
    /// Every action, in the order in which messages list them. Adding one is one line here.
    static let all: [LinkAction] = [
        .drop,
        .delay,
        .reset,
        .halfOpen,
        .partition,
        .phase,
    ]
}

/// The words of a fault that the link understands.
public enum LinkVocabulary {
    /// Impairments with their modifiers, then actions, for `FaultVocabulary`.
    public static let keywords: [FaultKeyword] =
        ImpairmentKind.all.flatMap(\.keywords) + ConnectionFaultKind.all.flatMap(\.keywords)
        + LinkAction.all.map(\.keyword)

    /// True for a word that the link itself carries out.
    public static func contains(_ word: String) -> Bool { keywords.contains { $0.name == word } }
}
