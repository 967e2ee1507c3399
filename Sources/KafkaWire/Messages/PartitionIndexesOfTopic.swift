/// A topic by name, and the partitions of it that are meant.
public struct PartitionIndexesOfTopic: FieldCodable, Sendable, Equatable {
    /// Name of the topic.
    public var name = ""
    /// Partition indices.
    public var partitionIndexes: [Int32] = []

    /// The protocol's defaults.
    public init() {}

    /// A value of these fields.
    public init(
        name: String = "", partitionIndexes: [Int32] = []
    ) {
        self.name = name
        self.partitionIndexes = partitionIndexes
    }

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&name, "name")
        try coder.array(&partitionIndexes, "partitionIndexes")
        try coder.tags()
    }
}
