/// Reads a log as a stream: finds the lines that mean something in one pass, and looks closely at those alone.
///
/// Memory is bounded: one line's first 4 KB, a few lines for each sign. After 200 lines with a sign every 64th is looked at
/// closely, the others are counted.
struct LogScanner {
    static let longestKept = 4096
    private static let matcher = PatternMatcher(LogPattern.all.map(\.text))
    private static let patterns = LogPattern.all
    private static let shortestPauseUs: Int64 = 15_000_000

    private(set) var facts: LogFacts
    private var state = 0
    /// The beginning of a line that goes on in the next chunk.
    private var carried: [UInt8] = []
    private var carriedLength = 0
    private var hits: [Int] = []
    private var previousUs: Int64?
    private var isInBlock = false

    init(file: String, isBroker: Bool) {
        facts = LogFacts(file: file)
        facts.isBroker = isBroker
    }

    /// Takes the next bytes.
    mutating func feed(_ chunk: UnsafeRawBufferPointer) {
        facts.bytes += Int64(chunk.count)
        var start = 0
        while start < chunk.count {
            let rest = UnsafeRawBufferPointer(rebasing: chunk[start...])
            let end = rest.firstIndex(of: 0x0A)
            let piece = end.map { UnsafeRawBufferPointer(rebasing: rest[..<$0]) } ?? rest
            state = Self.matcher.scan(piece, from: state) { hits.append($0) }
            if hits.count > 64 { hits.removeLast(hits.count - 64) }
            guard let end else {
                carry(piece)
                return
            }
            if carriedLength == 0 {
                finishLine(piece, length: piece.count)
            } else {
                carry(piece)
                carried.withUnsafeBytes { _ in }
                let line = carried
                line.withUnsafeBytes { finishLine($0, length: carriedLength) }
                carried.removeAll(keepingCapacity: true)
                carriedLength = 0
            }
            start += end + 1
        }
    }

    /// The log has ended.
    mutating func finish() {
        if carriedLength > 0 {
            let line = carried
            line.withUnsafeBytes { finishLine($0, length: carriedLength) }
        }
        carried = []
        carriedLength = 0
    }

    private mutating func carry(_ piece: UnsafeRawBufferPointer) {
        let room = max(0, Self.longestKept - carried.count)
        carried.append(contentsOf: piece.prefix(room))
        carriedLength += piece.count
    }

    private mutating func finishLine(_ line: UnsafeRawBufferPointer, length: Int) {
        facts.lines += 1
        if length > facts.longestLine { facts.longestLine = length }
        defer {
            state = 0
            if !hits.isEmpty { hits.removeAll(keepingCapacity: true) }
        }
        let time = LineTime.us(line)
        if let time { noteTime(time, line) }
        if isInBlock { readBlock(line) }
        if !hits.isEmpty { close(line, time) }
        if length > 0, facts.firstLine == nil || time != nil || hits.isEmpty == false { keepLast(line, time) }
    }

    private mutating func keepLast(_ line: UnsafeRawBufferPointer, _ time: Int64?) {
        // The first line once, the last line by its number and time alone; its text is kept where it has a sign.
        if facts.firstLine == nil { facts.firstLine = evidence(line, time) }
        if !hits.isEmpty || facts.lines < 100_000 { facts.lastLine = evidence(line, time) }
    }

    private mutating func noteTime(_ time: Int64, _ line: UnsafeRawBufferPointer) {
        if facts.firstUs == nil { facts.firstUs = time }
        facts.lastUs = time
        defer { previousUs = time }
        guard let previous = previousUs, time - previous >= Self.shortestPauseUs else { return }
        let pause = LogFacts.Pause(
            endUs: time, lengthS: Double(time - previous) / 1e6, after: evidence(line, time))
        if facts.pauses.count < 8 {
            facts.pauses.append(pause)
        } else if let shortest = facts.pauses.indices.min(by: { facts.pauses[$0].lengthS < facts.pauses[$1].lengthS }),
            facts.pauses[shortest].lengthS < pause.lengthS
        {
            facts.pauses[shortest] = pause
        }
    }

    private func evidence(_ line: UnsafeRawBufferPointer, _ time: Int64?) -> Evidence {
        let text = LineText(Array(line.prefix(Self.longestKept))).text()
        return Evidence(source: facts.file, line: facts.lines, timeUs: time, text: text)
    }

    // MARK: Lines with a sign

    private mutating func close(_ line: UnsafeRawBufferPointer, _ time: Int64?) {
        facts.understood += 1
        var seen: [Sign] = []
        var text: LineText?
        for hit in hits {
            let pattern = Self.patterns[hit]
            if let client = pattern.client, !facts.isBroker { facts.votes[client, default: 0] += 1 }
            guard !seen.contains(pattern.sign) else { continue }
            seen.append(pattern.sign)
            let count = facts.signs[pattern.sign]?.count ?? 0
            guard count < 200 || count % 64 == 0 else {
                facts.signs[pattern.sign]?.count(timeUs: time)
                continue
            }
            let looked = text ?? LineText(Array(line.prefix(Self.longestKept)))
            text = looked
            note(pattern, looked, time)
        }
        if let text, String(validating: text.bytes, as: UTF8.self) == nil { facts.brokenLines += 1 }
    }

    private mutating func note(_ pattern: LogPattern, _ text: LineText, _ time: Int64?) {
        var sign = pattern.sign
        let name = pattern.name.flatMap { text.word(after: $0) }
        let number = pattern.number.flatMap { text.number(after: $0) }
        switch sign {
        case .clientRelease:
            if let name, let release = ReleaseNumber(name) { noteRelease(release, text, time) }
        case .summary:
            noteSummary(text, time)
            return
        case .metrics:
            noteMetrics(text, time)
        case .throttled where (number ?? 0) <= 0, .partiallySent where (number ?? 0) <= 0: return
        case .producerIDGiven where name == "-1": return
        case .sentAgain where text.number(before: " published again") == 0: return
        case .sentAgain where text.number(before: " sent again") == 0: return
        case .produceTimedOut where name?.hasPrefix("-") ?? false: sign = .metadataTimedOut
        // A request that went with its connection at once was cut off; one that waited was not answered.
        case .metadataTimedOut where (number ?? 1_000) < 1_000: sign = .metadataCut
        case .handshakeTimedOut where pattern.client == .kafkaClients && (number ?? 1_000) < 1_000: sign = .handshakeCut
        case .configBlock: beginBlock()
        default: break
        }
        let evidence = Evidence(source: facts.file, line: facts.lines, timeUs: time, text: text.text())
        facts.signs[sign, default: SignRecord()].note(evidence, name: name, number: number)
    }

    private mutating func noteRelease(_ release: ReleaseNumber, _ text: LineText, _ time: Int64?) {
        facts.release = release
        if facts.releases.count < 4 {
            facts.releases.append(Evidence(source: facts.file, line: facts.lines, timeUs: time, text: text.text()))
        }
    }

    private mutating func noteSummary(_ text: LineText, _ time: Int64?) {
        guard let failed = text.number(before: " failed") else { return }
        let done =
            text.number(before: " published") ?? text.number(before: " delivered") ?? text.number(before: " sent")
        guard let done else { return }
        facts.totals = .init(
            delivered: Int(done), failed: Int(failed),
            evidence: Evidence(source: facts.file, line: facts.lines, timeUs: time, text: text.text()))
    }

    private mutating func noteMetrics(_ text: LineText, _ time: Int64?) {
        let evidence = Evidence(source: facts.file, line: facts.lines, timeUs: time, text: text.text())
        for name in Self.measures {
            guard let value = text.number(after: name + "=") else { continue }
            if var known = facts.metrics[name] {
                known.last = value
                known.most = max(known.most, value)
                known.evidence = evidence
                facts.metrics[name] = known
            } else {
                facts.metrics[name] = .init(first: value, last: value, most: value, evidence: evidence)
            }
        }
    }

    private static let measures = [
        "batch-size-avg", "buffer-available-bytes", "bufferpool-wait-ratio", "compression-rate-avg", "io-wait-ratio",
        "outgoing-byte-rate", "produce-throttle-time-avg", "record-error-rate", "record-queue-time-avg",
        "record-queue-time-max", "record-retry-rate", "record-send-rate", "records-per-request-avg",
        "request-latency-avg", "request-latency-max", "request-rate", "requests-in-flight", "waiting-threads",
        "cpu-percent",
    ]

    // MARK: The ProducerConfig block

    private mutating func beginBlock() {
        isInBlock = true
        var block = Configuration(file: facts.file, syntax: .logBlock)
        block.client = .kafkaClients
        facts.block = block
    }

    private mutating func readBlock(_ line: UnsafeRawBufferPointer) {
        if let pattern = hits.first, Self.patterns[pattern].sign == .configBlock { return }
        guard let first = line.first, first == 0x09 || first == 0x20, line.count < 1000 else {
            isInBlock = false
            return
        }
        let parts = String(decoding: line, as: UTF8.self).split(separator: "=", maxSplits: 1)
        guard parts.count == 2, facts.block.map({ $0.settings.count < 300 }) ?? false else { return }
        let name = parts[0].trimmedBlanks
        let value = parts[1].trimmedBlanks
        if value == "null" || value == "[]" || value.isEmpty { return }
        facts.block?.settings.append(
            Setting(
                name: PropertyName.canonical(name), written: name, value: value, file: facts.file,
                line: facts.lines))
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmedBlanks: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
