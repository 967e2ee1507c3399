import Yams

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

    init(file: String) { self.file = file }

    mutating func read(_ yaml: String) throws -> ScenarioValue {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard yaml.utf8.count <= Self.maxBytes else {
            throw ScenarioError(
                at: start, "the file has \(yaml.utf8.count) bytes", allowed: "\(Self.maxBytes) bytes")
        }
        // Yams puts aliases in place while it parses and hashes whole values as keys, so the work may grow as
        // 3^(aliases/3): the number of aliases is limited before it sees the text.
        let aliases = Self.possibleAliases(in: yaml)
        guard aliases <= Self.maxAliases else {
            throw ScenarioError(at: start, "the file has \(aliases) aliases", allowed: "\(Self.maxAliases) aliases")
        }
        let growth = (0..<(aliases / 3 + (aliases > 0 ? 1 : 0))).reduce(1) { product, _ in product * 3 }
        guard aliases == 0 || yaml.utf8.count * growth <= Self.maxExpandedBytes else {
            throw ScenarioError(
                at: start, "the file has \(aliases) aliases in \(yaml.utf8.count) bytes", allowed: "fewer of both")
        }
        guard let root = try compose(yaml), !root.isEmptyScalar else {
            throw ScenarioError(at: start, "the file is empty", allowed: "a mapping with name, claim, producer, …")
        }
        return try value(root, path: "", depth: 0, fallback: start)
    }

    private func compose(_ yaml: String) throws -> Node? {
        do {
            return try Yams.compose(yaml: yaml, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw located(error)
        }
    }

    private mutating func value(
        _ node: Node, path: String, depth: Int, fallback: SourceLocation
    ) throws -> ScenarioValue {
        let location = node.mark.map { SourceLocation(file: file, line: $0.line, column: $0.column) } ?? fallback
        guard depth <= Self.maxDepth else {
            throw ScenarioError(at: location, "nested too deeply", allowed: "\(Self.maxDepth) levels")
        }
        values += 1
        guard values <= Self.maxValues else {
            throw ScenarioError(at: location, "too many values", allowed: "\(Self.maxValues) values in a file")
        }
        func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        switch node {
        case .scalar(let scalar):
            let quoted = scalar.style != .plain && scalar.style != .any
            return ScenarioValue(
                location: location, path: path, content: .scalar(.init(text: scalar.string, quoted: quoted)))
        case .sequence(let sequence):
            let values = try sequence.enumerated().map { index, node in
                try value(node, path: child(String(index)), depth: depth + 1, fallback: location)
            }
            return ScenarioValue(location: location, path: path, content: .sequence(values))
        case .mapping(let mapping):
            let entries = try mapping.map { key, node in
                let keyLocation = key.mark.map { SourceLocation(file: file, line: $0.line, column: $0.column) }
                guard case .scalar(let scalar) = key else {
                    throw ScenarioError(at: keyLocation ?? location, "a key must be a word")
                }
                return ScenarioValue.Entry(
                    key: scalar.string, keyLocation: keyLocation ?? location,
                    value: try value(
                        node, path: child(scalar.string), depth: depth + 1, fallback: keyLocation ?? location))
            }
            return ScenarioValue(location: location, path: path, content: .mapping(entries))
        case .alias:
            throw ScenarioError(at: location, "an alias that names nothing")
        }
    }

    private func located(_ error: YamlError) -> ScenarioError {
        func at(_ mark: Mark) -> SourceLocation { SourceLocation(file: file, line: mark.line, column: mark.column) }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let note = context.map { " (\($0.text) at line \($0.mark.line))" } ?? ""
            // libyaml's words for the commonest slip: a claim such as `it breaks: twice`.
            let hint = problem.hasPrefix("mapping values are not allowed") ? "a text that holds ': ' in quotes" : nil
            return ScenarioError(at: at(mark), "not YAML: \(problem)\(note)", allowed: hint)
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return ScenarioError(at: SourceLocation(file: file, line: line, column: column), "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
            return ScenarioError(at: at(context.mark), "the key \(names) is given more than once")
        default:
            return ScenarioError(at: SourceLocation(file: file, line: 1, column: 1), "not YAML: \(error)")
        }
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

extension Node {
    fileprivate var isEmptyScalar: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.string.isEmpty
    }
}
