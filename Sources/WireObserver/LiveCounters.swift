/// What a running capture has shown so far, for a progress line.
public struct LiveCounters: Sendable, Equatable {
    /// Partitions' batches sent, repeats included.
    public var requests = 0
    /// Records in them.
    public var records = 0
    /// Batches sent again.
    public var retries = 0
    /// Partition answers with success.
    public var acknowledged = 0
    /// Records in batches that were answered with success.
    public var acknowledgedRecords = 0
    /// Partition answers with an error.
    public var errors = 0
    /// Answers with 45, 46, 47 or 59 among them.
    public var sequenceErrors = 0
    /// Answers with the fingerprint of a deduplication.
    public var deduplicated = 0

    /// Nothing seen.
    public init() {}

    mutating func note(errorCode: Int16, isDeduplicated: Bool) {
        if isDeduplicated { deduplicated += 1 }
        switch errorCode {
        case 0: acknowledged += 1
        case 45, 46, 47, 59:
            errors += 1
            sequenceErrors += 1
        default: errors += 1
        }
    }
}

/// Tells whether a batch was sent before, in bounded memory: by sequence numbers, or by its checksum where there are none.
struct SequenceTracker {
    private struct Key: Hashable {
        var producerID: Int64
        var epoch: Int16
        var topic: Int32
        var partition: Int32
    }

    private static let maximumKeys = 65_536
    private static let maximumIdentities = 4096
    private var last: [Key: Int32] = [:]
    private var identities: Set<UInt64> = []
    private var ring: [UInt64] = []
    private var ringNext = 0

    /// Notes an attempt; true when the same batch was sent before.
    mutating func isRepeat(_ attempt: ObservedAttempt) -> Bool {
        guard attempt.producerID >= 0 else { return isRepeat(identity: attempt.identity) }
        let key = Key(
            producerID: attempt.producerID, epoch: attempt.producerEpoch, topic: attempt.topic,
            partition: attempt.partition)
        if let previous = last[key] {
            // Sequences wrap at 2^31: the shorter way round decides which is later.
            let ahead = (attempt.baseSequence &- previous) & 0x7fff_ffff
            if ahead == 0 || ahead > 0x3fff_ffff { return true }
        } else if last.count >= Self.maximumKeys {
            last.removeAll(keepingCapacity: true)
        }
        last[key] = attempt.lastSequence
        return false
    }

    private mutating func isRepeat(identity: UInt64) -> Bool {
        guard identity != 0 else { return false }
        guard identities.insert(identity).inserted else { return true }
        if ring.count < Self.maximumIdentities {
            ring.append(identity)
        } else {
            identities.remove(ring[ringNext])
            ring[ringNext] = identity
            ringNext = (ringNext + 1) % Self.maximumIdentities
        }
        return false
    }
}
