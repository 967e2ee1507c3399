import EvidenceModel

/// A stretch of time in which the link or the broker was made to misbehave.
struct Disturbance: Equatable {
    /// Begin, microseconds since the epoch.
    var beganUs: Int64
    /// End; nil when it lasted until the cell ended.
    var endedUs: Int64?

    /// The first disturbance of a cell: the first fault with every other that begins before the link was quiet for
    /// `recoveryTimeMs`, since nobody can recover between faults that follow each other faster than that.
    static func first(_ record: CellRecord) -> Disturbance? {
        let all = all(record).sorted { $0.beganUs < $1.beganUs }
        guard var first = all.first else { return nil }
        let quietUs = Int64(record.cell.recoveryTimeMs * 1000)
        for next in all.dropFirst() {
            guard let end = first.endedUs, next.beganUs <= end + quietUs else { break }
            first.endedUs = next.endedUs.map { max(end, $0) }
        }
        return first
    }

    /// Every stretch that the history or, for faults that a message triggers, the fault log shows.
    private static func all(_ record: CellRecord) -> [Disturbance] {
        var open: [String: Int64] = [:]
        var found: [Disturbance] = []
        var timed: Set<String> = []
        var lastAction: [String: Int] = [:]
        let times = record.history.lazy.map(\.timeUs)
        let firstUs = times.min() ?? 0
        // The network disturbs nothing: what it carries is the level that everything is held against.
        for event in record.history where !CellDescription.isNetwork(event.subject ?? "") {
            switch event.kind {
            case .faultBegan:
                guard let fault = event.subject else { continue }
                timed.insert(fault)
                open[fault] = open[fault] ?? event.timeUs
            case .faultEnded:
                guard let fault = event.subject, let began = open.removeValue(forKey: fault) else { continue }
                found.append(Disturbance(beganUs: began, endedUs: event.timeUs))
            case .brokerAction where event.timeUs >= firstUs:
                found.append(Disturbance(beganUs: event.timeUs, endedUs: event.timeUs))
                if let node = event.subject { lastAction[node] = found.count - 1 }
            case .nodeBack:
                // Until it answered the node was away: its restart is part of the disturbance.
                guard let index = event.subject.flatMap({ lastAction[$0] }) else { continue }
                found[index].endedUs = max(found[index].beganUs, event.timeUs)
            default: break
            }
        }
        // A phase that is still open when the driver is done was cut off by the end of the load, not by the plan.
        found += open.values.map { Disturbance(beganUs: $0, endedUs: nil) }
        for entry in record.faultLog
        where !timed.contains(entry.fault) && entry.fault != Soundness.linkItself
            && !CellDescription.isNetwork(entry.fault)
        {
            found.append(Disturbance(beganUs: entry.timeUs, endedUs: entry.timeUs + (entry.delayUs ?? 0)))
        }
        return found
    }
}
