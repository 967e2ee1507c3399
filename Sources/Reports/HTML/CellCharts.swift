import EvidenceModel

/// The charts of one cell, all over the same time.
struct CellCharts {
    private let timeline: CellTimeline
    private let sequences: [SequenceSeries]
    private let x: Scale
    private let bands: [(from: Double, to: Double, label: String)]

    init(_ record: CellRecord, guilty: Set<String>) {
        let timeline = CellTimeline(record)
        let start = Double(timeline.startUs - timeline.zeroUs) / 1e6
        let end = Double(timeline.endUs - timeline.zeroUs) / 1e6
        let scale = Scale.linear(from: start, to: end, count: 6, unit: " s")
        self.timeline = timeline
        x = scale
        sequences = SequenceSeries.all(record, timeline: timeline, guilty: guilty)
        bands = timeline.bands.map { band in
            (
                scale.place(Double(band.beganUs - timeline.zeroUs) / 1e6),
                scale.place(Double(band.endedUs - timeline.zeroUs) / 1e6), band.label
            )
        }
    }

    /// The markup of all charts.
    func html() -> String {
        var text = "<div class=\"charts\">"
        for chart in [throughput(), inFlight(), latency(), repair()] { text += chart.html() }
        for series in sequences where !series.points.isEmpty { text += self.series(series).html() }
        return text + "</div>"
    }

    private func seconds(_ timeUs: Int64) -> Double { Double(timeUs - timeline.zeroUs) / 1e6 }

    private func steps(_ values: [Int]) -> [(x: Double, y: Double)] {
        values.enumerated().map { i, value in
            (seconds(timeline.startUs) + (Double(i) + 0.5) * timeline.bucketUs / 1e6, Double(value))
        }
    }

    /// As steps, in fewer and wider bins until most that hold a value have a neighbour that does: a client that reports
    /// in bursts would else look as if it stood still in between. Real pauses are longer than that.
    private func rates(_ values: [Int]) -> [(x: Double, y: Double)] {
        for width in [1, 2, 3, 4, 6, 8, 12] {
            let bins = stride(from: 0, to: values.count, by: width).map { start in
                values[start..<min(start + width, values.count)].reduce(0, +)
            }
            let filled = bins.indices.filter { bins[$0] > 0 }
            if filled.isEmpty { return [] }
            let alone = filled.lazy.filter { $0 + 1 < bins.count && bins[$0 + 1] == 0 }.count
            guard width == 12 || alone * 10 <= filled.count * 2 else { continue }
            let binUs = timeline.bucketUs * Double(width)
            return bins.enumerated().map { i, value in
                (seconds(timeline.startUs) + (Double(i) + 0.5) * binUs / 1e6, Double(value) * 1e6 / binUs)
            }
        }
        return []
    }

    private func marks(_ values: [Int], at y: Double? = nil) -> [(x: Double, y: Double)] {
        steps(values).filter { $0.y > 0 }.map { ($0.x, y ?? $0.y) }
    }

    private func chart(_ title: String, _ y: Scale, _ layers: [Chart.Layer], tall: Bool = false) -> Chart {
        Chart(title: title, x: x, y: y, height: tall ? "tall" : "", layers: layers, bands: bands)
    }

    private func throughput() -> Chart {
        let acked = rates(timeline.acked)
        let sent = rates(timeline.sent)
        // What piled up during a fault is delivered at once after it: such a peak must not flatten all the rest.
        let peak = max(acked.map(\.y).max() ?? 0, sent.map(\.y).max() ?? 0)
        let usual = sent.map(\.y).sorted()
        let top = usual.isEmpty ? peak : min(peak, 3 * max(usual[usual.count * 9 / 10], 1))
        let clipped =
            peak > top ? ", cut off above \(Numbers.text(top.rounded())), peak \(Numbers.text(peak.rounded()))" : ""
        var layers = [
            Chart.Layer(name: "acknowledged", style: "c-acked", form: .area, points: acked),
            Chart.Layer(name: "sent", style: "c-sent", form: .line, points: sent),
        ]
        layers.append(.init(name: "given up", style: "c-failed", form: .dots, points: marks(timeline.failed, at: 0)))
        return chart("Throughput, records/s\(clipped)", .linear(to: max(top, 1), count: 3), layers)
    }

    private func inFlight() -> Chart {
        let top = Double(timeline.inFlight.max() ?? 0)
        return chart(
            "Records in flight", .linear(to: max(top, 1), count: 3, whole: true),
            [.init(name: "", style: "c-sent", form: .area, points: steps(timeline.inFlight))])
    }

    private func latency() -> Chart {
        let names: [CellTimeline.LatencyKind: (String, String)] = [
            .acked: ("acknowledged", "c-acked"), .retried: ("batch sent again", "c-retried"),
            .deduplicated: ("recognised as duplicate", "c-dedup"), .failed: ("given up", "c-failed"),
        ]
        let all = timeline.latencies.values.flatMap { $0 }.map { Double($0.latencyUs) / 1000 }
        let layers = CellTimeline.LatencyKind.allCases.compactMap { kind -> Chart.Layer? in
            guard let (name, style) = names[kind] else { return nil }
            let points = (timeline.latencies[kind] ?? []).map { (seconds($0.timeUs), Double($0.latencyUs) / 1000) }
            return .init(name: name, style: style, form: .dots, points: points)
        }
        return chart(
            "Time from send to report", .decadesOfMs(from: all.min() ?? 0.1, to: all.max() ?? 100), layers, tall: true)
    }

    private func repair() -> Chart {
        let top = Double(max(timeline.retransmitted.max() ?? 0, timeline.dropped.max() ?? 0))
        var chart = chart(
            "Packets dropped by faults, segments sent again by TCP", .linear(to: max(top, 1), count: 3, whole: true),
            [
                .init(name: "dropped", style: "c-failed", form: .bars, points: marks(timeline.dropped)),
                .init(name: "sent again", style: "c-retried", form: .dots, points: marks(timeline.retransmitted)),
            ])
        chart.emptyText = "no packet was dropped by a fault, no segment was sent again"
        return chart
    }

    private func series(_ series: SequenceSeries) -> Chart {
        let high = series.points.values.flatMap { $0 }.map(\.y).max() ?? 1
        let low = series.points.values.flatMap { $0 }.map(\.y).min() ?? 0
        var layers: [Chart.Layer] = SequenceSeries.Kind.allCases.map { kind in
            .init(
                name: kind.name, style: kind.style, form: kind == .epochBump ? .bars : .dots,
                points: (series.points[kind] ?? []).map { ($0.x, kind == .epochBump ? high : $0.y) })
        }
        // Bumps go under the points.
        layers.sort { a, _ in a.form == .bars }
        return chart(series.title, .linear(from: min(low, 0), to: max(high, 1), count: 4), layers, tall: true)
    }
}
