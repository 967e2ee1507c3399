import EvidenceModel

/// The properties of a client as far as they are known by name.
public struct ClientProperties: Sendable, Equatable {
    /// Names that a producer acts upon, as the client writes them.
    public var names: [String]
    /// Names that the client takes and that change nothing for a producer, with the reason.
    public var withoutEffect: [String: String]
    /// Whether there are no others. Else what is not known here is left to the client.
    public var isComplete: Bool
    /// What judges, searches and reports need to know of them.
    public var settings: ClientSettings

    /// Makes a list.
    public init(
        names: [String], withoutEffect: [String: String] = [:], isComplete: Bool = false,
        settings: ClientSettings = ClientSettings()
    ) {
        self.names = names
        self.withoutEffect = withoutEffect
        self.isComplete = isComplete
        self.settings = settings
    }

    /// Whether dots and underscores are the same to the client's driver.
    public var readsDotsAsUnderscores: Bool { settings.style == .python }

    /// Where dots and underscores count the same.
    static func normalized(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "." : $0 })
    }

    /// Whether a producer of this client acts upon a property.
    public func knows(_ name: String) -> Bool {
        names.contains(name)
            || readsDotsAsUnderscores && names.contains { Self.normalized($0) == Self.normalized(name) }
    }

    /// The name that a user probably meant by one that the client does not know, also one that begins alike only.
    public func suggestion(for name: String) -> String? {
        let wanted = Self.normalized(name)
        if let same = names.first(where: { Self.normalized($0) == wanted }) { return same }
        if let near = Suggestion.nearest(to: name, among: names) { return near }
        let firstWord = wanted.prefix { $0 != "." }
        guard firstWord.count >= 4 else { return nil }
        return Suggestion.closest(to: wanted, among: names.filter { Self.normalized($0).hasPrefix(firstWord) })
    }
}
