import EvidenceModel

/// Curves of a sweep over each axis that has numbers: what was carried and how late, with the intervals of all windows
/// and repeats, beside the lines that the models of the limits give.
struct SweepCurves {
    private let results: SweepResults
    private let groups: [SweepGroup]
    private static let styles = ["c-acked", "c-retried", "c-dedup", "c-failed", "c-sent", "c-gap"]
    private static let references: [(CapacityLimit.Kind, String)] = [
        (.inFlight, "in-flight x batch / round trip"), (.tcp, "TCP (Mathis, Padhye)"), (.link, "link rate"),
        (.broker, "broker"), (.harness, "this machine"),
    ]

    init(_ results: SweepResults) {
        self.results = results
        groups = SweepGroup.all(results)
    }

    /// The markup: two charts for each axis with three numbers or more.
    func html() -> String {
        results.axes.map { axis in
            let labels = Array(Set(groups.compactMap { $0.parameters[axis.path] }))
            guard labels.count >= 3, let numbers = AxisValue.numbers(labels) else { return "" }
            return charts(axis.path, numbers)
        }.joined()
    }

    private func charts(_ path: String, _ numbers: [String: AxisValue]) -> String {
        let others = results.axes.map(\.path).filter { $0 != path }
        var names: [String] = []
        for group in groups where !names.contains(group.name(others)) { names.append(group.name(others)) }
        let series = names.prefix(Self.styles.count).map { name in
            (
                name: name,
                groups: groups.filter { $0.name(others) == name }
                    .compactMap { group in group.parameters[path].flatMap { numbers[$0] }.map { ($0.number, group) } }
                    .sorted { $0.0 < $1.0 }
            )
        }
        let unit = numbers.values.first?.unit ?? ""
        let x = Self.scale(numbers.values.map(\.number), unit)
        let title = CellLabel.name(path)
        var text = "<h3>over \(Markup.escape(title))</h3><div class=\"charts\">"
        text += throughput(series, x, title).html() + latency(series, x, title).html() + "</div>"
        if names.count > Self.styles.count {
            text += "<p class=\"dim\">The first \(Self.styles.count) of \(names.count) curves.</p>"
        }
        return text
    }

    private typealias Series = (name: String, groups: [(Double, SweepGroup)])

    private func throughput(_ series: [Series], _ x: Scale, _ title: String) -> Chart {
        let highs = series.flatMap { $0.groups.compactMap { $0.1.throughput?.high } }
        let top = (highs.max() ?? 1) * 1.25
        var chart = Chart(
            title: "Records/s carried over \(title)", x: x, y: .linear(to: top, count: 4), height: "tall")
        chart.layers = layers(series) { $0.throughput }
        // A model's line says something for one curve; of several the first one's are drawn.
        guard let first = series.first else { return chart }
        for (kind, name) in Self.references {
            let points = first.groups.compactMap { number, group in group.ceiling(kind).map { (x: number, y: $0) } }
            guard points.contains(where: { $0.y <= top }) else { continue }
            chart.layers.append(.init(name: name, style: "c-epoch", form: .reference, points: points))
        }
        return chart
    }

    private func latency(_ series: [Series], _ x: Scale, _ title: String) -> Chart {
        let spreads = series.flatMap { $0.groups.compactMap { $0.1.p99 } }
        let low = spreads.map(\.low).min() ?? 1
        let high = spreads.map(\.high).max() ?? 10
        var chart = Chart(
            title: "Time from due to acknowledgement, p99, over \(title)", x: x, y: .decadesOfMs(from: low, to: high),
            height: "tall")
        chart.layers = layers(series) { $0.p99 }
        return chart
    }

    private func layers(_ series: [Series], _ spread: (SweepGroup) -> Spread?) -> [Chart.Layer] {
        zip(series, Self.styles).flatMap { series, style -> [Chart.Layer] in
            let spreads = series.groups.compactMap { number, group in spread(group).map { (number, $0) } }
            return [
                .init(
                    name: "", style: style, form: .intervals,
                    points: spreads.flatMap { [(x: $0.0, y: $0.1.low), (x: $0.0, y: $0.1.high)] }),
                .init(
                    name: "", style: style, form: .line, points: spreads.map { (x: $0.0, y: $0.1.median) }),
                .init(
                    name: series.name.isEmpty ? "measured" : series.name, style: style, form: .dots,
                    points: spreads.map { (x: $0.0, y: $0.1.median) }),
            ]
        }
    }

    private static func scale(_ numbers: [Double], _ unit: String) -> Scale {
        let low = numbers.min() ?? 0
        let high = numbers.max() ?? 1
        return low > 0 && high / low >= 8
            ? .logarithmic(from: low, to: high, unit: unit) : .linear(from: low, to: high, count: 5, unit: unit)
    }
}
