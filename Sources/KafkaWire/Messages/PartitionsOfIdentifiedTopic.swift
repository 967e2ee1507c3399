/// A topic by name before version 10 and by id from then on, and what a message of a group's offsets says of its partitions.
public struct PartitionsOfIdentifiedTopic<Partition: FieldCodable & Sendable & Equatable>: FieldCodable, Sendable,
    Equatable
{
    /// Name of the topic.
    public var name = ""
    /// Id of the topic.
    public var topicID: KafkaUUID = .zero
    /// The partitions.
    public var partitions: [Partition] = []

    /// The protocol's defaults.
    public init() {}

    /// A value of these fields.
    public init(name: String = "", topicID: KafkaUUID = .zero, partitions: [Partition] = []) {
        self.name = name
        self.topicID = topicID
        self.partitions = partitions
    }

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version <= 9 { try coder.string(&name, "name") }
        if coder.version >= 10 { try coder.uuid(&topicID, "topicId") }
        try coder.array(&partitions, "partitions")
        try coder.tags()
    }
}
