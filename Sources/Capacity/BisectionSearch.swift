import EvidenceModel
import ScenarioModel

/// A search along one axis that keeps a bracket: the last value at which the objective held and the first at which it
/// did not. It asks for values and is told outcomes; it runs nothing itself.
public struct BisectionSearch: Sendable, Equatable {
    private let spec: SweepBisection
    /// The ends of what is still possible, and whether each was tested.
    private var met: (value: Double, isTested: Bool)
    private var notMet: (value: Double, isTested: Bool)
    /// A value whose evidence does not tell; the search ends there.
    public private(set) var undecided: Double?
    private var isOver = false

    /// Begins a search.
    public init(_ spec: SweepBisection) {
        self.spec = spec
        met = (spec.lowMeets ? spec.range.low : spec.range.high, false)
        notMet = (spec.lowMeets ? spec.range.high : spec.range.low, false)
    }

    /// The next value to test; nil when the bracket is narrow enough, or nothing more can be known.
    public var next: Double? {
        guard !isOver, undecided == nil else { return nil }
        if !isNarrow {
            let middle = spec.range.middle(met.value, notMet.value)
            if middle != met.value, middle != notMet.value { return middle }
        }
        // The search ran into an end of the range, which was only supposed to hold or not to hold.
        if !met.isTested { return met.value }
        if !notMet.isTested { return notMet.value }
        return nil
    }

    /// Takes the outcome at the value that ``next`` asked for.
    public mutating func take(_ outcome: Outcome, at value: Double) {
        switch outcome {
        case .inconclusive: undecided = value
        case .passed:
            if value == notMet.value { isOver = true }
            met = (value, true)
        case .failed:
            if value == met.value { isOver = true }
            notMet = (value, true)
        }
    }

    /// The last value at which the objective held; nil when it was not seen to hold at any.
    public var lastMet: Double? { met.isTested && met.value != notMet.value || isHeldToTheEnd ? met.value : nil }

    /// The first value at which it did not hold; nil when it held at all.
    public var firstNotMet: Double? { notMet.isTested && !isHeldToTheEnd ? notMet.value : nil }

    private var isHeldToTheEnd: Bool { isOver && met.isTested && !notMet.isTested }

    private var isNarrow: Bool {
        let low = min(met.value, notMet.value)
        let high = max(met.value, notMet.value)
        let scale = low > 0 ? low : spec.range.high - spec.range.low
        return high - low <= spec.resolution * scale
    }

    /// True when both are in the same state.
    public static func == (a: BisectionSearch, b: BisectionSearch) -> Bool {
        a.spec == b.spec && a.met == b.met && a.notMet == b.notMet && a.undecided == b.undecided
            && a.isOver == b.isOver
    }
}
