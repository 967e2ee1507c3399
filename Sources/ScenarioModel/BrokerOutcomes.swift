import EvidenceModel

/// What became of cells on a broker other than the scenarios' own: a column of the table of claims.
public struct BrokerOutcomes: Sendable, Equatable {
    /// The column's head.
    public var name: String
    /// What became of each cell, by its id, in a few words.
    private let cells: [String: Cell]
    /// Parameters that the ids leave out, for example `release=4.3`, because the broker has but one value.
    private let impliedRelease: String?

    /// One cell.
    public struct Cell: Sendable, Equatable {
        /// Whether it met its expectations; nil: it was left out.
        public var outcome: Outcome?
        /// The column's words.
        public var text: String

        /// A cell that ran.
        public init(outcome: Outcome, lost: Int?, duplicates: Int?, sequenceErrors: Int?) {
            self.outcome = outcome
            let counts = [(lost, "lost"), (duplicates, "duplicates"), (sequenceErrors, "wire errors")].compactMap {
                count, word in count.flatMap { $0 > 0 ? "\($0) \(word)" : nil }
            }
            text = ([outcome.rawValue] + counts).joined(separator: ", ")
        }

        /// A cell that the broker could not run.
        public init(leftOut reason: String) {
            outcome = nil
            text = "left out: \(reason)"
        }
    }

    /// Outcomes of a broker.
    ///
    /// - Parameters:
    ///   - cells: by id.
    ///   - impliedRelease: the release line that the ids do not name.
    public init(name: String, cells: [String: Cell], impliedRelease: String? = nil) {
        self.name = name
        self.cells = cells
        self.impliedRelease = impliedRelease
    }

    /// What became of a cell; nil: it was not run there.
    func cell(_ id: String) -> Cell? {
        if let known = cells[id] { return known }
        guard let impliedRelease else { return nil }
        let parts = id.split(separator: ",").filter { $0 != "release=\(impliedRelease)" }
        return cells[parts.joined(separator: ",")]
    }

    /// The words for a whole scenario: how many of its cells met their expectations there.
    func summary(_ ids: [String]) -> String {
        let known = ids.map { cell($0) }
        let ran = known.compactMap { $0?.outcome }
        guard !ran.isEmpty else { return "not run" }
        var text = "\(ran.count { $0 == .passed }) of \(ran.count) as expected"
        let missing = known.count - ran.count
        if missing > 0 { text += ", \(missing) not run" }
        return text
    }
}
