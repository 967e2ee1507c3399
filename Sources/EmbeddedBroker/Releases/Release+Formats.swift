// Old message formats: what is taken, what is stored and what old consumers are given.
extension Release {
    /// Whether Produce v0 to v2 and message sets of magic 0 and 1 are accepted; no longer since 4.0 (KIP-896).
    public var acceptsMessageSets: Bool { !isAtLeast(4, 0) }

    /// Whether Fetch v0 to v3 exists, for which batches are converted down; no longer since 4.0.
    public var convertsDown: Bool { !isAtLeast(4, 0) }

    /// Whether `message.format.version` decides what is stored; since 3.0 it is read and ignored (KIP-724).
    public var obeysMessageFormatVersion: Bool { !isAtLeast(3, 0) }

    /// Whether the messages of one set must have one magic, and a compressed one stand alone (KAFKA-8106, 2.4).
    public var demandsUniformSets: Bool { isAtLeast(2, 4) }

    /// Whether offsets inside a compressed message of magic 1 must count from 0; only 2.4 refused others (KAFKA-8106,
    /// taken back by KAFKA-9669 in 2.5).
    public var demandsConsecutiveInnerOffsets: Bool { isAtLeast(2, 4) && !isAtLeast(2, 5) }

    /// Whether `message.downconversion.enable` exists (KIP-283).
    public var hasDownConversionSetting: Bool { isAtLeast(2, 0) && convertsDown }

    /// Whether what is converted down is made while it is sent, and filled up to the size that was promised with a message
    /// that is not whole (`LazyDownConversionRecords`, KIP-283).
    public var padsConvertedRecords: Bool { isAtLeast(2, 0) }

    /// Whether conversion is decided by the topic's format alone; before 3.0 the records fetched are looked at.
    public var convertsByTopicFormat: Bool { isAtLeast(3, 0) }
}
