import EvidenceModel

/// What a limit's rule may look at: what was asked of a point and what was observed.
public struct PointSituation: Sendable {
    /// What was asked.
    public var cell: CellDescription
    /// What the record says.
    public var observation: PointObservation
    /// The numbers of the verdict.
    public var measures: Measures
    /// What this machine and driver carry without a fault, records per second; nil: not measured.
    public var harnessCeiling: Double?

    /// Makes a situation.
    public init(
        cell: CellDescription, observation: PointObservation, measures: Measures, harnessCeiling: Double?
    ) {
        self.cell = cell
        self.observation = observation
        self.measures = measures
        self.harnessCeiling = harnessCeiling
    }

    /// Acknowledged records per second over the windows.
    var throughput: Double { observation.throughputRecordsPerS ?? 0 }

    /// True when the client carried less than was offered: something other than the load is the limit. Three per cent
    /// are within what an edge of a window can be wrong by; where few requests carry the load, one request is.
    var isSaturated: Bool {
        guard let offered = cell.workload.rateRecordsPerS else { return true }
        let oneRequest = observation.wire.map { Double(max($0.connections, 1)) / Double(max($0.requests, 1)) } ?? 0
        return throughput < (1 - min(max(0.03, oneRequest), 0.1)) * offered
    }

    /// Requests that the client lets be in flight on one connection: from its configuration, else from its defaults, else
    /// as many as were seen.
    var inFlightLimit: Int {
        let client = cell.producer.settings ?? ClientSettings()
        let seen = max(observation.wire?.inFlightMax ?? 1, 1)
        let cap = isIdempotent ? client.inFlightWhenIdempotent : nil
        if let given = client.value(.inFlight, in: cell.producer.config).flatMap({ Int($0) }) {
            return cap.map { min(given, $0) } ?? (given > 1000 ? seen : given)
        }
        return client.defaultInFlight ?? cap ?? seen
    }

    private var isIdempotent: Bool {
        let client = cell.producer.settings ?? ClientSettings()
        return client.value(.idempotence, in: cell.producer.config).map { ["true", "True", "1"].contains($0) }
            ?? client.isIdempotentByDefault
    }

    /// Constant numbers of the network and of faults that act on the way to the broker for all of the load, by name: the smallest rate,
    /// else the sum.
    func configured(_ name: String, _ direction: Direction) -> Double? {
        let ways = cell.waysAndFaults.filter { $0.forMs == nil && $0.direction ?? direction == direction }
            .filter { $0.values?[name] != nil }
        guard !ways.isEmpty else { return nil }
        if name == "rate_bit_per_s" { return ways.compactMap { $0.values?[name] }.min() }
        // Of nodes that are not equally far the farthest counts.
        func sum(_ node: Int?) -> Double {
            ways.filter { $0.node == nil || $0.node == node }.reduce(0) { $0 + ($1.values?[name] ?? 0) }
        }
        return (Set(ways.map(\.node))).map(sum).max()
    }
}

/// One limit: what it would carry, and how much of it was used.
protocol LimitRule {
    /// The limit with its evidence; nil where the record cannot tell.
    static func assess(_ situation: PointSituation) -> CapacityLimit?
}

/// Numbers in sentences.
enum Text {
    /// Three digits that matter.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let decimals = value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : 2
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? String(Int(rounded)) : String(rounded)
    }

    /// A share as a percentage.
    static func percent(_ share: Double) -> String { number(share * 100) + " %" }
}
