/// What the user asked of `crosswind sweep`.
public struct SweepOptions: Sendable {
    /// The scenario file with a section `sweep`.
    public var file = ""
    /// The seed of the sweep; nil: the file's own, else one at random.
    public var seed: UInt64?
    /// Points at a time at most; nil: as many as the machine has room for.
    public var jobs: Int?
    /// Where the record goes; nil: `runs/TIME-NAME`. A directory that holds this sweep already is continued.
    public var output: String?
    /// Run only part `index` of `count` of the points or searches, from 1.
    public var shard: (index: Int, count: Int)?
    /// Also write report.html here.
    public var report: String?
    /// Keep captures and logs of every point, not only its numbers.
    public var keepsRecords = false

    /// Print no table: somebody else says what was found.
    var isQuiet = false

    /// Nothing asked yet.
    public init() {}
}
