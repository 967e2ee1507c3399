import EvidenceModel
import Testing

@testable import Reports

private func cell(_ id: String, _ phase: CellProgress.Phase, acked: Int = 0) -> CellProgress {
    var cell = CellProgress(id: id, label: "label-\(id)", total: 1000)
    cell.phase = phase
    cell.sent = acked + 10
    cell.acked = acked
    cell.retries = 2
    cell.errors = 1
    if phase == .finished {
        cell.outcome = .failed
        cell.reason = "40 duplicates"
    }
    return cell
}

private let waiting = [cell("a", .waiting), cell("b", .waiting)]

/// Plays what a terminal would show after these texts.
private func screen(_ texts: [String]) -> [String] {
    var lines = [""]
    for text in texts {
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if character == "\u{1b}" {
                guard rest.popFirst() == "[" else { continue }
                let digits = rest.prefix { $0.isNumber }
                rest = rest.dropFirst(digits.count)
                switch rest.popFirst() {
                case "A": lines.removeLast(min(Int(digits) ?? 1, lines.count - 1))
                case "J": lines[lines.count - 1] = ""
                default: break
                }
            } else if character == "\n" {
                lines.append("")
            } else {
                lines[lines.count - 1].append(character)
            }
        }
    }
    return lines
}

@Suite struct ProgressRendererTests {
    @Test func aTerminalIsRedrawnInPlace() {
        var renderer = ProgressRenderer(
            style: TerminalStyle(isTerminal: true, colours: false, unicode: true, width: 80), cells: waiting)
        var texts: [String] = [renderer.update(cell("a", .starting)), renderer.redraw()]
        texts.append(renderer.update(cell("a", .running, acked: 500)))
        texts.append(renderer.redraw())
        #expect(
            screen(texts) == [
                "  label-a" + String(repeating: " ", count: 16)
                    + "  ████████········  50%  acked 500  retries 2  errors 1",
                "0/2 cells  1 running", "",
            ])
        texts.append(renderer.update(cell("b", .running)))
        texts.append(renderer.update(cell("a", .finished)))
        texts.append(renderer.redraw())
        #expect(screen(texts).first == "✗ label-a  40 duplicates")
        #expect(screen(texts).count == 4)
        #expect(screen(texts)[2] == "1/2 cells  1 failed  1 running")
        texts.append(renderer.finish())
        #expect(screen(texts) == ["✗ label-a  40 duplicates", ""])
    }

    @Test func elsewhereOnlyChangesOfPhaseAreWritten() {
        var renderer = ProgressRenderer(
            style: TerminalStyle(isTerminal: false, colours: false, unicode: true, width: 80), cells: waiting)
        #expect(renderer.update(cell("a", .running)) == "  running  label-a\n")
        #expect(renderer.update(cell("a", .running, acked: 700)) == "")
        #expect(renderer.redraw() == "")
        #expect(renderer.update(cell("a", .finished)) == "✗ failed  label-a  40 duplicates\n")
        #expect(renderer.finish() == "")
        #expect(renderer.update(cell("unknown", .finished)) == "")
    }

    @Test func moreCellsThanRowsAreCounted() {
        var renderer = ProgressRenderer(
            style: TerminalStyle(isTerminal: true, colours: false, unicode: false, width: 80, height: 6),
            cells: (0..<50).map { cell(String($0), .waiting) })
        for i in 0..<50 { _ = renderer.update(cell(String(i), .running)) }
        #expect(screen([renderer.redraw()]).count == 6)
        #expect(renderer.redraw().contains("and 47 more"))
    }
}
