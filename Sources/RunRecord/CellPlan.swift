import Capacity

/// `plan.json` of a cell: which cell of which file the cell process is to run.
package struct CellPlan: Codable, Sendable, Equatable {
    /// The copy of the scenario's file.
    package var scenarioPath: String
    /// The scenario's file as the user named it.
    package var file: String
    /// The cell's id.
    package var cell: String
    /// The seed of the run.
    package var runSeed: UInt64
    /// Set for a point of a sweep, which no matrix holds.
    package var point: PointPlan?
    /// The release of the client that runs in place of the scenario's, for which its expectations are not meant then.
    package var clientRelease: String?
    /// What no other cell of any run has, for `broker.topic_prefix`: letters and digits.
    package var tag: String?
    /// The broker section that replaces the scenario's, YAML; nil: the scenario's own.
    package var broker: String?
    /// Why each earlier run of the cell proved nothing.
    package var earlierRuns: [String]?

    /// Plans a cell.
    package init(
        scenarioPath: String, file: String, cell: String, runSeed: UInt64, point: PointPlan? = nil,
        clientRelease: String? = nil
    ) {
        self.scenarioPath = scenarioPath
        self.file = file
        self.cell = cell
        self.runSeed = runSeed
        self.point = point
        self.clientRelease = clientRelease
    }

    package enum CodingKeys: String, CodingKey {
        case scenarioPath = "scenario_path"
        case file, cell, tag, broker
        case runSeed = "run_seed"
        case point
        case clientRelease = "client_release"
        case earlierRuns = "earlier_runs"
    }
}

/// Which point of a sweep a cell is, and which part of its load is measured.
package struct PointPlan: Codable, Sendable, Equatable {
    /// Paths and labels, in the order of the plan.
    package var parameters: [Parameter]
    /// Which repeat, from 0.
    package var repeatIndex: Int
    /// The windows.
    package var windows: WindowPlan
    /// True for the cell that measures the harness's own ceiling.
    package var isCeiling: Bool

    /// Plans a point.
    package init(parameters: [Parameter], repeatIndex: Int, windows: WindowPlan, isCeiling: Bool) {
        self.parameters = parameters
        self.repeatIndex = repeatIndex
        self.windows = windows
        self.isCeiling = isCeiling
    }

    /// One parameter.
    package struct Parameter: Codable, Sendable, Equatable {
        /// Path into the file.
        package var path: String
        /// The value's label.
        package var label: String

        /// A parameter with the value that it has at this point.
        package init(path: String, label: String) {
            self.path = path
            self.label = label
        }
    }

    package enum CodingKeys: String, CodingKey {
        case parameters
        case repeatIndex = "repeat"
        case windows
        case isCeiling = "ceiling"
    }
}
