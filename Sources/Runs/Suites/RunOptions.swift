/// What the user asked of `crosswind run`.
public struct RunOptions: Sendable {
    /// Files, directories or globs.
    public var scenarios: [String] = []
    /// Run only scenarios that carry one of these tags; all when empty.
    public var tags: [String] = []
    /// Leave out scenarios that carry one of these tags.
    public var withoutTags: [String] = []
    /// What takes the place of the scenarios' brokers, as ``BrokerChoice`` reads it; nil: nothing.
    public var broker: String?
    /// The seed of the run; chosen at random when nil.
    public var seed: UInt64?
    /// Cells at a time; nil: as many as the machine carries.
    public var jobs: Int?
    /// Where the run directory goes; nil: `runs/TIME-NAME`.
    public var output: String?
    /// Also write report.html here.
    public var report: String?
    /// Stop starting cells after the first that fails.
    public var failFast = false
    /// How often an inconclusive cell is run again, alone, at the end; 0: never.
    public var again = 0
    /// Limit of the whole run.
    public var timeout: Duration?
    /// Run only the cells of part `index` of `count`, from 1.
    public var shard: (index: Int, count: Int)?
    /// A baseline to compare with; see `crosswind diff`.
    public var baseline: String?

    /// Nothing asked yet.
    public init() {}
}
