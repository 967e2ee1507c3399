extension ScenarioValue {
    /// Reads one YAML document.
    ///
    /// Limits keep a hostile file from costing more than a moment: 256 KiB of text, 64 levels, 16 aliases,
    /// 100,000 values after the aliases are put in place.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: the name for locations.
    /// - Throws: `ScenarioError` for text that is no YAML, that holds a key twice, or that is beyond the limits.
    public init(yaml: String, file: String) throws {
        var reader = YAMLReader(file: file)
        self = try reader.read(yaml)
    }
}

/// Turns a YAML text into located values.
struct YAMLReader {
    static let maxBytes = 256 * 1024
    static let maxDepth = 64
    static let maxAliases = 16
    static let maxValues = 100_000
    static let maxExpandedBytes = 8_000_000

    let file: String
    private var values = 0
    private var anchors: [String: ScenarioValue] = [:]

    init(file: String) { self.file = file }

    mutating func read(_ yaml: String) throws -> ScenarioValue {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard yaml.utf8.count <= Self.maxBytes else {
            throw ScenarioError(
                at: start, "the file has \(yaml.utf8.count) bytes", allowed: "\(Self.maxBytes) bytes")
        }
        // Aliases are put in place, so the work may grow as 3^(aliases/3): their number is limited before.
        let aliases = Self.possibleAliases(in: yaml)
        guard aliases <= Self.maxAliases else {
            throw ScenarioError(at: start, "the file has \(aliases) aliases", allowed: "\(Self.maxAliases) aliases")
        }
        let growth = (0..<(aliases / 3 + (aliases > 0 ? 1 : 0))).reduce(1) { product, _ in product * 3 }
        guard aliases == 0 || yaml.utf8.count * growth <= Self.maxExpandedBytes else {
            throw ScenarioError(
                at: start, "the file has \(aliases) aliases in \(yaml.utf8.count) bytes", allowed: "fewer of both")
        }
        guard let root = try compose(yaml, start), !root.isEmptyScalar else {
            throw ScenarioError(at: start, "the file is empty", allowed: "a mapping with name, claim, producer, …")
        }
        return root
    }

    /// One document, or nothing.
    private mutating func compose(_ yaml: String, _ start: SourceLocation) throws -> ScenarioValue? {
        var events = YAMLEvents(yaml)
        do {
            var root: ScenarioValue?
            var first: YAMLEvents.Mark?
            while true {
                let (event, mark) = try events.next()
                switch event {
                case .streamStart, .documentEnd: continue
                case .streamEnd: return root
                case .documentStart:
                    if let first {
                        throw YAMLEvents.Malformed(
                            problem: "but found another document", mark: mark,
                            context: ("expected a single document in the stream", first))
                    }
                    first = mark
                default: root = try value(event, mark, &events, path: "", depth: 0)
                }
            }
        } catch let error as YAMLEvents.Malformed {
            throw located(error)
        }
    }

    private func location(_ mark: YAMLEvents.Mark) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    private mutating func count(at location: SourceLocation, depth: Int) throws {
        guard depth <= Self.maxDepth else {
            throw ScenarioError(at: location, "nested too deeply", allowed: "\(Self.maxDepth) levels")
        }
        values += 1
        guard values <= Self.maxValues else {
            throw ScenarioError(at: location, "too many values", allowed: "\(Self.maxValues) values in a file")
        }
    }

    private mutating func value(
        _ event: YAMLEvents.Event, _ mark: YAMLEvents.Mark, _ events: inout YAMLEvents, path: String, depth: Int
    ) throws -> ScenarioValue {
        let location = location(mark)
        let content: ScenarioValue.Content
        let name: String?
        switch event {
        case .alias(let anchor):
            guard let known = anchors[anchor] else {
                throw YAMLEvents.Malformed(problem: "found undefined alias", mark: mark)
            }
            return try moved(known, path: path, depth: depth)
        case .scalar(let text, let quoted, let anchor):
            try count(at: location, depth: depth)
            (content, name) = (.scalar(.init(text: text, quoted: quoted)), anchor)
        case .sequenceStart(let anchor):
            try count(at: location, depth: depth)
            (content, name) = (.sequence(try sequence(&events, path, depth)), anchor)
        case .mappingStart(let anchor):
            try count(at: location, depth: depth)
            (content, name) = (.mapping(try mapping(&events, path, depth)), anchor)
        default: throw ScenarioError(at: location, "not YAML: a value is missing")
        }
        let value = ScenarioValue(location: location, path: path, content: content)
        if let name { anchors[name] = value }
        return value
    }

    private mutating func sequence(
        _ events: inout YAMLEvents, _ path: String, _ depth: Int
    ) throws -> [ScenarioValue] {
        var elements: [ScenarioValue] = []
        while true {
            let (event, mark) = try events.next()
            if case .sequenceEnd = event { return elements }
            let child = Self.child(path, String(elements.count))
            elements.append(try value(event, mark, &events, path: child, depth: depth + 1))
        }
    }

    private mutating func mapping(
        _ events: inout YAMLEvents, _ path: String, _ depth: Int
    ) throws -> [ScenarioValue.Entry] {
        var entries: [ScenarioValue.Entry] = []
        var known: [String: SourceLocation] = [:]
        var duplicates: [String] = []
        while true {
            let (event, mark) = try events.next()
            if case .mappingEnd = event { break }
            let key = try value(event, mark, &events, path: path, depth: depth + 1)
            guard case .scalar(let scalar) = key.content else {
                throw ScenarioError(at: key.location, "a key must be a word")
            }
            if known[scalar.text] == nil {
                known[scalar.text] = key.location
            } else if !duplicates.contains(scalar.text) {
                duplicates.append(scalar.text)
            }
            let (next, nextMark) = try events.next()
            let child = Self.child(path, scalar.text)
            entries.append(
                ScenarioValue.Entry(
                    key: scalar.text, keyLocation: key.location,
                    value: try value(next, nextMark, &events, path: child, depth: depth + 1)))
        }
        if let first = duplicates.first.flatMap({ known[$0] }) {
            let names = duplicates.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
            throw ScenarioError(at: first, "the key \(names) is given more than once")
        }
        return entries
    }

    /// A value that an alias names, at the alias's place. Every value of it counts again.
    private mutating func moved(_ value: ScenarioValue, path: String, depth: Int) throws -> ScenarioValue {
        try count(at: value.location, depth: depth)
        let content: ScenarioValue.Content
        switch value.content {
        case .scalar: content = value.content
        case .sequence(let elements):
            content = .sequence(
                try elements.enumerated().map {
                    try moved($0.element, path: Self.child(path, String($0.offset)), depth: depth + 1)
                })
        case .mapping(let entries):
            content = .mapping(
                try entries.map {
                    ScenarioValue.Entry(
                        key: $0.key, keyLocation: $0.keyLocation,
                        value: try moved($0.value, path: Self.child(path, $0.key), depth: depth + 1))
                })
        }
        return ScenarioValue(location: value.location, path: path, content: content)
    }

    private static func child(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private func located(_ error: YAMLEvents.Malformed) -> ScenarioError {
        let note = error.context.map { " (\($0.text) at line \($0.mark.line))" } ?? ""
        // libyaml's words for the commonest slip: a claim such as `it breaks: twice`.
        let isColon = error.problem.hasPrefix("mapping values are not allowed")
        return ScenarioError(
            at: location(error.mark), "not YAML: \(error.problem)\(note)",
            allowed: isColon ? "a text that holds ': ' in quotes" : nil)
    }

    /// Counts every `*word` that may be an alias; one inside a text counts too, which is harmless.
    private static func possibleAliases(in yaml: String) -> Int {
        var count = 0
        var before = UInt8(ascii: "\n")
        let separators = Set(" \t\r\n[]{},:-?".utf8)
        var bytes = yaml.utf8.makeIterator()
        var current = bytes.next()
        while let byte = current {
            let next = bytes.next()
            if byte == UInt8(ascii: "*"), separators.contains(before), let next, !separators.contains(next) {
                count += 1
            }
            before = byte
            current = next
        }
        return count
    }
}

extension ScenarioValue {
    fileprivate var isEmptyScalar: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.text.isEmpty
    }
}
