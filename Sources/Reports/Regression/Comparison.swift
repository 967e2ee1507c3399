import EvidenceModel

/// What changed between a baseline and a run. A pure function of both; docs/ci.md states the rules and their measured
/// rates of false alarms and of detection.
///
/// - Every change of an outcome is told. It is a regression when a configuration failed that never had, when one that
///   always survived did not, and when every repeat is inconclusive where none was: nothing proves it any more.
/// - Broken records (lost, duplicates, …) where the baseline has none in any repeat are a regression: one is enough in a
///   configuration that always survived. One that breaks by design breaks a little differently each time (some records
///   twice, and now and then two in the wrong order): there every repeat must have them, and three are needed.
/// - Everything else that has a spread (rates, latencies, recovery, and counts that are never 0) is a regression when
///   it is worse by more than matters to anyone, no repeat of one side lies among the other's, and a test finds that
///   chance would do so in one comparison of a hundred at most, over all measures of all configurations together. This
///   takes three repeats of the run; with fewer it is a note.
/// - A cell that the run lacks is a regression, unless the run is a part of the suite.
public struct Comparison: Sendable, Equatable {
    /// Every difference, regressions first.
    public var changes: [Change]
    /// Configurations that were compared.
    public var compared: Int
    /// Measures that were tested against chance; each gets an equal part of ``falseAlarms``.
    public var tests: Int

    /// Probability that a comparison of unchanged code finds a regression in anything that has a spread.
    public static let falseAlarms = 0.01

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

    /// Repeats of the run from which on a change of what has a spread fails: a single one, or two, may be slow because
    /// of something else on the machine.
    private static let leastRepeats = 3
    /// Without a known spread, the ratio of medians from which on a difference is worth a note.
    private static let noteRatio = 1.3

    /// Compares; `isPart` when the run holds a part of the suite on purpose, `ignoresTiming` to leave out what depends
    /// on the machine.
    public init(base: Baseline, new: Baseline, isPart: Bool = false, ignoresTiming: Bool = false) {
        changes = []
        compared = 0
        tests = 0
        let after = Dictionary(new.cells.map { ($0.key, $0) }) { first, _ in first }
        let before = Dictionary(base.cells.map { ($0.key, $0) }) { first, _ in first }
        var pairs: [(cell: Baseline.Cell, test: MeasureTest)] = []
        for cell in base.cells {
            guard let other = after[cell.key] else {
                if !isPart { add(.regression, cell, "cell", "in the baseline", "not in the run") }
                continue
            }
            compared += 1
            compareOutcomes(cell, other)
            // On another way, or with another TCP, nothing that follows compares like with like: it is told first.
            if let was = cell.network, let now = other.network, was != now { add(.note, cell, "network", was, now) }
            for measure in Measure.all where !ignoresTiming || measure.worse == .moreIsBroken {
                guard let scale = MeasureTest.scale(measure.name, measure.worse),
                    let was = cell.measures[measure.name], let now = other.measures[measure.name]
                else { continue }
                if scale.isCount, was.most == 0 || now.most == 0 {
                    compareWithNone(measure.name, cell, was, now)
                    continue
                }
                pairs.append(
                    (
                        other,
                        MeasureTest(name: measure.name, worse: measure.worse, before: was, after: now, scale: scale)
                    ))
            }
        }
        test(pairs)
        for cell in new.cells where before[cell.key] == nil {
            add(.note, cell, "cell", "not in the baseline", "new: " + Self.worst(cell).rawValue)
        }
        changes = changes.enumerated().sorted { ($0.element.kind, $0.offset) < ($1.element.kind, $1.offset) }
            .map(\.element)
    }

    private mutating func add(_ kind: Kind, _ cell: Baseline.Cell, _ what: String, _ before: String, _ after: String) {
        let label = CellLabel.full(scenario: cell.scenario, cell.parameters)
        changes.append(Change(kind: kind, cell: label, what: what, before: before, after: after))
    }
}

extension Comparison {
    private static func worst(_ cell: Baseline.Cell) -> Outcome {
        cell.outcomes.lazy.filter { $0.value > 0 }.compactMap { Outcome(rawValue: $0.key) }.max() ?? .inconclusive
    }

    private mutating func compareOutcomes(_ before: Baseline.Cell, _ after: Baseline.Cell) {
        let was = Self.worst(before)
        let now = Self.worst(after)
        let words = (Self.words(before.outcomes), Self.words(after.outcomes))
        if now > was {
            let doubtful = after.outcomes[Outcome.inconclusive.rawValue] ?? 0
            let isRegression = now == .failed || doubtful == after.outcomes.values.reduce(0, +)
            add(isRegression ? .regression : .note, after, "outcome", words.0, words.1)
        } else if now < was {
            add(.improvement, after, "outcome", words.0, words.1)
        } else if Set(before.outcomes.keys) != Set(after.outcomes.keys) {
            add(.note, after, "outcome", words.0, words.1)
        }
        func always(_ cell: Baseline.Cell, _ word: String) -> Bool { cell.survived.keys.elementsEqual([word]) }
        if always(before, "yes"), after.survived["no"] != nil {
            add(.regression, after, "survived", "always", Self.share(after))
        } else if always(before, "no"), always(after, "yes") {
            add(was == .passed && now != .passed ? .note : .improvement, after, "survived", "never", "always")
        }
    }

    /// `passed`, or `2 failed, 1 passed`.
    private static func words(_ outcomes: [String: Int]) -> String {
        let known = [Outcome.failed, .inconclusive, .passed].compactMap { outcome in
            outcomes[outcome.rawValue].map { (outcome.rawValue, $0) }
        }
        if known.count == 1 { return known[0].0 }
        return known.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }

    private static func share(_ cell: Baseline.Cell) -> String {
        "\(cell.survived["yes"] ?? 0) of \(cell.survived.values.reduce(0, +))"
    }

    /// A count that is 0 in every repeat of one side.
    private mutating func compareWithNone(_ name: String, _ before: Baseline.Cell, _ was: Spread, _ now: Spread) {
        if was.most == 0, now.most > 0 {
            let isCertain = now.least > 0 && min(was.repeats, now.repeats) >= Self.leastRepeats
            let breaksAnyway = before.survived["no"] != nil
            add(isCertain || !breaksAnyway ? .regression : .note, before, name, Self.text(was), Self.text(now))
        } else if now.most == 0, was.least > 0 {
            add(.improvement, before, name, Self.text(was), Self.text(now))
        }
    }

    private mutating func test(_ pairs: [(cell: Baseline.Cell, test: MeasureTest)]) {
        let models = Dictionary(grouping: pairs, by: \.test.scale.family).mapValues { pairs in
            VarianceModel(pairs.map(\.test.own))
        }
        let results = pairs.map { pair in models[pair.test.scale.family].map { pair.test.result($0) } }
        tests = results.lazy.filter { $0?.chance != nil }.count
        for (pair, result) in zip(pairs, results) {
            guard let result else { continue }
            let (was, now) = (pair.test.before, pair.test.after)
            if let chance = result.chance {
                guard pair.test.matters, chance <= Self.falseAlarms / Double(tests) else { continue }
                guard now.repeats >= Self.leastRepeats else {
                    let doubt = ", \(now.repeats == 1 ? "one repeat" : "two repeats"); it takes three"
                    add(.note, pair.cell, pair.test.name, Self.text(was), Self.text(now) + doubt)
                    continue
                }
                add(
                    result.isWorse ? .regression : .improvement, pair.cell, pair.test.name, Self.text(was),
                    Self.text(now))
            } else if pair.test.ratio > Self.noteRatio {
                add(.note, pair.cell, pair.test.name, Self.text(was), Self.text(now) + ", spread not known")
            }
        }
    }

    private static func text(_ spread: Spread) -> String {
        if spread.repeats == 1 { return Numbers.text(spread.median) }
        return "\(Numbers.text(spread.median)) [\(Numbers.text(spread.low)), \(Numbers.text(spread.high))]"
            + " of \(spread.repeats)"
    }
}
