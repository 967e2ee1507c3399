import EvidenceModel

/// What the fault log shows of a rate limit: every packet that passes one is held for as long as it waits and leaves.
enum LinkObserver {
    static func observe(_ record: CellRecord, _ interval: Range<Int64>) -> PointObservation.LinkLoad? {
        var stretches: [Direction: [(Int64, Int64)]] = [:]
        var bytes: [Direction: Int] = [:]
        var held: [Direction: Int64] = [:]
        var dropped: [Direction: Int] = [:]
        for entry in record.faultLog where entry.reason == "rate" || entry.fate == "queue" {
            guard interval.contains(entry.timeUs) else { continue }
            if entry.fate == "drop" {
                dropped[entry.direction, default: 0] += 1
            } else if let delayUs = entry.delayUs {
                stretches[entry.direction, default: []].append((entry.timeUs, entry.timeUs + delayUs))
                bytes[entry.direction, default: 0] += entry.lengthBytes
                held[entry.direction, default: 0] += delayUs
            }
        }
        let loads = stretches.map { direction, list in
            let busy = WireLoad.busyShare(list, interval)
            let seconds = busy * Double(interval.upperBound - interval.lowerBound) / 1e6
            return PointObservation.LinkLoad(
                busyShare: busy, drainBitsPerS: seconds > 0 ? Double(bytes[direction] ?? 0) * 8 / seconds : 0,
                heldMs: Double(held[direction] ?? 0) / Double(max(list.count, 1)) / 1000,
                dropped: dropped[direction] ?? 0, direction: direction)
        }
        return loads.max { $0.busyShare < $1.busyShare }
    }
}
