/// An Apache Kafka release whose sequence rules and api versions the broker plays.
///
/// Any release from 0.11 on is understood; what differs between releases is a property here, so that no other file
/// compares version numbers. Sources: the releases' own source code and the KIPs named below.
public struct Release: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Major, minor and patch number; 0.11.0 is (0, 11, 0).
    public let major: Int
    /// Minor number.
    public let minor: Int
    /// Patch number.
    public let patch: Int

    /// The release these numbers name.
    public init(major: Int, minor: Int, patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `4.3`, `1.0.2` or `0.11`; nil for anything else or for a release before 0.11, which knew no sequences.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...4).contains(parts.count), parts.allSatisfy({ $0 != nil && $0! >= 0 }) else { return nil }
        self.init(major: parts[0]!, minor: parts[1]!, patch: parts.count > 2 ? parts[2]! : 0)
        guard self >= Release(major: 0, minor: 11) else { return nil }
    }

    /// The release that is played when none is named.
    public static let standard = Release(major: 4, minor: 3)
    /// The releases that are tested one by one.
    public static let tested = ["0.11", "1.0.0", "1.1", "2.1", "2.5", "3.9", "4.0", "4.3", "4.5"]

    /// Earlier releases are less.
    public static func < (left: Release, right: Release) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// The numbers with dots; the patch only when it is not 0.
    public var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }

    /// True when this release is `major.minor.patch` or later.
    public func isAtLeast(_ major: Int, _ minor: Int, _ patch: Int = 0) -> Bool {
        self >= Release(major: major, minor: minor, patch: patch)
    }
}

extension Release {
    /// Batches per producer whose repetition is recognized: 1 in 0.11, 5 since 1.0 (KAFKA-5494).
    public var duplicateWindow: Int { isAtLeast(1, 0) ? 5 : 1 }

    /// Whether a duplicate older than the window is answered with 46; only 1.0.0 and 1.0.1 did.
    public var refusesOldDuplicateAs46: Bool { isAtLeast(1, 0) && !isAtLeast(1, 0, 2) }

    /// What happens to a batch with a sequence other than 0 when the producer is not known.
    public enum UnknownProducerRule: Sendable {
        /// 45 OUT_OF_ORDER_SEQUENCE_NUMBER.
        case outOfOrder
        /// 59 UNKNOWN_PRODUCER_ID.
        case unknownProducerID
        /// Taken as it is (KIP-360).
        case accepted
        /// Taken unless the log never held a record (KAFKA-15591).
        case acceptedUnlessNeverWritten
    }

    /// See ``UnknownProducerRule``.
    public var unknownProducerRule: UnknownProducerRule {
        if isAtLeast(4, 5) { return .acceptedUnlessNeverWritten }
        if isAtLeast(2, 5) { return .accepted }
        return isAtLeast(1, 0) ? .unknownProducerID : .outOfOrder
    }

    /// Whether Produce v0 to v2 and message sets of magic 0 and 1 are accepted; no longer since 4.0 (KIP-896).
    public var acceptsMessageSets: Bool { !isAtLeast(4, 0) }

    /// Whether Fetch v0 to v3 exists, for which batches are converted down; no longer since 4.0.
    public var convertsDown: Bool { !isAtLeast(4, 0) }

    /// Whether the high watermark stands still while the in-sync replicas are fewer than the minimum (KAFKA-15583).
    public var holdsHighWatermarkBelowMinISR: Bool { isAtLeast(3, 7) }

    /// Default of `message.timestamp.after.max.ms`: one hour since 4.0 (KIP-937), without limit before.
    public var defaultTimestampAfterMaxMs: Int64 { isAtLeast(4, 0) ? 3_600_000 : .max }

    /// Whether a base offset other than 0 in a Produce request is refused (since 3.9, KAFKA-16305 and follow-ups).
    public var refusesNonZeroBaseOffset: Bool { isAtLeast(3, 9) }

    /// Whether a topic has an id (KIP-516).
    public var hasTopicIDs: Bool { isAtLeast(2, 8) }

    /// Default of `producer.id.expiration.ms`: one day since 3.4 (KAFKA-14097); before, `transactional.id.expiration.ms`.
    public var defaultProducerExpirationMs: Int64 { isAtLeast(3, 4) ? 86_400_000 : 604_800_000 }

    /// Whether the answer to an unsupported ApiVersions version lists ApiVersions itself (KIP-511).
    public var namesApiVersionsOnError: Bool { isAtLeast(2, 4) }
}
