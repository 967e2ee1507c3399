import EvidenceModel

/// What changed between a baseline and a run. A pure function of both.
///
/// - An outcome that got worse is a regression: passed to anything else, inconclusive to failed. With repeats, the
///   gravest outcomes are compared. So is a configuration that survived every time and now did not.
/// - A count of broken records (lost, duplicates, …) is a regression when even its smallest value lies above the
///   largest of the baseline.
/// - Throughput, latency and recovery are a regression when the intervals of both sides do not overlap, the medians
///   differ by more than 5 %, and both sides have at least three repeats. With fewer nobody knows the spread: a large
///   difference is then shown and does not fail.
/// - A cell that the run lacks is a regression, unless the run is a part of the suite.
public struct Comparison: Sendable, Equatable {
    /// Every difference, regressions first.
    public var changes: [Change]
    /// Configurations that were compared.
    public var compared: Int

    /// True when CI must fail.
    public var isRegression: Bool { changes.contains { $0.kind == .regression } }

    /// One difference.
    public struct Change: Sendable, Equatable {
        /// What it means.
        public var kind: Kind
        /// Scenario and parameters.
        public var cell: String
        /// `outcome`, `survived`, `cell`, or the name of a measure.
        public var what: String
        /// The baseline's value, for people.
        public var before: String
        /// The run's value, for people.
        public var after: String
    }

    /// What a difference means.
    public enum Kind: String, Sendable, Comparable {
        /// Worse, beyond what repeats explain.
        case regression
        /// Better, beyond what repeats explain.
        case improvement
        /// Different, and nothing follows.
        case note

        /// Regressions first.
        public static func < (a: Kind, b: Kind) -> Bool { a.weight < b.weight }

        private var weight: Int {
            switch self {
            case .regression: 0
            case .improvement: 1
            case .note: 2
            }
        }
    }

    /// The least difference of medians that counts, whatever the spread: repeats can agree by chance.
    private static let leastShare = 0.05
    /// Without a known spread, the difference from which on it is worth a note.
    private static let noteShare = 0.3
    /// Repeats from which on a spread is known.
    private static let leastRepeats = 3

    /// Compares; `isPart` when the run holds a part of the suite on purpose, `ignoresTiming` to leave out what depends
    /// on the machine.
    public init(base: Baseline, new: Baseline, isPart: Bool = false, ignoresTiming: Bool = false) {
        changes = []
        compared = 0
        let after = Dictionary(new.cells.map { ($0.key, $0) }) { first, _ in first }
        let before = Dictionary(base.cells.map { ($0.key, $0) }) { first, _ in first }
        for cell in base.cells {
            guard let other = after[cell.key] else {
                if !isPart { add(.regression, cell, "cell", "in the baseline", "not in the run") }
                continue
            }
            compared += 1
            compareOutcomes(cell, other)
            for measure in MeasureList.all where !ignoresTiming || measure.worse == .moreIsBroken {
                compare(measure.name, measure.worse, cell, other)
            }
        }
        for cell in new.cells where before[cell.key] == nil {
            add(.note, cell, "cell", "not in the baseline", "new: " + Self.worst(cell).rawValue)
        }
        changes = changes.enumerated().sorted { ($0.element.kind, $0.offset) < ($1.element.kind, $1.offset) }
            .map(\.element)
    }

    private mutating func add(_ kind: Kind, _ cell: Baseline.Cell, _ what: String, _ before: String, _ after: String) {
        let label = cell.parameters.isEmpty ? "" : ": " + CellLabel.text(cell.parameters, id: "")
        changes.append(Change(kind: kind, cell: cell.scenario + label, what: what, before: before, after: after))
    }

    private static func worst(_ cell: Baseline.Cell) -> Outcome {
        cell.outcomes.lazy.filter { $0.value > 0 }.compactMap { Outcome(rawValue: $0.key) }.max() ?? .inconclusive
    }

    private mutating func compareOutcomes(_ before: Baseline.Cell, _ after: Baseline.Cell) {
        let was = Self.worst(before)
        let now = Self.worst(after)
        if was != now { add(now > was ? .regression : .improvement, after, "outcome", was.rawValue, now.rawValue) }
        func always(_ cell: Baseline.Cell, _ word: String) -> Bool { cell.survived.keys.elementsEqual([word]) }
        if always(before, "yes"), after.survived["no"] != nil {
            add(.regression, after, "survived", "always", Self.share(after))
        } else if always(before, "no"), always(after, "yes") {
            add(was == .passed && now != .passed ? .note : .improvement, after, "survived", "never", "always")
        }
    }

    private static func share(_ cell: Baseline.Cell) -> String {
        "\(cell.survived["yes"] ?? 0) of \(cell.survived.values.reduce(0, +))"
    }

    private mutating func compare(
        _ name: String, _ worse: MeasureList.Worse, _ before: Baseline.Cell, _ after: Baseline.Cell
    ) {
        guard let was = before.measures[name], let now = after.measures[name], was != now else { return }
        let apart = now.low > was.high || now.high < was.low
        let rises = now.median > was.median
        switch worse {
        case .neither: return
        case .moreIsBroken:
            guard apart else { return }
            add(rises ? .regression : .improvement, after, name, Self.text(was), Self.text(now))
        case .higher, .lower:
            let scale = max(was.median.magnitude, 1e-9)
            let share = (now.median - was.median).magnitude / scale
            let isWorse = rises == (worse == .higher)
            if min(was.repeats, now.repeats) >= Self.leastRepeats {
                guard apart, share > Self.leastShare else { return }
                add(isWorse ? .regression : .improvement, after, name, Self.text(was), Self.text(now))
            } else if share > Self.noteShare {
                add(.note, after, name, Self.text(was), Self.text(now) + ", spread not known")
            }
        }
    }

    private static func text(_ spread: Spread) -> String {
        if spread.repeats == 1 { return Numbers.text(spread.median) }
        return "\(Numbers.text(spread.median)) [\(Numbers.text(spread.low)), \(Numbers.text(spread.high))]"
            + " of \(spread.repeats)"
    }
}

extension Comparison {
    /// The comparison as lines for a terminal, with a summary at the end.
    public func text(style: TerminalStyle) -> String {
        var text = ""
        for change in changes {
            let mark =
                switch change.kind {
                case .regression: style.paint(style.unicode ? "✗" : "x", .red)
                case .improvement: style.paint(style.unicode ? "✓" : "+", .green)
                case .note: style.paint("·", .dim)
                }
            text += "\(mark) \(TextWidth.harmless(change.cell))\n"
            text +=
                "    \(TextWidth.harmless(change.what)): \(change.before) \(style.unicode ? "→" : "->") \(change.after)\n"
        }
        let regressions = changes.lazy.filter { $0.kind == .regression }.count
        let improvements = changes.lazy.filter { $0.kind == .improvement }.count
        let summary = "\(compared) configurations compared: \(regressions) regressions, \(improvements) improvements"
        return text + style.paint(summary, isRegression ? .red : .green) + "\n"
    }

    /// The comparison as Markdown.
    public func markdown() -> String {
        if changes.isEmpty { return "No change against the baseline in \(compared) configurations.\n" }
        var text = "| | cell | what | baseline | now |\n|---|---|---|---|---|\n"
        for change in changes.prefix(200) {
            text += "| \(change.kind.rawValue) | \(MarkdownSummary.escape(change.cell))"
            text += " | \(MarkdownSummary.escape(change.what)) | \(MarkdownSummary.escape(change.before))"
            text += " | \(MarkdownSummary.escape(change.after)) |\n"
        }
        return text
    }
}
