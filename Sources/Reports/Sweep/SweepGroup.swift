import EvidenceModel

/// The repeats of one combination of a sweep, with the intervals in which their windows lie.
struct SweepGroup {
    /// The repeats, in order.
    var points: [SweepPoint]

    /// The groups of a sweep, in the order of the plan.
    static func all(_ results: SweepResults) -> [SweepGroup] {
        var order: [String] = []
        var groups: [String: [SweepPoint]] = [:]
        for point in results.points {
            if groups[point.group] == nil { order.append(point.group) }
            groups[point.group, default: []].append(point)
        }
        return order.map { SweepGroup(points: groups[$0] ?? []) }
    }

    var parameters: [String: String] { points.first?.parameters ?? [:] }
    var outcome: Outcome { points.map(\.outcome).max() ?? .inconclusive }
    /// Of every window of every repeat.
    var throughput: Spread? { Spread(points.flatMap { $0.observation.windows.map(\.throughputRecordsPerS) }) }
    /// Of every window of every repeat; windows in which it was never reached are left out.
    var p99: Spread? { Spread(points.flatMap { $0.observation.windows.compactMap(\.latencyMs.p99) }) }
    /// The limit of the first repeat that decided.
    var limit: CapacityLimit? { (points.first { $0.outcome == outcome } ?? points.first)?.binding }
    var isHarnessBound: Bool { points.contains(where: \.isHarnessBound) }

    /// The median of what a limit would carry.
    func ceiling(_ kind: CapacityLimit.Kind) -> Double? {
        Spread(points.compactMap { $0.limits.first { $0.kind == kind }?.ceilingRecordsPerS })?.median
    }

    /// The values of some axes for a label.
    func name(_ paths: [String]) -> String {
        paths.map { "\(CellLabel.name($0))=\(parameters[$0] ?? "–")" }.joined(separator: " ")
    }
}
