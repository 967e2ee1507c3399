/// Finds records that a producer without a producer id sends again, packed into another batch.
///
/// Such a batch cannot be recognised by its checksum. Its first record, however, keeps its timestamp, which is the base
/// timestamp of a batch that was not acknowledged; from there on it holds the records of as many unacknowledged batches as
/// its record count has room for. A sign, not a proof: other records can have the same timestamp.
struct ResendFinder {
    struct Place: Hashable {
        var topic: Int32
        var partition: Int32
    }

    /// Batches whose records a later one holds again.
    struct Found {
        var first: Int
        var batches: [Int]
        var records: Int
    }

    private struct Waiting {
        var number: Int
        var timestampMs: Int64
        var count: Int32
        var sentNs: Int64
    }

    private static let maximumWaiting = 1024
    private var waiting: [Place: [Waiting]] = [:]

    /// The batch with this number was sent and never acknowledged.
    mutating func noteUnacknowledged(_ place: Place, _ request: ObservedAttempt, _ number: Int) {
        guard request.baseTimestampMs >= 0, request.recordCount > 0 else { return }
        waiting[place, default: []].append(
            Waiting(
                number: number, timestampMs: request.baseTimestampMs, count: request.recordCount,
                sentNs: request.requestNs))
        if waiting[place, default: []].count > Self.maximumWaiting { waiting[place]?.removeFirst() }
    }

    /// The unacknowledged batches whose records `request` holds again; they wait no longer.
    mutating func find(_ place: Place, _ request: ObservedAttempt) -> Found? {
        guard let list = waiting[place], !list.isEmpty, request.baseTimestampMs >= 0 else { return nil }
        guard let start = list.firstIndex(where: { $0.timestampMs == request.baseTimestampMs }) else { return nil }
        var end = start
        var records: Int32 = 0
        while end < list.count, records + list[end].count <= request.recordCount {
            records += list[end].count
            end += 1
        }
        guard end > start else { return nil }
        waiting[place]?.removeSubrange(start..<end)
        return Found(first: list[start].number, batches: list[start..<end].map(\.number), records: Int(records))
    }
}
