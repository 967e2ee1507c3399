import EvidenceModel
import KafkaWire
import PacketWire

extension WireAnalysis {
    /// What a person on call reads first: who produced what, what went wrong, and where to look.
    public func summary() -> String {
        var lines = captures.enumerated().map { captureLine($0.offset, $0.element) }
        let totals = Totals(self)
        guard totals.attempts > 0 else {
            lines.append("")
            lines.append("No Produce request was seen." + withoutProduce)
            appendFindings(findings(), to: &lines)
            return lines.joined(separator: "\n") + "\n"
        }
        lines.append("")
        lines += producerLines()
        lines.append("requests  " + requestText)
        lines += copyLines
        if let tunnelText { lines.append("tunnels   " + tunnelText) }
        lines.append("")
        lines += totals.lines
        lines += transactionLines
        appendFindings(findings(), to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    /// What there was instead of Produce requests.
    private var withoutProduce: String {
        let connections = captures.reduce(0) { $0 + $1.connections }
        guard connections == 0 else {
            let cut = observers.reduce(0) { $0 + $1.packets.cutPackets }
            return cut == 0
                ? ""
                : " \(InspectText.count(cut, "packet")) were cut: whether there were any is not known; capture with -s 0."
        }
        var kinds: [PassedOver: Int] = [:]
        for observer in observers { kinds.merge(observer.packets.passedOver, uniquingKeysWith: +) }
        let listed = kinds.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\(InspectText.count($0.value, "packet")): \($0.key.text)" }
        return " There is no TCP that could be followed"
            + (listed.isEmpty ? "." : "; " + listed.joined(separator: "; ") + ".")
    }

    /// What the captures show more than once: `2 copies of each packet: eth0, docker0 (NAT)`.
    private var copyLines: [String] {
        observers.compactMap { observer in
            let copied = observer.table.copied
            guard copied.copies > 0 else { return nil }
            let names = copied.interfaces.sorted().compactMap { observer.name(of: $0) }
            var text =
                "copies    \(copied.views) copies of each packet of \(InspectText.count(copied.connections, "connection"))"
            if !names.isEmpty { text += ": " + names.joined(separator: ", ") }
            if let (from, to) = copied.translated {
                text += " (NAT: \(Self.text(from)) is also \(Self.text(to)))"
            }
            return text + "; \(InspectText.count(copied.copies, "packet")) left out"
        }
    }

    /// Segments inside tunnels, by the tunnels.
    private var tunnelText: String? {
        var sets: [TunnelSet: Int] = [:]
        for observer in observers { sets.merge(observer.packets.tunnels, uniquingKeysWith: +) }
        guard !sets.isEmpty else { return nil }
        return sets.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\(InspectText.count($0.value, "segment")) inside \($0.key.text)" }.joined(separator: ", ")
    }

    private func captureLine(_ index: Int, _ capture: WireEvidence.Capture) -> String {
        let side = capture.side == .client ? "client side" : "broker side"
        let how =
            sidesDetected[index] ? (observers[index].sideEvidence.side == nil ? ", assumed" : ", by its packets") : ""
        let length = InspectText.seconds(us: capture.lastPacketUs - capture.firstPacketUs)
        return "\(capture.file)  \(side)\(how); \(InspectText.date(us: capture.firstPacketUs)), \(length), "
            + "\(InspectText.count(capture.packets, "packet")), \(InspectText.count(capture.connections, "connection")), "
            + InspectText.count(capture.resets, "reset")
    }

    /// Requests by api, versions put together, of the capture that saw most.
    private var requestText: String {
        let most = observers.max {
            $0.frames.requestCounts.values.reduce(0, +) < $1.frames.requestCounts.values.reduce(0, +)
        }
        var byName: [String: Int] = [:]
        for (key, count) in most?.frames.requestCounts ?? [:] {
            byName[APIKey(rawValue: Int16(key >> 16)).name, default: 0] += count
        }
        return byName.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    /// Where nothing else is suspicious, the first batch that was sent again is what to look at.
    private func appendFirstRetry(_ findings: [WireEvidence.Finding], to lines: inout [String]) {
        guard !findings.contains(where: { $0.batch != nil }),
            let number = ledger.batches.indices.first(where: { ledger.batches[$0].attemptCount > 1 })
        else { return }
        let batch = describe(number)
        lines.append("")
        lines.append("First batch sent again (crosswind inspect … --batch '\(batch.id)'):")
        for (index, attempt) in batch.attempts.enumerated() {
            let time = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? 0
            lines.append("  \(InspectText.time(us: time))  attempt \(index + 1): \(InspectText.fate(attempt))")
        }
    }

    private func appendFindings(_ findings: [WireEvidence.Finding], to lines: inout [String]) {
        defer { appendFirstRetry(findings, to: &lines) }
        guard !findings.isEmpty else {
            lines.append("findings  none")
            return
        }
        var counts: [String: Int] = [:]
        for finding in findings { counts[finding.kind, default: 0] += 1 }
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        lines.append("findings  " + kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        let first = findings.filter { $0.batch != nil }.prefix(5)
        if let suspicious = first.first {
            lines.append("")
            lines.append("First suspicious batch (crosswind inspect … --batch '\(suspicious.batch ?? "")'):")
        }
        for finding in first {
            lines.append(
                "  \(InspectText.time(us: finding.timeUs))  \(finding.kind)  \(finding.batch ?? ""): \(finding.detail)")
        }
        let general = findings.filter { $0.batch == nil }
        if !general.isEmpty { lines.append("") }
        for finding in general.prefix(8) { lines.append("  \(finding.kind): \(finding.detail)") }
    }
}
