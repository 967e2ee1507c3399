import EvidenceModel

/// Reads the numbers of a point from the record of its cell: a pure function.
public enum PointObserver {
    /// What the record says of the windows.
    public static func observe(_ record: CellRecord, _ plan: WindowPlan) -> PointObservation {
        var observation = PointObservation()
        guard let startUs = record.scheduleStartUs else { return observation }
        let records = record.client.records
        let curve = AckCurve(records.lazy.filter { $0.outcome == .acknowledged }.map(\.reportedUs))
        let rates = curve.rates(plan, startUs: startUs)
        observation.throughputRecordsPerS = curve.rate(plan, startUs: startUs)
        let interval = plan.interval(from: startUs)
        var due = Latencies(windows: plan.windows)
        var fromSend: [Int64] = []
        var lateness: [Int64] = []
        for (id, entry) in records.enumerated() {
            guard let dueUs = record.dueUs(ofRecord: id, startUs: startUs), interval.contains(dueUs) else { continue }
            let window = Int((dueUs - interval.lowerBound) / plan.windowUs)
            let isAcknowledged = entry.outcome == .acknowledged
            due.add(isAcknowledged ? entry.reportedUs - dueUs : nil, window)
            if isAcknowledged, entry.sentUs > 0 { fromSend.append(entry.reportedUs - entry.sentUs) }
            if entry.sentUs > 0 { lateness.append(entry.sentUs - dueUs) }
            if entry.outcome == .none { observation.unacknowledged += 1 }
        }
        observation.windows = (0..<plan.windows).map { window in
            .init(
                atMs: Double(plan.warmUpUs + Int64(window) * plan.windowUs) / 1000,
                throughputRecordsPerS: rates[window], latencyMs: due.of(window))
        }
        observation.latencyMs = due.ofAll()
        observation.latencyFromSendMs = Latencies.percentiles(fromSend.sorted(), missing: 0)
        observation.handoverLatenessP99Ms = Latencies.at(0.99, lateness.sorted(), missing: 0)
        observation.outstandingMax = outstanding(records)
        observation.wire = WireLoad.observe(record, interval)
        observation.link = LinkObserver.observe(record, interval)
        observation.linkLatenessP99Us = record.history.last { $0.kind == .linkEnded }?.values?["lateness_p99_us"]
        return observation
    }

    /// The most records that were handed over and had no outcome.
    private static func outstanding(_ records: [ClientAccount.Record]) -> Int {
        var changes: [(timeUs: Int64, by: Int)] = []
        for entry in records where entry.sentUs > 0 {
            changes.append((entry.sentUs, 1))
            if entry.outcome != .none { changes.append((entry.reportedUs, -1)) }
        }
        // Of equal times the ends first: a record that goes as another comes does not add to it.
        changes.sort { ($0.timeUs, $0.by) < ($1.timeUs, $1.by) }
        var now = 0
        var most = 0
        for change in changes {
            now += change.by
            most = max(most, now)
        }
        return most
    }
}

/// Latencies by window; a record without an acknowledgement is later than all others.
struct Latencies {
    private var windows: [[Int64]]
    private var missing: [Int]

    init(windows: Int) {
        self.windows = Array(repeating: [], count: windows)
        missing = Array(repeating: 0, count: windows)
    }

    mutating func add(_ latencyUs: Int64?, _ window: Int) {
        guard windows.indices.contains(window) else { return }
        if let latencyUs { windows[window].append(latencyUs) } else { missing[window] += 1 }
    }

    func of(_ window: Int) -> PointObservation.Latency {
        Self.percentiles(windows[window].sorted(), missing: missing[window])
    }

    func ofAll() -> PointObservation.Latency {
        Self.percentiles(windows.joined().sorted(), missing: missing.reduce(0, +))
    }

    static func percentiles(_ sorted: [Int64], missing: Int) -> PointObservation.Latency {
        .init(
            p50: at(0.5, sorted, missing: missing), p99: at(0.99, sorted, missing: missing),
            max: at(1, sorted, missing: missing))
    }

    /// Nearest rank in milliseconds; nil where that rank was never acknowledged.
    static func at(_ share: Double, _ sorted: [Int64], missing: Int) -> Double? {
        let count = sorted.count + missing
        guard count > 0 else { return nil }
        let rank = max(Int((share * Double(count)).rounded(.up)), 1)
        return rank <= sorted.count ? Double(sorted[rank - 1]) / 1000 : nil
    }
}
