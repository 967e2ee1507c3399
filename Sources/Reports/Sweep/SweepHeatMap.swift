import EvidenceModel

/// A sweep as a table of two axes: colour says whether the objective holds, the numbers what was carried and how late,
/// the last line what limited it.
struct SweepHeatMap {
    private let groups: [SweepGroup]
    private let axes: [SweepResults.Axis]
    private static let columnLimit = 14

    init(_ results: SweepResults) {
        groups = SweepGroup.all(results)
        axes = results.axes
    }

    /// The markup.
    func html() -> String {
        let all = axes.map { axis in (path: axis.path, values: self.values(axis)) }
        let across = all.filter { $0.values.count <= Self.columnLimit }.max { $0.values.count < $1.values.count }
        let others = axes.map(\.path).filter { $0 != across?.path }
        var names: [String] = []
        for group in groups where !names.contains(group.name(others)) { names.append(group.name(others)) }
        var text = "<div class=\"scroll\"><table class=\"heat\">"
        if let across {
            text += "<thead><tr><th></th>"
            for value in across.values {
                text += "<th>\(Markup.escape(CellLabel.name(across.path)))=\(Markup.escape(value))</th>"
            }
            text += "</tr></thead>"
        }
        for name in names {
            let row = groups.filter { $0.name(others) == name }
            text += "<tr><th>\(Markup.escape(name))</th>"
            for value in across?.values ?? [""] {
                let here = row.filter { across == nil || $0.parameters[across?.path ?? ""] == value }
                text += "<td>" + here.map(Self.html).joined() + "</td>"
            }
            text += "</tr>"
        }
        return text + "</table></div>"
    }

    private func values(_ axis: SweepResults.Axis) -> [String] {
        if !axis.values.isEmpty { return axis.values }
        var labels: [String] = []
        for group in groups {
            if let label = group.parameters[axis.path], !labels.contains(label) { labels.append(label) }
        }
        guard let numbers = AxisValue.numbers(labels) else { return labels }
        return labels.sorted { (numbers[$0]?.number ?? 0) < (numbers[$1]?.number ?? 0) }
    }

    private static func html(_ group: SweepGroup) -> String {
        let style = ["passed": "good", "failed": "bad"][group.outcome.rawValue] ?? "unknown"
        let word = ["passed": "✓ holds", "failed": "✗ fails"][group.outcome.rawValue] ?? "? proves nothing"
        let throughput = group.throughput.map { "\(Numbers.text($0.median.rounded()))/s" } ?? "–"
        let late = group.p99.map { "p99 \(Numbers.text($0.median)) ms" } ?? "p99 not reached"
        let limit = (group.limit?.kind.rawValue ?? "–") + (group.isHarnessBound ? " (harness-bound)" : "")
        let title =
            (group.points.first { $0.outcome == group.outcome }?.reason ?? "") + "; " + (group.limit?.evidence ?? "")
        return "<span class=\"hot \(style)\" title=\"\(Markup.escape(title))\"><b>\(throughput)</b>"
            + "<small>\(late)</small><small>\(Markup.escape(limit))</small>"
            + "<small class=\"sign \(group.outcome.rawValue)\">\(word)</small></span>"
    }
}
