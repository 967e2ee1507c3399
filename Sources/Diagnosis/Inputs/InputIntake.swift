/// Takes one input as a stream of bytes and adds what it says to a case. Logs are never held; everything else is read up to
/// a limit, which is said where it is reached.
public struct InputIntake {
    /// Bytes of an input that is no log that are read.
    public static let longestText = 4 << 20
    /// Bytes that a kind is told by.
    public static let head = 1 << 16

    private let file: String
    private var begin: [UInt8] = []
    private var scanner: LogScanner?
    private var wasCut = false
    /// What the input is; nil until enough of it was seen.
    public private(set) var kind: InputKind?

    /// An input by its name.
    public init(_ file: String) { self.file = file }

    /// Takes the next bytes. A capture is recognised and not read: see ``kind``.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) {
        if scanner != nil {
            scanner?.feed(chunk)
            return
        }
        let room = max(0, Self.longestText - begin.count)
        if chunk.count > room { wasCut = true }
        begin.append(contentsOf: chunk.prefix(room))
        if kind == nil, begin.count >= Self.head {
            decide()
            if scanner != nil, chunk.count > room {
                scanner?.feed(UnsafeRawBufferPointer(rebasing: chunk.dropFirst(room)))
            }
        }
    }

    private mutating func decide() {
        let found = begin.withUnsafeBytes { InputKind.recognise($0) }
        kind = found
        guard found == .clientLog || found == .brokerLog || (found == .prose && begin.count >= Self.head) else {
            return
        }
        if found == .prose { kind = .clientLog }
        var scanner = LogScanner(file: file, isBroker: found == .brokerLog)
        begin.withUnsafeBytes { scanner.feed($0) }
        begin = []
        wasCut = false
        self.scanner = scanner
    }

    /// The input has ended: what it says becomes part of the case.
    public mutating func finish(into file: inout CaseFile) {
        if kind == nil { decide() }
        if var scanner {
            scanner.finish()
            file.add(scanner.facts, kind: kind ?? .clientLog)
            return
        }
        let cut = wasCut ? "; only its first \(Self.longestText >> 20) MB were read" : ""
        let text = String(decoding: begin, as: UTF8.self)
        let isText = ![.binary, .packed, .capture, .empty].contains(kind ?? .empty)
        let isBroken = isText && String(validating: begin, as: UTF8.self) == nil
        let broken = isBroken ? "; broken UTF-8 was replaced" : ""
        file.add(text, kind: kind ?? .empty, name: self.file, note: cut + broken)
    }
}

extension CaseFile {
    /// Adds a log.
    mutating func add(_ facts: LogFacts, kind: InputKind) {
        var facts = facts
        facts.isBroker = kind == .brokerLog
        logs.append(facts)
        var passed = "\(facts.lines - facts.understood) lines without a sign"
        if facts.brokenLines > 0 { passed += "; broken UTF-8 in \(facts.brokenLines) lines was replaced" }
        if facts.longestLine > LogScanner.longestKept {
            passed +=
                "; the longest line has \(facts.longestLine) bytes, of which the first \(LogScanner.longestKept) are shown"
        }
        let who = facts.isBroker ? "a broker" : facts.client?.rawValue ?? "no client that is known"
        inputs.append(
            InputSummary(
                file: facts.file, kind: kind,
                understood: "\(facts.understood) of \(facts.lines) lines, of \(who)"
                    + (facts.release.map { " \($0)" } ?? ""),
                passedOver: passed))
    }

    /// Adds a text that is no log.
    mutating func add(_ text: String, kind: InputKind, name: String, note: String) {
        var understood = "nothing"
        var passed = ""
        switch kind {
        case .configuration:
            let configuration = ConfigurationReader.read(text, file: name)
            configurations.append(configuration)
            understood =
                "\(configuration.settings.count) producer settings, \(configuration.brokerSettings.count) broker settings"
                + (configuration.client.map { ", for \($0.rawValue)" } ?? "")
                + (configuration.release.map { " \($0)" } ?? "")
            passed = configuration.passedOver.joined(separator: ", ")
            let source = SourceFacts.read(text, file: name)
            if source.waitsForEach != nil { sources.append(source) }
        case .brokerConfigs:
            let configuration = TopicFacts.readConfigs(text, file: name)
            configurations.append(configuration)
            understood = "\(configuration.brokerSettings.count) broker settings"
        case .topics:
            let read = TopicFacts.read(text, file: name)
            topics += read
            understood = "\(read.count) topics"
        case .source:
            sources.append(SourceFacts.read(text, file: name))
            understood = "how it sends"
        case .prose:
            prose.append(ProseFacts.read(text, file: name))
            understood = "\(prose.last?.complaints.count ?? 0) hints"
        case .packed: passed = "it is packed: unpack it first, for example zcat \(name) | crosswind diagnose -"
        case .binary: passed = "it is neither text nor a capture"
        case .empty: passed = "it is empty"
        case .capture, .clientLog, .brokerLog: break
        }
        inputs.append(
            InputSummary(
                file: name, kind: kind, understood: understood,
                passedOver: passed.isEmpty && note.hasPrefix("; ") ? String(note.dropFirst(2)) : passed + note))
    }
}
