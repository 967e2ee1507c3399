import KafkaWire

/// The control record that ends a transaction in one partition.
struct TransactionMarker: Sendable, Equatable {
    var isCommit: Bool
    var coordinatorEpoch: Int32

    /// The batch that holds it: one record, with a control key and an end marker (`EndTransactionMarker`).
    func batch(producerID: Int64, epoch: Int16, timestampMs: Int64) -> [UInt8] {
        var key = ByteWriter()
        key.write(Int16(0))
        key.write(Int16(isCommit ? 1 : 0))
        var value = ByteWriter()
        value.write(Int16(0))
        value.write(coordinatorEpoch)
        var builder = RecordBatchBuilder(
            [Record(key: key.bytes, value: value.bytes)], baseTimestamp: timestampMs, producerID: producerID,
            producerEpoch: epoch, baseSequence: -1)
        builder.header.attributes = 0x30
        return builder.build()
    }
}

/// One entry of a log's index of aborted transactions (`TransactionIndex`).
struct AbortedTransaction: Sendable, Equatable {
    var producerID: Int64
    var firstOffset: Int64
    /// Offset of its marker.
    var lastOffset: Int64
}
