/// What a kind of broker can do and which settings it acts upon. A setting that it ignores is refused: nothing in a
/// scenario may be without effect.
public struct BrokerAbilities: Sendable {
    /// The broker actions of `do:` that it can carry out.
    public var actions: [String]
    /// Those of them that it takes back at the end of `for:`.
    public var undoes: [String]
    /// Those of them that concern the whole cluster, whatever `node:` says.
    public var clusterWide: [String]
    /// Whether `broker.release` changes anything.
    public var takesRelease: Bool
    /// Whether `broker.config` changes anything.
    public var takesConfig: Bool
    /// Whether a transactional producer can work.
    public var servesTransactions: Bool
    /// The properties that it acts upon when it plays a release (nil: the default one); nil: it has its own and refuses
    /// what it does not know by itself.
    public var properties: (@Sendable (_ release: String?) -> (broker: [String], topic: [String])?)?
    /// What is wrong with the value of a property, or with `release`, and its name; nil when nothing is.
    public var checkValues: @Sendable (BrokerSpec) -> (property: String, problem: String)?

    /// Makes abilities.
    public init(
        actions: [String], undoes: [String], clusterWide: [String] = [], takesRelease: Bool, takesConfig: Bool,
        servesTransactions: Bool,
        properties: (@Sendable (_ release: String?) -> (broker: [String], topic: [String])?)? = nil,
        checkValues: @escaping @Sendable (BrokerSpec) -> (property: String, problem: String)? = { _ in nil }
    ) {
        self.actions = actions
        self.undoes = undoes
        self.clusterWide = clusterWide
        self.takesRelease = takesRelease
        self.takesConfig = takesConfig
        self.servesTransactions = servesTransactions
        self.properties = properties
        self.checkValues = checkValues
    }
}

/// The properties of a client as far as they are known by name.
public struct ClientProperties: Sendable, Equatable {
    /// Names that a producer acts upon, as the client writes them.
    public var names: [String]
    /// Names that the client takes and that change nothing for a producer, with the reason.
    public var withoutEffect: [String: String]
    /// Whether dots and underscores are the same to the client's driver.
    public var readsDotsAsUnderscores: Bool
    /// Whether there are no others. Else what is not known here is left to the client.
    public var isComplete: Bool

    /// Makes a list.
    public init(
        names: [String], withoutEffect: [String: String] = [:], readsDotsAsUnderscores: Bool = false,
        isComplete: Bool = false
    ) {
        self.names = names
        self.withoutEffect = withoutEffect
        self.readsDotsAsUnderscores = readsDotsAsUnderscores
        self.isComplete = isComplete
    }

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
