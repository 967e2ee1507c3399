/// One point of a sweep after it ran: what was asked, what was measured, whether the objective holds, and what limited
/// it. `point.json` of the point's directory; a point that has this file is not run again.
public struct SweepPoint: Codable, Sendable, Equatable {
    /// The cell's id, unique in the sweep.
    public var id: String
    /// What the repeats of one combination share.
    public var group: String
    /// Which repeat, from 0.
    public var repeatIndex: Int
    /// The place in the plan, so that reports have one order.
    public var order: Int
    /// The values of the axes by path.
    public var parameters: [String: String]
    /// The seed of the cell.
    public var seed: UInt64
    /// Passed: the objective holds in every window. Inconclusive: the evidence does not tell.
    public var outcome: Outcome
    /// One sentence.
    public var reason: String
    /// Each objective with what was measured in the worst window.
    public var objectives: [Assertion]
    /// Offered load; nil for as fast as the client takes it.
    public var offeredRecordsPerS: Double?
    /// Size of a record's value.
    public var sizeBytes: Int
    /// The producer.
    public var producer: CellDescription.Producer
    /// What was measured.
    public var observation: PointObservation
    /// The numbers of the verdict.
    public var measures: Measures
    /// Every limit with its evidence; exactly one is binding.
    public var limits: [CapacityLimit]
    /// The load that this machine and this driver carry without a fault; nil when it could not be measured.
    public var harnessCeilingRecordsPerS: Double?
    /// Within 20 % of that ceiling: the number says more about this machine than about the configuration.
    public var isHarnessBound: Bool
    /// Why the evidence is not sound; empty when it is.
    public var doubts: [String]
    /// Times that this point was run: 2 when the first one was inconclusive and it was run again alone.
    public var runs: Int

    /// A point after it ran.
    public init(
        id: String, group: String, repeatIndex: Int, order: Int, parameters: [String: String], seed: UInt64,
        outcome: Outcome, reason: String, objectives: [Assertion], offeredRecordsPerS: Double?, sizeBytes: Int,
        producer: CellDescription.Producer, observation: PointObservation, measures: Measures,
        limits: [CapacityLimit], harnessCeilingRecordsPerS: Double?, isHarnessBound: Bool, doubts: [String],
        runs: Int
    ) {
        self.id = id
        self.group = group
        self.repeatIndex = repeatIndex
        self.order = order
        self.parameters = parameters
        self.seed = seed
        self.outcome = outcome
        self.reason = reason
        self.objectives = objectives
        self.offeredRecordsPerS = offeredRecordsPerS
        self.sizeBytes = sizeBytes
        self.producer = producer
        self.observation = observation
        self.measures = measures
        self.limits = limits
        self.harnessCeilingRecordsPerS = harnessCeilingRecordsPerS
        self.isHarnessBound = isHarnessBound
        self.doubts = doubts
        self.runs = runs
    }

    /// The limit that bound the point.
    public var binding: CapacityLimit? { limits.first(where: \.binding) }

    enum CodingKeys: String, CodingKey {
        case id, group
        case repeatIndex = "repeat"
        case order, parameters, seed, outcome, reason, objectives
        case offeredRecordsPerS = "offered_records_per_s"
        case sizeBytes = "size_bytes"
        case producer, observation, measures, limits
        case harnessCeilingRecordsPerS = "harness_ceiling_records_per_s"
        case isHarnessBound = "harness_bound"
        case doubts, runs
    }
}
