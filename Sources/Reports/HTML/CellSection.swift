import EvidenceModel

/// One cell of report.html: the reason first, then what it was judged by, the ladders of guilty batches, the charts,
/// the faults, and links to the record.
struct CellSection {
    private let cell: RunResults.Cell
    private let runSeed: UInt64
    private let record: CellRecord?
    private let files: [String]

    /// The section of a cell; without a record only the verdict is drawn. `files` are names in the cell's directory to
    /// link to.
    init(_ cell: RunResults.Cell, runSeed: UInt64, record: CellRecord?, files: [String]) {
        self.cell = cell
        self.runSeed = runSeed
        self.record = record
        self.files = files
    }

    private var verdict: Verdict { cell.verdict }

    /// The markup; `isOpen` unfolds it.
    func html(isOpen: Bool) -> String {
        let label = CellLabel.text(verdict.parameters, id: verdict.id)
        var text = "<details class=\"cell\"\(isOpen ? " open" : "")><summary>"
        text += "<b class=\"\(verdict.outcome.rawValue)\">\(Self.mark(verdict.outcome)) \(verdict.outcome.rawValue)</b>"
        text += "<b>\(Markup.escape(label))</b><span class=\"why\">\(Markup.escape(verdict.reason))</span></summary>"
        // The anchor is inside, so that following a link to it unfolds the cell without a script.
        text += "<div class=\"inside\"><a class=\"anchor\" id=\"\(Markup.anchor(verdict.id))\"></a>"
        text += facts() + doubts() + assertions()
        if let record { text += ladders(record) }
        text += properties() + network() + faults()
        if let record {
            text += "<h3>The run</h3>" + CellCharts(record, guilty: guiltyBatches()).html()
            text += findings(record)
        }
        return text + links() + "</div></details>\n"
    }

    static func mark(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: "✓"
        case .failed: "✗"
        case .inconclusive: "?"
        }
    }

    private func guiltyBatches() -> Set<String> {
        Set(verdict.properties.lazy.filter { $0.outcome != .passed }.flatMap(\.batches))
    }

    private func facts() -> String {
        let m = verdict.measures
        var facts: [(String, String)] = [("acknowledged", "\(m.acked) of \(m.sent)")]
        if verdict.runs > 1 { facts.append(("runs", String(verdict.runs))) }
        func add(_ name: String, _ value: Int?) { if let value { facts.append((name, String(value))) } }
        func add(_ name: String, _ value: Double?, _ unit: String) {
            if let value { facts.append((name, Numbers.text(value) + unit)) }
        }
        add("lost", m.lost)
        add("duplicates", m.duplicates)
        add("reordered", m.reordered)
        add("sequence errors", m.sequenceErrors)
        add("given up", m.failed)
        add("batches sent again", m.retriedBatches)
        add("recognised as duplicates", m.deduplicatedBatches)
        add("throughput", m.throughputRecordsPerS, " records/s")
        func add(_ name: String, _ latency: Measures.Latency?) {
            guard let latency else { return }
            facts.append(
                (
                    name,
                    "\(Numbers.text(latency.p50)) / \(Numbers.text(latency.p99)) / \(Numbers.text(latency.max)) ms"
                ))
        }
        add("latency from when it was due, p50 / p99 / max", m.ackLatencyMs)
        add("latency from the send call", m.ackLatencyFromSendMs)
        add("recovery", m.recoveryMs, " ms")
        let codes = (m.errorCodes ?? [:]).sorted { (Int($0.key) ?? 0, $0.key) < (Int($1.key) ?? 0, $1.key) }
        if !codes.isEmpty {
            facts.append(("answers by error code", codes.map { "\($0.key): \($0.value)" }.joined(separator: ", ")))
        }
        for (version, records) in (m.fetchedRecords ?? [:]).sorted(by: { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }) {
            let error = m.fetchErrors?[version] ?? 0
            facts.append(("read by Fetch v\(version)", "\(records) records" + (error == 0 ? "" : ", error \(error)")))
        }
        return "<div class=\"facts\">"
            + facts.map { "<span>\(Markup.escape($0.0)) <b>\(Markup.escape($0.1))</b></span>" }.joined() + "</div>"
    }

    private func doubts() -> String {
        func box(_ title: String, _ texts: some Collection<String>) -> String {
            texts.isEmpty
                ? ""
                : "<div class=\"doubts\"><b>\(title)</b><ul>"
                    + texts.map { "<li>\(Markup.escape($0))</li>" }.joined() + "</ul></div>"
        }
        return box("Why this proves nothing", verdict.causesOfDoubt) + box("Beside the verdict", verdict.remarks)
    }

    private func assertions() -> String {
        if verdict.assertions.isEmpty { return "" }
        var text = "<h3>Expected</h3><table class=\"wide assertions\">"
        for assertion in verdict.assertions {
            var actual = assertion.actual.map(Numbers.text) ?? "not measured"
            if assertion.text.hasPrefix("survives"), let value = assertion.actual {
                actual = value == 1 ? "it survived" : "it did not survive"
            }
            let line = assertion.line > 0 ? "line \(assertion.line)" : ""
            text += "<tr><td class=\"\(assertion.outcome.rawValue)\">\(Self.mark(assertion.outcome))</td>"
            text += "<td><code>\(Markup.escape(assertion.text))</code></td><td><b>\(Markup.escape(actual))</b></td>"
            text += "<td class=\"dim\">\(Markup.escape(line))</td></tr>"
        }
        return text + "</table>"
    }

    private func properties() -> String {
        if verdict.properties.isEmpty { return "" }
        var text = "<h3>Survives means</h3><table class=\"wide\">"
        for property in verdict.properties {
            text += "<tr><td class=\"\(property.outcome.rawValue)\">\(Self.mark(property.outcome))</td>"
            text += "<td>\(Markup.escape(property.property))</td><td>\(Markup.escape(property.detail))</td></tr>"
        }
        return text + "</table>"
    }

    private func network() -> String {
        let text = evidence(
            "Network: configured and observed", verdict.faultEvidence.filter { CellDescription.isNetwork($0.fault) })
        let lines = [cell.network, cell.tcp.map { "TCP: \($0)" }].compactMap { $0 }
        if lines.isEmpty { return text }
        return (text.isEmpty ? "<h3>Network</h3>" : text)
            + lines.map { "<p>\(Markup.escape($0))</p>" }.joined()
    }

    private func faults() -> String {
        evidence(
            "Faults: configured and observed", verdict.faultEvidence.filter { !CellDescription.isNetwork($0.fault) })
    }

    private func evidence(_ title: String, _ list: [FaultEvidence]) -> String {
        if list.isEmpty { return "" }
        var text = "<h3>\(title)</h3><table class=\"wide faults\"><thead><tr><th></th>"
        text += "<th>configured</th><th>effect</th><th>observed</th><th>in the fault log</th><th>on the wire</th></tr>"
        text += "</thead>"
        for evidence in list {
            let outcome: Outcome = evidence.shown ? .passed : .inconclusive
            text += "<tr><td class=\"\(outcome.rawValue)\">\(Self.mark(outcome))</td>"
            text += "<td>\(Markup.escape(evidence.configured))</td><td>\(Markup.escape(evidence.effect))</td>"
            text += "<td>\(Markup.escape(evidence.detail))</td><td class=\"n\">\(evidence.inFaultLog)</td>"
            text += "<td class=\"n\">\(evidence.onTheWire.map(String.init) ?? "–")</td></tr>"
        }
        return text + "</table>"
    }

    /// The ladder of the first guilty batch of each broken property, and of what was sent again in a cell that
    /// survived, so that it can be seen how.
    private func ladders(_ record: CellRecord) -> String {
        guard let wire = record.wire else { return "" }
        let zeroUs = record.history.first { $0.kind == .timeZero }?.timeUs ?? wire.captures.first?.firstPacketUs ?? 0
        var drawn: Set<String> = []
        var text = ""
        for property in verdict.properties where property.outcome != .passed {
            guard drawn.count < 3, let id = property.batches.first, drawn.insert(id).inserted,
                let batch = wire.batches.first(where: { $0.id == id })
            else { continue }
            let next =
                property.property == "no-duplicates" && batch.attempts.count == 1
                ? property.batches.dropFirst().first : nil
            let rewritten = next.flatMap { id in wire.batches.first { $0.id == id } }
            text += Ladder(batch, rewritten: rewritten, record, zeroUs: zeroUs).html(title: property.property)
            text += Neighbours(batch, wire, zeroUs: zeroUs).html()
        }
        if text.isEmpty, let batch = wire.batches.first(where: { $0.attempts.count > 1 }) {
            text = Ladder(batch, record, zeroUs: zeroUs).html(title: "first batch sent again")
        }
        return text.isEmpty ? "" : "<h3>On the wire</h3>" + text
    }

    private func findings(_ record: CellRecord) -> String {
        var rows: [(String, String)] = record.client.errors.prefix(10).map {
            ("client\($0.fatal ? ", fatal" : "")", "\($0.name): \($0.message)")
        }
        rows += (record.wire?.findings ?? []).prefix(10).map { ($0.kind, $0.detail) }
        if rows.isEmpty { return "" }
        return "<h3>Worth a look</h3><table class=\"wide\">"
            + rows.map { "<tr><td>\(Markup.escape($0.0))</td><td>\(Markup.escape($0.1))</td></tr>" }.joined()
            + "</table>"
    }

    private func links() -> String {
        var text = "<p class=\"dim\">"
        text += files.map { name in
            let path = cell.directory.isEmpty ? name : cell.directory + "/" + name
            return "<a href=\"./\(Markup.path(path))\">\(Markup.escape(name))</a>"
        }.joined(separator: " · ")
        if !cell.file.isEmpty {
            text += "\(files.isEmpty ? "" : "<br>")again: <code>"
            text += Markup.escape("crosswind run \(cell.file) --seed \(runSeed)") + "</code>"
        }
        return text + "</p>"
    }
}
