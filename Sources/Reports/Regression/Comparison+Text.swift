import EvidenceModel

extension Comparison {
    /// The comparison as lines for a terminal, with a summary at the end.
    public func text(style: TerminalStyle) -> String {
        var text = ""
        for change in changes {
            let mark =
                switch change.kind {
                case .regression: style.paint(style.unicode ? "✗" : "x", .red)
                case .improvement: style.paint(style.unicode ? "✓" : "+", .green)
                case .note: style.paint("·", .dim)
                }
            text += "\(mark) \(TextWidth.harmless(change.cell))\n"
            text +=
                "    \(TextWidth.harmless(change.what)): \(change.before) \(style.unicode ? "→" : "->") \(change.after)\n"
        }
        let regressions = changes.lazy.filter { $0.kind == .regression }.count
        let improvements = changes.lazy.filter { $0.kind == .improvement }.count
        let summary = "\(compared) configurations compared: \(regressions) regressions, \(improvements) improvements"
        return text + style.paint(summary, isRegression ? .red : .green) + "\n"
    }

    /// The comparison as Markdown.
    public func markdown() -> String {
        if changes.isEmpty { return "No change against the baseline in \(compared) configurations.\n" }
        var text = "| | cell | what | baseline | now |\n|---|---|---|---|---|\n"
        for change in changes.prefix(200) {
            text += "| \(change.kind.rawValue) | \(MarkdownSummary.escape(change.cell))"
            text += " | \(MarkdownSummary.escape(change.what)) | \(MarkdownSummary.escape(change.before))"
            text += " | \(MarkdownSummary.escape(change.after)) |\n"
        }
        return text
    }
}
