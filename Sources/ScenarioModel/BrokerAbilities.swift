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
    /// Whether `broker.image` changes anything.
    public var takesImage: Bool
    /// Whether `broker.config` changes anything.
    public var takesConfig: Bool
    /// Whether a transactional producer can work.
    public var servesTransactions: Bool
    /// The properties that it acts upon when it plays a release (nil: the default one); nil: it has its own and refuses
    /// what it does not know by itself.
    public var properties: (@Sendable (_ release: String?) -> (broker: [String], topic: [String])?)?
    /// What is wrong with the value of a property, or with `release`, and its name; nil when nothing is.
    public var checkValues: @Sendable (BrokerSpec) -> (property: String, problem: String)?

    /// The word of a command that stands for a file with `broker.config`: a command with it acts upon them.
    public static let propertiesWord = "{properties}"

    /// Makes abilities.
    public init(
        actions: [String], undoes: [String], clusterWide: [String] = [], takesRelease: Bool,
        takesImage: Bool = false, takesConfig: Bool,
        servesTransactions: Bool,
        properties: (@Sendable (_ release: String?) -> (broker: [String], topic: [String])?)? = nil,
        checkValues: @escaping @Sendable (BrokerSpec) -> (property: String, problem: String)? = { _ in nil }
    ) {
        self.actions = actions
        self.undoes = undoes
        self.clusterWide = clusterWide
        self.takesRelease = takesRelease
        self.takesImage = takesImage
        self.takesConfig = takesConfig
        self.servesTransactions = servesTransactions
        self.properties = properties
        self.checkValues = checkValues
    }
}
