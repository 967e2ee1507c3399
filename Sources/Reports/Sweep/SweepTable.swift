import EvidenceModel

/// The points of a sweep as `sweep.csv` (RFC 4180) and as a table for the terminal.
public enum SweepTable {
    private typealias Column = (name: String, value: @Sendable (SweepPoint) -> String)

    /// One row for each point, one column for each axis and number; units are in the names.
    public static func csv(_ results: SweepResults) -> String {
        let axes: [Column] = results.axes.map { axis in (axis.path, { $0.parameters[axis.path] ?? "" }) }
        let columns = axes + numbers
        var text = columns.map { quoted($0.name) }.joined(separator: ",") + "\r\n"
        for point in results.points {
            text += columns.map { quoted($0.value(point)) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// For people: a line for each point or bracket, and the recommendation.
    public static func text(_ results: SweepResults) -> String {
        var rows = [
            results.axes.map { CellLabel.name($0.path) } + ["REPEAT", "OBJECTIVE", "RECORDS/S", "P99 MS", "LIMIT"]
        ]
        for point in results.points {
            let word =
                switch point.outcome {
                case .passed: "holds"
                case .failed: "fails"
                case .inconclusive: "proves nothing"
                }
            var limit = point.binding?.kind.rawValue ?? "–"
            if point.isHarnessBound { limit += " (harness-bound)" }
            rows.append(
                results.axes.map { point.parameters[$0.path] ?? "–" } + [
                    String(point.repeatIndex + 1), word, number(point.observation.throughputRecordsPerS),
                    number(point.observation.latencyMs.p99), limit,
                ])
        }
        var text = aligned(rows)
        for bracket in results.brackets {
            let settings = bracket.parameters.sorted { $0.key < $1.key }
                .map { "\(CellLabel.name($0.key))=\($0.value)" }.joined(separator: " ")
            text += "\n\(settings.isEmpty ? "" : settings + ": ")\(CellLabel.name(bracket.path)) \(bracket.text)\n"
            if let limit = bracket.limit { text += "  limit: \(limit.kind.rawValue): \(limit.evidence)\n" }
            if let undecided = bracket.undecided { text += "  not known at \(undecided)\n" }
        }
        if let recommendation = results.recommendation { text += "\n" + self.text(recommendation) }
        return text
    }

    /// The recommendation for people.
    static func text(_ recommendation: SweepRecommendation) -> String {
        let settings = recommendation.parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        var text = "recommended: " + (settings.isEmpty ? "as it is" : settings.joined(separator: ", ")) + "\n"
        for (objective, margin) in recommendation.margins.sorted(by: { $0.key < $1.key }) {
            text += "  margin \(Numbers.text((margin * 1000).rounded() / 10)) % over \(objective)\n"
        }
        for line in recommendation.evidence { text += "  \(line)\n" }
        return text
    }

    private static let numbers: [Column] = [
        ("repeat", { String($0.repeatIndex + 1) }),
        ("outcome", { $0.outcome.rawValue }),
        ("reason", { $0.reason }),
        ("client", { $0.producer.client }),
        ("size_bytes", { String($0.sizeBytes) }),
        ("offered_records_per_s", { plain($0.offeredRecordsPerS) }),
        ("throughput_records_per_s", { plain($0.observation.throughputRecordsPerS) }),
        ("latency_p50_ms", { plain($0.observation.latencyMs.p50) }),
        ("latency_p99_ms", { plain($0.observation.latencyMs.p99) }),
        ("latency_max_ms", { plain($0.observation.latencyMs.max) }),
        ("latency_from_send_p99_ms", { plain($0.observation.latencyFromSendMs.p99) }),
        ("sent", { String($0.measures.sent) }),
        ("acked", { String($0.measures.acked) }),
        ("failed", { String($0.measures.failed) }),
        ("lost", { plain($0.measures.lost.map(Double.init)) }),
        ("duplicates", { plain($0.measures.duplicates.map(Double.init)) }),
        ("sequence_errors", { plain($0.measures.sequenceErrors.map(Double.init)) }),
        ("retried_batches", { plain($0.measures.retriedBatches.map(Double.init)) }),
        ("recovery_ms", { plain($0.measures.recoveryMs) }),
        ("in_flight_mean", { plain($0.observation.wire?.inFlightMean) }),
        ("records_per_request", { plain($0.observation.wire?.recordsPerRequest) }),
        ("round_trip_ms", { plain($0.observation.wire?.roundTripMs) }),
        ("loss_share", { plain($0.observation.wire?.lossShare) }),
        ("retransmission_share", { plain($0.observation.wire?.retransmissionShare) }),
        ("limit", { $0.binding?.kind.rawValue ?? "" }),
        ("limit_evidence", { $0.binding?.evidence ?? "" }),
        ("harness_ceiling_records_per_s", { plain($0.harnessCeilingRecordsPerS) }),
        ("harness_bound", { $0.isHarnessBound ? "true" : "false" }),
    ]

    private static func plain(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : Numbers.fixed(value, 4)
    }

    private static func number(_ value: Double?) -> String { value.map { Numbers.text($0) } ?? "–" }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { [",", "\"", "\n", "\r", "\r\n"].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func aligned(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
