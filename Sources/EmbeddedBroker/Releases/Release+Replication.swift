// High watermark and in-sync set (`Partition`).
extension Release {
    /// Whether the high watermark stands still while the in-sync replicas are fewer than the minimum, and the minimum is
    /// never more than there are replicas (KAFKA-15583, 3.7).
    public var holdsHighWatermarkBelowMinISR: Bool { isAtLeast(3, 7) }

    /// Whether the high watermark moves when the leader takes a replica out of the in-sync set. From 2.7, when AlterIsr made
    /// that asynchronous (KIP-497), until 3.1 it waited for the next append or fetch (KAFKA-13091).
    public var movesHighWatermarkOnShrink: Bool { !isAtLeast(2, 7) || isAtLeast(3, 1) }

    /// Whether Fetch by replica id -3, which a broker's own copying between directories uses, reads past the high watermark
    /// (KIP-113, 1.1); before, every id below 0 is a consumer's.
    public var letsLogEndReaders: Bool { isAtLeast(1, 1) }
}
