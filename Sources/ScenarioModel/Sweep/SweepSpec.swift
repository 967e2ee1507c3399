/// Section `sweep` of a scenario file: which points to run, and what each must fulfil.
///
/// The points are the grid of `axes`, beside those of the list `points`. With `bisect`, each of them is a search along
/// one more axis, which ends with a bracket.
public struct SweepSpec: Sendable, Equatable {
    /// The axes of the grid, in file order.
    public var axes: [Axis]
    /// The points without the bisected axis, in the order of the axes, the last one changing fastest; then the list.
    public var combinations: [[ScenarioCell.Parameter]]
    /// The search; nil: none.
    public var bisection: SweepBisection?
    /// What every window of every repeat of a point must fulfil.
    public var objectives: [SweepObjective]
    /// Length of a window.
    public var window: Duration
    /// Windows of a point.
    public var windows: Int
    /// Time from the begin of the load to the first window.
    public var warmUp: Duration
    /// How often each point runs, each time with a seed of its own.
    public var repeats: Int

    /// The values behind the labels of `combinations`.
    var values: [String: [String: MatrixValue]] = [:]

    /// One axis of the grid.
    public struct Axis: Sendable, Equatable {
        /// Path into the file.
        public var path: String
        /// Labels of its values.
        public var labels: [String]

        /// Makes an axis.
        public init(path: String, labels: [String]) {
            self.path = path
            self.labels = labels
        }
    }

    /// From the begin of the load to the end of the last window.
    public var loadTime: Duration { warmUp + window * windows }

    /// Every path that some point sets.
    public var paths: [String] {
        var paths: [String] = []
        for parameter in combinations.joined() where !paths.contains(parameter.path) { paths.append(parameter.path) }
        if let bisection { paths.append(bisection.path) }
        return paths
    }
}

/// A search along one axis for the place where the objective ceases to hold.
public struct SweepBisection: Sendable, Equatable {
    /// Path into the file.
    public var path: String
    /// The numbers between which to search.
    public var range: SweepRange
    /// The bracket is narrow enough when its ends differ by this share of the smaller one.
    public var resolution: Double
    /// Which end is expected to meet the objective: true for the low one, as with an offered rate or a loss.
    public var lowMeets: Bool

    /// Makes a search.
    public init(path: String, range: SweepRange, resolution: Double, lowMeets: Bool) {
        self.path = path
        self.range = range
        self.resolution = resolution
        self.lowMeets = lowMeets
    }
}
