import EvidenceModel

/// `report.html` of a sweep: the answer first, then the maps, the curves, and every point with its evidence. One file
/// without a script and without anything from the network.
public enum SweepReport {
    /// The page.
    public static func html(_ results: SweepResults) -> String {
        var text = head(results)
        if let recommendation = results.recommendation { text += self.text(recommendation) }
        if !results.brackets.isEmpty { text += brackets(results.brackets) }
        if results.points.isEmpty {
            text += "<p class=\"empty\">No point has run.</p>"
        } else {
            text += "<h2>Where the objective holds</h2>" + SweepHeatMap(results).html()
            text += "<p class=\"dim\">Median of all windows; below it what limited the point.</p>"
            let curves = SweepCurves(results).html()
            if !curves.isEmpty {
                text += "<h2>Curves</h2>" + curves
                text +=
                    "<p class=\"dim\">Strokes: the interval of all windows and repeats. Dashed: what the limits would"
                text += " carry by their own evidence.</p>"
            }
            text += table(results)
        }
        return text + "</body></html>\n"
    }

    private static func head(_ results: SweepResults) -> String {
        var facts = ["crosswind \(Markup.escape(results.version))", "seed <code>\(results.seed)</code>"]
        if results.startedUs > 0 { facts.append(Markup.escape(UTCTime.text(results.startedUs))) }
        if results.endedUs > results.startedUs {
            facts.append("took \(Numbers.text((Double(results.endedUs - results.startedUs) / 1e6).rounded())) s")
        }
        let planned = results.plannedPoints.map { " of \($0)" } ?? ""
        facts.append("\(results.points.count)\(planned) points of \(Numbers.text(results.loadS)) s")
        return """
            \(HTMLPage.head(title: results.scenario))
            <h1>\(Markup.escape(results.scenario))</h1>
            <p>\(Markup.escape(results.claim))</p>
            <p>Objective: <code>\(Markup.escape(results.objective.joined(separator: ", ")))</code></p>
            <p class="dim">\(facts.joined(separator: " · "))</p>

            """
    }

    private static func text(_ recommendation: SweepRecommendation) -> String {
        var text = "<h2>Recommended</h2><table>"
        for (path, value) in recommendation.parameters.sorted(by: { $0.key < $1.key }) {
            text += "<tr><th>\(Markup.escape(path))</th><td>\(Markup.escape(value))</td></tr>"
        }
        for (objective, margin) in recommendation.margins.sorted(by: { $0.key < $1.key }) {
            text += "<tr><th>margin over \(Markup.escape(objective))</th>"
            text += "<td>\(Numbers.text((margin * 1000).rounded() / 10)) %</td></tr>"
        }
        text += "</table><ul>"
        for line in recommendation.evidence { text += "<li>\(Markup.escape(line))</li>" }
        return text + "</ul><pre><code>\(Markup.escape(PropertiesSnippet.text(recommendation.producer)))</code></pre>"
    }

    private static func brackets(_ brackets: [SweepBracket]) -> String {
        var text =
            "<h2>Brackets</h2><div class=\"scroll\"><table><thead><tr><th>at</th><th>searched</th><th>answer</th>"
        text += "<th>limit</th><th>evidence</th></tr></thead>"
        for bracket in brackets {
            let at = bracket.parameters.sorted { $0.key < $1.key }
                .map { "\(CellLabel.name($0.key))=\($0.value)" }.joined(separator: " ")
            var answer = bracket.text
            if let undecided = bracket.undecided { answer += "; not known at \(undecided)" }
            text += "<tr><td>\(Markup.escape(at))</td><td>\(Markup.escape(CellLabel.name(bracket.path)))</td>"
            text += "<td><b>\(Markup.escape(answer))</b></td><td>\(bracket.limit?.kind.rawValue ?? "–")</td>"
            text += "<td>\(Markup.escape(bracket.limit?.evidence ?? bracket.reason))</td></tr>"
        }
        return text + "</table></div>"
    }

    private static func table(_ results: SweepResults) -> String {
        var text = "<h2>Points</h2><div class=\"scroll\"><table><thead><tr>"
        for axis in results.axes { text += "<th>\(Markup.escape(CellLabel.name(axis.path)))</th>" }
        text +=
            "<th>repeat</th><th>outcome</th><th>records/s</th><th>p99 ms</th><th>limit</th><th>evidence</th></tr></thead>"
        for point in results.points {
            text += "<tr>"
            for axis in results.axes { text += "<td>\(Markup.escape(point.parameters[axis.path] ?? "–"))</td>" }
            text += "<td class=\"n\">\(point.repeatIndex + 1)</td>"
            text +=
                "<td class=\"\(point.outcome.rawValue)\">\(Markup.escape(point.outcome.rawValue + ": " + point.reason))</td>"
            text += "<td class=\"n\">\(point.observation.throughputRecordsPerS.map { Numbers.text($0) } ?? "–")</td>"
            text += "<td class=\"n\">\(point.observation.latencyMs.p99.map { Numbers.text($0) } ?? "–")</td>"
            text += "<td>\(point.binding?.kind.rawValue ?? "–")\(point.isHarnessBound ? " (harness-bound)" : "")</td>"
            text += "<td>\(Markup.escape(point.binding?.evidence ?? ""))</td></tr>"
        }
        return text + "</table></div>"
    }
}

/// A producer's configuration as its users write it.
public enum PropertiesSnippet {
    /// A properties file, or keyword arguments for the Python clients.
    public static func text(_ producer: CellDescription.Producer) -> String {
        let entries = producer.config.sorted { $0.key < $1.key }
        switch producer.settings?.style ?? .properties {
        case .python:
            let name = producer.settings?.constructor ?? "Producer"
            return "\(name)(\n" + entries.map { "    \(python($0.key))=\(literal($0.value)),\n" }.joined() + ")\n"
        case .properties:
            return "# \(producer.client)\n" + entries.map { "\($0.key)=\($0.value)\n" }.joined()
        }
    }

    private static func python(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

    private static func literal(_ value: String) -> String {
        if Double(value) != nil { return value }
        switch value {
        case "true": return "True"
        case "false": return "False"
        default: return "\"\(value)\""
        }
    }
}
