import EvidenceModel

/// The sequence numbers of one partition over time: every attempt of every batch, by what became of it.
struct SequenceSeries {
    /// Title of the chart.
    var title: String
    /// Points by kind: seconds after time zero, sequence number.
    var points: [Kind: [(x: Double, y: Double)]] = [:]

    /// What an attempt was.
    enum Kind: CaseIterable {
        case epochBump, first, resent, deduplicated, refused, gap

        /// Name in the legend.
        var name: String {
            switch self {
            case .first: "first try"
            case .resent: "sent again"
            case .deduplicated: "recognised as duplicate"
            case .refused: "refused"
            case .gap: "gap"
            case .epochBump: "new epoch"
            }
        }

        /// CSS class.
        var style: String {
            switch self {
            case .first: "c-acked"
            case .resent: "c-retried"
            case .deduplicated: "c-dedup"
            case .refused: "c-failed"
            case .gap: "c-gap"
            case .epochBump: "c-epoch"
            }
        }
    }

    /// How many partitions are drawn.
    static let limit = 4

    /// The series of the partitions worth a look, those with guilty batches first, then those with repeats.
    static func all(_ record: CellRecord, timeline: CellTimeline, guilty: Set<String>) -> [SequenceSeries] {
        guard let wire = record.wire else { return [] }
        var partitions: [String: (weight: Int, batches: [Int])] = [:]
        for (b, batch) in wire.batches.enumerated() {
            let weight = (guilty.contains(batch.id) ? 1000 : 0) + (batch.attempts.count > 1 ? 1 : 0)
            partitions["\(batch.topic)-\(batch.partition)", default: (0, [])].weight += weight
            partitions["\(batch.topic)-\(batch.partition)"]?.batches.append(b)
        }
        let chosen = partitions.sorted { ($1.value.weight, $0.key) < ($0.value.weight, $1.key) }.prefix(limit)
        let more = partitions.count - chosen.count
        let again = ResentBatches.sentAgain(wire)
        var series = chosen.map { name, entry in
            SequenceSeries(name, entry.batches.map { wire.batches[$0] }, timeline, again)
        }
        if more > 0, !series.isEmpty { series[series.count - 1].title += " (\(more) more partitions are not drawn)" }
        return series
    }

    private init(
        _ partition: String, _ batches: [WireEvidence.Batch], _ timeline: CellTimeline, _ again: Set<String>
    ) {
        let hasSequences = batches.contains { $0.baseSequence >= 0 }
        title = hasSequences ? "Sequence numbers, \(partition)" : "Offsets told (no sequences are sent), \(partition)"
        var clouds: [Kind: Cloud<(x: Double, y: Double)>] = [:]
        let top = Double(batches.map { hasSequences ? Int64($0.baseSequence) : $0.baseOffset ?? 0 }.max() ?? 1)
        func add(_ kind: Kind, _ timeUs: Int64, _ y: Double) {
            let point = (x: Double(timeUs - timeline.zeroUs) / 1e6, y: y)
            clouds[kind, default: Cloud()].add(
                point, x: timeline.bucket(timeUs), y: Numbers.place(y / max(top, 1) * 120, in: -1...121))
        }
        var epoch: Int16?
        var expected: Int32 = 0
        for batch in batches {
            for (a, attempt) in batch.attempts.enumerated() {
                guard let timeUs = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs else { continue }
                guard hasSequences || attempt.baseOffset != nil else { continue }
                let y = Double(hasSequences ? Int64(batch.baseSequence) : attempt.baseOffset ?? 0)
                if a == 0, hasSequences {
                    if let last = epoch, last != batch.producerEpoch {
                        add(.epochBump, timeUs, top)
                        expected = 0
                    }
                    epoch = batch.producerEpoch
                    if batch.baseSequence > expected { add(.gap, timeUs, Double(expected)) }
                    expected = max(expected, batch.lastSequence &+ 1)
                }
                add(Self.kind(attempt, isFirst: a == 0 && !again.contains(batch.id)), timeUs, y)
            }
        }
        points = clouds.mapValues(\.points)
    }

    private static func kind(_ attempt: WireEvidence.Attempt, isFirst: Bool) -> Kind {
        if attempt.deduplicated { return .deduplicated }
        if let code = attempt.errorCode, code != 0 { return .refused }
        return isFirst ? .first : .resent
    }
}
