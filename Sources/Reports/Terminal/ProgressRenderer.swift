import EvidenceModel

/// Where one cell of a run stands.
public struct CellProgress: Sendable, Equatable {
    /// The cell's id.
    public var id: String
    /// Its name for people.
    public var label: String
    /// What it does now.
    public var phase: Phase
    /// Records to send; 0 when not known.
    public var total: Int
    /// Records handed to the client.
    public var sent: Int
    /// Records acknowledged.
    public var acked: Int
    /// Batches sent again.
    public var retries: Int
    /// Records failed and errors raised.
    public var errors: Int
    /// The verdict's outcome, when judged.
    public var outcome: Outcome?
    /// The verdict's reason, when judged.
    public var reason: String

    /// The phases of a cell, in order.
    public enum Phase: String, Sendable, CaseIterable {
        /// Not started.
        case waiting
        /// Sandbox, link, broker and client come up.
        case starting
        /// Records flow.
        case running
        /// The load is over; log and captures are read.
        case reading
        /// The record is judged.
        case judging
        /// Done.
        case finished
    }

    /// A cell that waits.
    public init(id: String, label: String, total: Int = 0) {
        self.id = id
        self.label = label
        phase = .waiting
        self.total = total
        sent = 0
        acked = 0
        retries = 0
        errors = 0
        outcome = nil
        reason = ""
    }
}

/// Shows a run while it runs. It writes nothing itself: every call returns the text to write.
///
/// On a terminal the running cells are redrawn in place under the lines of the finished ones. Elsewhere a line is
/// written when a cell changes its phase, and nothing in between.
public struct ProgressRenderer: Sendable {
    private let style: TerminalStyle
    private var cells: [CellProgress]
    private var indices: [String: Int] = [:]
    private var linesDrawn = 0

    /// A renderer for these cells, in the order of the plan.
    public init(style: TerminalStyle, cells: [CellProgress]) {
        self.style = style
        self.cells = cells
        for (i, cell) in cells.enumerated() { indices[cell.id] = i }
    }

    /// Takes in where a cell stands now.
    ///
    /// - Returns: Text to write at once: on a terminal only when the cell has finished, elsewhere at each new phase.
    ///   Counters are drawn by `redraw`.
    public mutating func update(_ progress: CellProgress) -> String {
        guard let i = indices[progress.id] else { return "" }
        let before = cells[i].phase
        cells[i] = progress
        guard before != progress.phase else { return "" }
        if style.isTerminal {
            return progress.phase == .finished ? erase() + finishedLine(progress) + "\n" + draw() : ""
        }
        switch progress.phase {
        case .finished: return finishedLine(progress) + "\n"
        case .starting, .running: return plainLine(progress) + "\n"
        case .waiting, .reading, .judging: return ""
        }
    }

    /// The live lines again, in place: call it a few times a second. Empty when not on a terminal.
    public mutating func redraw() -> String { style.isTerminal ? erase() + draw() : "" }

    /// Takes the live lines away; call it before anything else is written.
    public mutating func finish() -> String { style.isTerminal ? erase() : "" }

    private mutating func erase() -> String {
        defer { linesDrawn = 0 }
        return linesDrawn == 0 ? "" : "\u{1b}[\(linesDrawn)A\u{1b}[J"
    }

    private mutating func draw() -> String {
        let active = cells.filter { $0.phase != .waiting && $0.phase != .finished }
        let room = max(style.height - 3, 1)
        var lines = active.prefix(room).map(liveLine)
        if active.count > room { lines.append("  and \(active.count - room) more") }
        lines.append(summaryLine(running: active.count))
        linesDrawn = lines.count
        return lines.joined(separator: "\n") + "\n"
    }

    private func liveLine(_ cell: CellProgress) -> String {
        var text = "\(cell.phase.rawValue)"
        if cell.phase == .running { text = bar(cell) }
        text += "  acked \(cell.acked)"
        if cell.retries > 0 { text += "  retries \(cell.retries)" }
        let label = TextWidth.harmless(cell.label)
        let errors = cell.errors > 0 ? "  errors \(cell.errors)" : ""
        let width = max(style.width - 4 - TextWidth.of(text + errors), 8)
        return "  " + TextWidth.pad(TextWidth.cut(label, width), min(width, 44)) + "  " + text
            + style.paint(errors, .red)
    }

    private func bar(_ cell: CellProgress) -> String {
        guard cell.total > 0 else { return "sent \(cell.sent)" }
        let width = 16
        let filled = min(width, cell.acked * width / cell.total)
        let sent = min(width, cell.sent * width / cell.total)
        let signs = style.unicode ? ("█", "▒", "·") : ("#", "-", ".")
        return String(repeating: signs.0, count: filled) + String(repeating: signs.1, count: max(sent - filled, 0))
            + String(repeating: signs.2, count: width - max(sent, filled))
            + " " + TextWidth.pad("\(min(cell.acked * 100 / cell.total, 100))%", 4, right: true)
    }

    private func summaryLine(running: Int) -> String {
        let finished = cells.filter { $0.phase == .finished }
        var text = "\(finished.count)/\(cells.count) cells"
        for outcome in [Outcome.passed, .failed, .inconclusive] {
            let count = finished.filter { $0.outcome == outcome }.count
            if count > 0 { text += "  \(count) " + style.word(outcome) }
        }
        return text + style.paint("  \(running) running", .dim)
    }

    private func finishedLine(_ cell: CellProgress) -> String {
        let outcome = cell.outcome ?? .inconclusive
        let label = TextWidth.harmless(cell.label)
        let reason = TextWidth.harmless(cell.reason)
        let room = style.isTerminal ? style.width - 4 - TextWidth.of(label) : Int.max
        let word = style.isTerminal ? "" : style.word(outcome) + "  "
        return style.mark(outcome) + " " + word + label + (room > 10 ? "  " + style.paint(fit(reason, room), .dim) : "")
    }

    private func fit(_ text: String, _ width: Int) -> String { width == .max ? text : TextWidth.cut(text, width) }

    private func plainLine(_ cell: CellProgress) -> String {
        "  \(cell.phase.rawValue)  \(TextWidth.harmless(cell.label))"
    }
}
