/// The answer for one partition, where that is its error alone.
public struct PartitionError: FieldCodable, Sendable, Equatable {
    /// Partition index.
    public var partitionIndex: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0

    /// The protocol's defaults.
    public init() {}

    /// A value of these fields.
    public init(partitionIndex: Int32 = 0, errorCode: Int16 = 0) {
        self.partitionIndex = partitionIndex
        self.errorCode = errorCode
    }

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&partitionIndex, "partitionIndex")
        try coder.integer(&errorCode, "errorCode")
        try coder.tags()
    }
}
