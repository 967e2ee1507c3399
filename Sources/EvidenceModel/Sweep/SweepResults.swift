/// What a sweep found: `sweep.json`.
public struct SweepResults: Codable, Sendable, Equatable {
    /// The release of Crosswind that judged; nil: 0.1, which did not say.
    public var crosswind: String? = CrosswindVersion.current
    /// The scenario's name.
    public var scenario: String
    /// What is claimed or asked.
    public var claim: String
    /// The file as the user named it.
    public var file: String
    /// The seed of the sweep.
    public var seed: UInt64
    /// When the first part of it began, microseconds since the epoch.
    public var startedUs: Int64
    /// When the last part of it ended; 0 while it runs.
    public var endedUs: Int64
    /// The axes of the grid, then the bisected one, which has no values of its own.
    public var axes: [Axis]
    /// The objective as written.
    public var objective: [String]
    /// Length of the load of each point, seconds.
    public var loadS: Double
    /// Repeats of each point.
    public var repeats: Int
    /// Points that the whole plan has; more than there are when it was stopped, or is a shard. Nil for a bisection,
    /// whose points are not known beforehand.
    public var plannedPoints: Int?
    /// Every point that ran, in the order of the plan.
    public var points: [SweepPoint]
    /// The answers of the searches.
    public var brackets: [SweepBracket]
    /// What to do, with its evidence; nil where no point meets the objective.
    public var recommendation: SweepRecommendation?

    /// The release of Crosswind that judged.
    public var version: String { crosswind ?? "0.1.0" }

    /// One axis.
    public struct Axis: Codable, Sendable, Equatable {
        /// Path into the scenario file.
        public var path: String
        /// Its values in order; empty for a bisected axis.
        public var values: [String]
        /// True for the bisected axis.
        public var isBisected: Bool

        /// An axis.
        public init(path: String, values: [String], isBisected: Bool) {
            self.path = path
            self.values = values
            self.isBisected = isBisected
        }

        enum CodingKeys: String, CodingKey {
            case path, values
            case isBisected = "bisected"
        }
    }

    /// Results of a sweep.
    public init(
        scenario: String, claim: String, file: String, seed: UInt64, startedUs: Int64, endedUs: Int64, axes: [Axis],
        objective: [String], loadS: Double, repeats: Int, plannedPoints: Int?, points: [SweepPoint],
        brackets: [SweepBracket], recommendation: SweepRecommendation?
    ) {
        self.scenario = scenario
        self.claim = claim
        self.file = file
        self.seed = seed
        self.startedUs = startedUs
        self.endedUs = endedUs
        self.axes = axes
        self.objective = objective
        self.loadS = loadS
        self.repeats = repeats
        self.plannedPoints = plannedPoints
        self.points = points
        self.brackets = brackets
        self.recommendation = recommendation
    }

    enum CodingKeys: String, CodingKey {
        case crosswind, scenario, claim, file, seed
        case startedUs = "started_us"
        case endedUs = "ended_us"
        case axes, objective
        case loadS = "load_s"
        case repeats
        case plannedPoints = "planned_points"
        case points, brackets, recommendation
    }
}

/// The answer of a search: the objective holds at `lastMet`, in all repeats, and not at `firstNotMet`.
public struct SweepBracket: Codable, Sendable, Equatable {
    /// The other parameters.
    public var parameters: [String: String]
    /// The searched path.
    public var path: String
    /// The last value that met the objective; nil: not even the first one did.
    public var lastMet: String?
    /// The first value that did not; nil: all did, up to the end of the range.
    public var firstNotMet: String?
    /// The same as numbers, in the unit of the axis.
    public var lastMetValue: Double?
    /// The same as numbers, in the unit of the axis.
    public var firstNotMetValue: Double?
    /// What bound the first point that did not meet it.
    public var limit: CapacityLimit?
    /// Why it was not met there, one sentence.
    public var reason: String
    /// A value whose evidence does not tell even after it was run again; the bracket is as wide as it leaves it.
    public var undecided: String?

    /// A bracket that knows nothing yet.
    public init(parameters: [String: String], path: String) {
        self.parameters = parameters
        self.path = path
        reason = ""
    }

    /// For people: `[2300/s, 2400/s]`.
    public var text: String {
        switch (lastMet, firstNotMet) {
        case (let met?, let not?): "holds at \(met), no more at \(not)"
        case (let met?, nil): undecided == nil ? "holds at \(met), the end of the range" : "holds at \(met)"
        case (nil, let not?): undecided == nil ? "does not hold even at \(not)" : "does not hold at \(not)"
        case (nil, nil): "not known"
        }
    }

    enum CodingKeys: String, CodingKey {
        case parameters, path
        case lastMet = "last_met"
        case firstNotMet = "first_not_met"
        case lastMetValue = "last_met_value"
        case firstNotMetValue = "first_not_met_value"
        case limit, reason, undecided
    }
}

/// What a sweep recommends.
public struct SweepRecommendation: Codable, Sendable, Equatable {
    /// The settings: axes and their values.
    public var parameters: [String: String]
    /// The client's properties of that point.
    public var producer: CellDescription.Producer
    /// By how much the worst window of the worst repeat is better than the objective asks, by objective.
    public var margins: [String: Double]
    /// What was measured there, one sentence each.
    public var evidence: [String]

    /// A recommendation.
    public init(
        parameters: [String: String], producer: CellDescription.Producer, margins: [String: Double],
        evidence: [String]
    ) {
        self.parameters = parameters
        self.producer = producer
        self.margins = margins
        self.evidence = evidence
    }
}
