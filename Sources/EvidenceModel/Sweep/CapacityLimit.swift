/// What can limit a producer, with the evidence for one point of a sweep.
public struct CapacityLimit: Codable, Sendable, Equatable {
    /// Which limit.
    public var kind: Kind
    /// The load that it would carry, by its own evidence; nil where the evidence gives no number.
    public var ceilingRecordsPerS: Double?
    /// How much of the limit was used, 0 to 1: a share of time or of the ceiling.
    public var used: Double
    /// True for the one that bound the point.
    public var binding: Bool
    /// What shows it, one sentence with its numbers.
    public var evidence: String

    /// The limits that are told apart.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Nothing: all that was offered was carried.
        case offeredLoad = "offered-load"
        /// This machine, the driver or the link emulator.
        case harness
        /// The rate of the link, or its queue.
        case link
        /// The broker takes too long.
        case broker
        /// Requests in flight times their size by the round trip.
        case inFlight = "in-flight"
        /// What a socket of the sender or of the receiver holds of a connection, once in each round trip.
        case socketBuffer = "socket-buffer"
        /// TCP's congestion control after loss.
        case tcp
        /// The client's own queue, its batching, or its thread.
        case producerQueue = "producer-queue"
        /// The way itself is longer than the objective allows.
        case delay
        /// An outage was longer than the client's patience.
        case outage
    }

    /// A limit with its evidence.
    public init(
        kind: Kind, ceilingRecordsPerS: Double? = nil, used: Double, binding: Bool = false, evidence: String
    ) {
        self.kind = kind
        self.ceilingRecordsPerS = ceilingRecordsPerS
        self.used = used
        self.binding = binding
        self.evidence = evidence
    }

    enum CodingKeys: String, CodingKey {
        case kind = "limit"
        case ceilingRecordsPerS = "ceiling_records_per_s"
        case used, binding, evidence
    }
}
