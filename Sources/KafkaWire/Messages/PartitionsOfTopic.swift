/// A topic by name, and what a message says of its partitions: the part that most messages share.
public struct PartitionsOfTopic<Partition: FieldCodable & Sendable & Equatable>: FieldCodable, Sendable, Equatable {
    /// Name.
    public var name = ""
    /// The partitions.
    public var partitions: [Partition] = []

    /// The protocol's defaults.
    public init() {}

    /// A value of these fields.
    public init(name: String = "", partitions: [Partition] = []) {
        self.name = name
        self.partitions = partitions
    }

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&name, "name")
        try coder.array(&partitions, "partitions")
        try coder.tags()
    }
}
