/// The faults of a cell as lines of text: what each does, then every stretch with a bar on the cell's time axis.
struct FaultTimeline {
    /// Columns of the time axis.
    static let width = 40
    /// Stretches listed for one fault; the rest is counted.
    static let most = 50

    let lines: [String]

    init(_ cell: ScenarioCell) {
        let end = Self.end(of: cell)
        var lines = ["faults"]
        for fault in cell.faults {
            let place = fault.whereActing.isEmpty ? "" : "  (\(fault.whereActing))"
            lines.append("  \(fault.id)  \(fault.doing)\(place)")
            guard case .timeline = fault.trigger else {
                lines.append("    \(fault.when)")
                continue
            }
            let stretches = fault.stretches(before: cell.workload.length ?? end, atMost: 10_000)
            for stretch in stretches.prefix(Self.most) {
                let begin = DurationText.shown(stretch.begin)
                let until = Self.until(stretch, of: fault)
                lines.append(
                    "    " + "\(begin) \(until)".padded(to: 20) + "|" + Self.bar(stretch, fault, end: end) + "|")
            }
            if stretches.count > Self.most {
                lines.append("    and \(stretches.count - Self.most) more, every \(Self.every(fault))")
            } else if cell.workload.length == nil, Self.repeats(fault) {
                lines.append("    and so on every \(Self.every(fault)) while records are sent")
            }
        }
        if cell.faults.contains(where: { if case .timeline = $0.trigger { true } else { false } }) {
            let label = "0s"
            let last = DurationText.shown(end)
            let axis = label.padded(to: Self.width - last.count) + last
            lines.append("    " + "".padded(to: 21) + axis)
        }
        self.lines = lines
    }

    private static func until(_ stretch: FaultSpec.Stretch, of fault: FaultSpec) -> String {
        if let end = stretch.end { return "to \(DurationText.shown(end))" }
        return fault.settings.isEmpty ? "once" : "to the end"
    }

    private static func repeats(_ fault: FaultSpec) -> Bool {
        if case .timeline(_, _, .some) = fault.trigger { true } else { false }
    }

    private static func every(_ fault: FaultSpec) -> String {
        if case .timeline(_, _, let every?) = fault.trigger { DurationText.shown(every) } else { "" }
    }

    /// The end of the axis: the last record or the end of the last stretch, whichever is later.
    private static func end(of cell: ScenarioCell) -> Duration {
        var end = cell.workload.length ?? .zero
        for fault in cell.faults {
            guard case .timeline = fault.trigger else { continue }
            for stretch in fault.stretches(before: cell.workload.length ?? .zero, atMost: 10_000) {
                end = max(end, stretch.end ?? stretch.begin)
            }
        }
        return max(end, .seconds(1))
    }

    private static func bar(_ stretch: FaultSpec.Stretch, _ fault: FaultSpec, end: Duration) -> String {
        func column(_ time: Duration) -> Double {
            Double(DurationText.microseconds(time)) / Double(DurationText.microseconds(end)) * Double(width)
        }
        let first = min(Int(column(stretch.begin)), width - 1)
        guard stretch.end != nil || !fault.settings.isEmpty else {
            return String(repeating: " ", count: first) + "!" + String(repeating: " ", count: width - first - 1)
        }
        // A stretch that is shorter than a column still shows.
        let last = stretch.end.map { min(width, max(first + 1, Int(column($0).rounded(.up)))) } ?? width
        return String(repeating: " ", count: first) + String(repeating: "#", count: last - first)
            + String(repeating: " ", count: width - last)
    }
}
