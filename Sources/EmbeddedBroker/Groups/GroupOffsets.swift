import KafkaWire
import Logging

// Offsets of groups: committed at once, or pending until the marker of their transaction is written to
// `__consumer_offsets` (KIP-98).
extension ClusterCore {
    /// One offset that a group wants to commit.
    struct WantedOffset {
        var name: TopicPartition
        var offset: Int64
        var leaderEpoch: Int32
        var metadata: String?
    }

    /// The group, which is made when it is first asked for; nil when there are too many.
    func group(_ id: String) -> ConsumerGroup? {
        if let group = groups[id] { return group }
        guard groups.count < configuration.limits.coordinated else {
            logger.error("too many groups", metadata: ["limit": "\(groups.count)"])
            return nil
        }
        let group = ConsumerGroup(id: id)
        groups[id] = group
        return group
    }

    /// Whether a partition of `__consumer_offsets` can be written to.
    func takesOffsets(_ partition: Partition) -> Bool {
        partition.inSyncCount >= partition.minInSync(release) && logBytes < configuration.limits.logBytes
    }

    /// Why an offset is refused by itself; nil when it is taken.
    func fault(_ wanted: WantedOffset) -> ErrorCode? {
        guard partition(wanted.name.topic, wanted.name.index) != nil else { return .unknownTopicOrPartition }
        let size = wanted.metadata?.utf8.count ?? 0
        return size > properties.coordinators.maxOffsetMetadataBytes ? .offsetMetadataTooLarge : nil
    }

    /// Writes offsets of a group; with a producer they are pending.
    func commit(
        _ wanted: [WantedOffset], group: ConsumerGroup, producer: KnownProducer?, in partition: Partition, _ leader: Int
    ) {
        guard !wanted.isEmpty else { return }
        let now = nowMs
        var builder = RecordBatchBuilder(
            wanted.map { Self.record($0, group: group.id, nowMs: now) }, baseTimestamp: now,
            producerID: producer?.id ?? -1, producerEpoch: producer?.epoch ?? -1, baseSequence: -1)
        if producer != nil { builder.header.attributes = 0x10 }
        let base = appendOwn(builder.build(), marker: nil, to: partition, leader, nowMs: now)
        for (index, one) in wanted.enumerated() {
            let offset = ConsumerGroup.Offset(
                offset: one.offset, leaderEpoch: one.leaderEpoch, metadata: one.metadata ?? "",
                position: base + Int64(index))
            if let producer, !properties.defects.transactions.offsetsIgnoreOutcome {
                group.pending[producer.id, default: [:]][one.name] = offset
            } else {
                group.offsets[one.name] = offset
            }
        }
    }

    /// A marker was written to a partition of `__consumer_offsets`: what its transaction sent counts, or is forgotten.
    func settleOffsets(_ partition: Int32, _ end: EndMarker) {
        for group in groups.values {
            guard group.pending[end.producerID] != nil, offsetsPartition(group.id)?.index == partition,
                let sent = group.pending.removeValue(forKey: end.producerID), end.isCommit
            else { continue }
            for (name, offset) in sent where (group.offsets[name]?.position ?? -1) < offset.position {
                group.offsets[name] = offset
            }
        }
    }

    /// `OffsetCommitKey` v1 and `OffsetCommitValue` v3.
    private static func record(_ wanted: WantedOffset, group: String, nowMs: Int64) -> Record {
        func text(_ text: String, _ writer: inout ByteWriter) {
            let bytes = Array(text.utf8.prefix(Int(Int16.max)))
            writer.write(Int16(bytes.count))
            writer.write(raw: bytes)
        }
        var key = ByteWriter()
        key.write(Int16(1))
        text(group, &key)
        text(wanted.name.topic, &key)
        key.write(wanted.name.index)
        var value = ByteWriter()
        value.write(Int16(3))
        value.write(wanted.offset)
        value.write(wanted.leaderEpoch)
        text(wanted.metadata ?? "", &value)
        value.write(nowMs)
        return Record(key: key.bytes, value: value.bytes)
    }
}
