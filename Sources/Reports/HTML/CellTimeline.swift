import EvidenceModel

/// The record of a cell, aggregated so that it can be drawn: a fixed number of buckets over time, and clouds of points
/// of which at most one is kept for each place of a grid. Its size does not depend on the number of records.
struct CellTimeline {
    /// Number of buckets over the run.
    static let bucketCount = 240

    /// Time zero, microseconds since the epoch.
    private(set) var zeroUs: Int64 = 0
    /// Begin of the first bucket.
    private(set) var startUs: Int64 = 0
    /// End of the last bucket.
    private(set) var endUs: Int64 = 1
    /// Records handed to the client in each bucket.
    private(set) var sent: [Int] = []
    /// Records acknowledged in each bucket.
    private(set) var acked: [Int] = []
    /// Records given up in each bucket.
    private(set) var failed: [Int] = []
    /// Records sent and not reported at the end of each bucket.
    private(set) var inFlight: [Int] = []
    /// Segments that TCP sent again, by the time of the attempt.
    private(set) var retransmitted: [Int] = []
    /// Packets that faults dropped.
    private(set) var dropped: [Int] = []
    /// Latencies of reports by what became of the record.
    private(set) var latencies: [LatencyKind: [LatencyPoint]] = [:]
    /// Stretches in which faults were on.
    private(set) var bands: [Band] = []

    /// What became of a record, for the latency cloud.
    enum LatencyKind: Int, CaseIterable {
        case acked, retried, deduplicated, failed
    }

    /// One point of the latency cloud.
    struct LatencyPoint: Equatable {
        /// When it was reported, microseconds since the epoch.
        var timeUs: Int64
        /// From the send call to the report.
        var latencyUs: Int64
    }

    /// A stretch in which a fault was on, or the moment of a single action.
    struct Band: Equatable {
        var beganUs: Int64
        var endedUs: Int64
        var label: String
    }

    /// Length of a bucket.
    var bucketUs: Double { Double(endUs - startUs) / Double(Self.bucketCount) }

    init(_ record: CellRecord) {
        findRange(record)
        sent = Array(repeating: 0, count: Self.bucketCount)
        acked = sent
        failed = sent
        retransmitted = sent
        dropped = sent
        let resent = ResentBatches(record)
        if record.client.reportsRecords { countRecords(record, resent) } else { countBatches(record) }
        var open = 0
        inFlight = (0..<Self.bucketCount).map { i in
            open += sent[i] - acked[i] - failed[i]
            return max(open, 0)
        }
        for batch in record.wire?.batches ?? [] {
            for attempt in batch.attempts {
                let segments = attempt.requestRetransmissions + attempt.ackRetransmissions
                guard segments > 0 else { continue }
                retransmitted[bucket(attempt.requestLeftClientUs ?? attempt.ackLeftBrokerUs ?? startUs)] += segments
            }
        }
        for entry in record.faultLog where entry.fate == "drop" { dropped[bucket(entry.timeUs)] += 1 }
        bands = Self.bands(record, endUs)
    }

    /// The bucket of a moment, the outer ones for moments outside.
    func bucket(_ timeUs: Int64) -> Int {
        let index = Double(timeUs - startUs) / bucketUs
        return min(max(Int(max(min(index, 1e6), 0)), 0), Self.bucketCount - 1)
    }

    private mutating func findRange(_ record: CellRecord) {
        var low = Int64.max
        var high = Int64.min
        func include(_ timeUs: Int64) {
            guard timeUs > 0 else { return }
            low = min(low, timeUs)
            high = max(high, timeUs)
        }
        for report in record.client.records {
            include(report.sentUs)
            include(report.reportedUs)
        }
        for batch in record.wire?.batches ?? [] {
            for attempt in batch.attempts {
                include(attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? 0)
                include(attempt.ackReachedClientUs ?? attempt.ackLeftBrokerUs ?? 0)
            }
        }
        if low > high {
            for event in record.history { include(event.timeUs) }
        }
        if low > high { (low, high) = (0, 1) }
        zeroUs = record.history.first { $0.kind == .timeZero }?.timeUs ?? low
        startUs = min(low, zeroUs > 0 ? zeroUs : low)
        endUs = max(high, startUs + 1000)
    }

    private mutating func countRecords(_ record: CellRecord, _ resent: ResentBatches) {
        var clouds = LatencyKind.allCases.map { _ in Cloud<LatencyPoint>() }
        for report in record.client.records {
            if report.sentUs > 0 { sent[bucket(report.sentUs)] += 1 }
            guard report.reportedUs > 0 else { continue }
            let place = bucket(report.reportedUs)
            let kind: LatencyKind
            switch report.outcome {
            case .none: continue
            case .acknowledged:
                acked[place] += 1
                kind = resent.isEmpty ? .acked : resent.kind(topic: report.topic, report.partition, report.offset)
            case .notPersisted, .indeterminate:
                failed[place] += 1
                kind = .failed
            }
            guard report.sentUs > 0 else { continue }
            let latencyUs = max(report.reportedUs - report.sentUs, 1)
            clouds[kind.rawValue].add(
                LatencyPoint(timeUs: report.reportedUs, latencyUs: latencyUs),
                x: place, y: Self.logPlace(latencyUs))
        }
        for kind in LatencyKind.allCases { latencies[kind] = clouds[kind.rawValue].points }
    }

    /// For a producer that reports nothing: what the wire tells of its batches.
    private mutating func countBatches(_ record: CellRecord) {
        var cloud = Cloud<LatencyPoint>()
        for batch in record.wire?.batches ?? [] {
            guard let left = batch.attempts.lazy.compactMap(\.requestLeftClientUs).min() else { continue }
            sent[bucket(left)] += Int(batch.recordCount)
            guard let reached = batch.attempts.lazy.compactMap(\.ackReachedClientUs).min() else { continue }
            acked[bucket(reached)] += Int(batch.recordCount)
            let point = LatencyPoint(timeUs: reached, latencyUs: max(reached - left, 1))
            cloud.add(point, x: bucket(reached), y: Self.logPlace(point.latencyUs))
        }
        latencies[.acked] = cloud.points
    }

    /// A place on a logarithmic scale of ten steps to the octave.
    private static func logPlace(_ us: Int64) -> Int {
        let bits = 63 - us.leadingZeroBitCount
        let fraction = bits >= 3 ? Int(us >> Int64(bits - 3)) & 7 : 0
        return bits * 8 + fraction
    }

    private static func bands(_ record: CellRecord, _ endUs: Int64) -> [Band] {
        let names = Dictionary(record.cell.faults.map { ($0.id, $0.summary) }) { first, _ in first }
        var open: [String: Int64] = [:]
        var bands: [Band] = []
        var timed: Set<String> = []
        for event in record.history {
            guard let fault = event.subject, !CellDescription.isNetwork(fault) else { continue }
            switch event.kind {
            case .faultBegan:
                timed.insert(fault)
                open[fault] = event.timeUs
            case .faultEnded:
                if let began = open.removeValue(forKey: fault) {
                    bands.append(Band(beganUs: began, endedUs: event.timeUs, label: names[fault] ?? fault))
                }
            case .brokerAction:
                bands.append(
                    Band(
                        beganUs: event.timeUs, endedUs: event.timeUs,
                        label: "broker \(fault): \(event.detail ?? "action")"))
            default: break
            }
        }
        for (fault, began) in open.sorted(by: { $0.value < $1.value }) {
            bands.append(Band(beganUs: began, endedUs: endUs, label: names[fault] ?? fault))
        }
        // Faults that a message triggers have no phase: each message is a moment.
        for entry in record.faultLog where !timed.contains(entry.fault) && entry.message != nil {
            guard bands.count < 60 else { break }
            if bands.last.map({ $0.beganUs == entry.timeUs }) ?? false { continue }
            bands.append(
                Band(beganUs: entry.timeUs, endedUs: entry.timeUs, label: names[entry.fault] ?? entry.fault))
        }
        return Array(bands.prefix(60))
    }
}

/// Points of which the first at each place of a grid is kept.
struct Cloud<Point> {
    private(set) var points: [Point] = []
    private var taken: Set<Int> = []

    mutating func add(_ point: Point, x: Int, y: Int) {
        if taken.insert(x << 20 | (y & 0xfffff)).inserted { points.append(point) }
    }
}

/// The offset ranges of batches that were sent more than once, to colour their records.
struct ResentBatches {
    private struct Range {
        var first: Int64
        var last: Int64
        var kind: CellTimeline.LatencyKind
    }

    private var ranges: [Int64: [Range]] = [:]

    /// True when no batch was sent more than once.
    var isEmpty: Bool { ranges.isEmpty }

    init(_ record: CellRecord) {
        var topics: [String: Int] = [:]
        for (i, topic) in record.cell.broker.topics.enumerated() { topics[topic.name] = i }
        let again = Self.sentAgain(record.wire)
        for batch in record.wire?.batches ?? [] where batch.attempts.count > 1 || again.contains(batch.id) {
            guard let topic = topics[batch.topic] else { continue }
            let kind: CellTimeline.LatencyKind = batch.deduplicated ? .deduplicated : .retried
            for offset in Set(batch.attempts.compactMap(\.baseOffset)) where offset >= 0 {
                let last = offset + Int64(batch.recordCount) - 1
                ranges[Self.key(Int32(topic), batch.partition), default: []].append(
                    Range(first: offset, last: last, kind: kind))
            }
        }
        for key in ranges.keys { ranges[key]?.sort { $0.first < $1.first } }
    }

    /// Batches that carry records of an earlier batch again, as the observer found.
    static func sentAgain(_ wire: WireEvidence?) -> Set<String> {
        Set((wire?.findings ?? []).lazy.filter { $0.kind == "records_sent_again" }.compactMap(\.batch))
    }

    private static func key(_ topic: Int32, _ partition: Int32) -> Int64 { Int64(topic) << 32 | Int64(partition) }

    func kind(topic: Int32, _ partition: Int32, _ offset: Int64) -> CellTimeline.LatencyKind {
        guard offset >= 0, let ranges = ranges[Self.key(topic, partition)] else { return .acked }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].first <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, ranges[low - 1].last >= offset else { return .acked }
        return ranges[low - 1].kind
    }
}
