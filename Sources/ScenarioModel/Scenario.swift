/// A scenario file: a claim, and the cells that put it to the test.
public struct Scenario: Sendable, Equatable {
    /// Name: letters, digits, `-`, `_`, `.`; unique among the scenarios of a run.
    public var name: String
    /// What is claimed, in one sentence.
    public var claim: String
    /// Words to select scenarios by.
    public var tags: [String]
    /// Where the claim comes from: issues, articles.
    public var references: [String]
    /// The statement of somebody that the scenario tests; nil: none.
    public var statement: StatementSpec?
    /// The file as the user named it.
    public var file: String
    /// The seed that the cells' seeds are derived from.
    public var runSeed: UInt64
    /// How often each combination of parameters runs.
    public var repeatCount: Int
    /// One for each combination of parameters and each repeat; at least one, unless all are ``leftOut``.
    public var cells: [ScenarioCell]
    /// What a reader should know although nothing is wrong, by place.
    public var notes: [ScenarioError] = []
    /// Cells that the broker which takes the place of the scenario's own cannot run, one for each combination of parameters.
    public var leftOut: [BrokerOverride.LeftOut] = []
    /// Section `sweep`; nil: none. A scenario with one has no cells: `crosswind sweep` runs its points.
    public var sweep: SweepSpec?
}

/// One run of one configuration.
public struct ScenarioCell: Sendable, Equatable {
    /// The scenario's name.
    public var scenario: String
    /// The scenario's claim.
    public var claim: String
    /// The scenario's file.
    public var file: String
    /// Unique in the run, and safe as a directory name.
    public var id: String
    /// What the repeats of one combination of parameters share.
    public var group: String
    /// Which repeat this is, from 0.
    public var repeatIndex: Int
    /// The matrix parameters by path, as labels, in the order of the matrix.
    public var parameters: [Parameter]
    /// The broker.
    public var broker: BrokerSpec
    /// The producer.
    public var producer: ProducerSpec
    /// The records.
    public var workload: WorkloadSpec
    /// The way to the brokers as it always is.
    public var network = NetworkSpec()
    /// The faults, in file order.
    public var faults: [FaultSpec]
    /// What must hold for this cell alone; never empty, unless only rates are stated.
    public var expectations: [ExpectationSpec.Check]
    /// What must hold for so many of the repeats; the same in every cell of a group.
    public var rated: [ExpectationSpec]
    /// How long throughput may take to come back to 90 % of its level before the fault.
    public var recoveryTime: Duration
    /// The longest that the cell may take on the wall clock.
    public var timeout: Duration
    /// How long the load lasts, where a time and not the number of records ends it; what the client has taken by then
    /// is all that is sent.
    public var loadTime: Duration?
    /// Drives every random decision of the cell.
    public var seed: UInt64

    /// One matrix parameter of a cell.
    public struct Parameter: Sendable, Equatable {
        /// Path into the file.
        public var path: String
        /// The value's label: its text, or the name given with `as`.
        public var label: String

        /// Makes a parameter.
        public init(path: String, label: String) {
            self.path = path
            self.label = label
        }
    }
}
