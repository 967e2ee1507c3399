import CYAML

/// The events of one YAML text, by libyaml: the reference parser, and nothing of Foundation.
///
/// Used by one thread. The text is not looked at further than the events that were asked for.
struct YAMLEvents: ~Copyable {
    /// A place in the text, from 1.
    struct Mark: Equatable {
        var line: Int
        var column: Int

        init(_ mark: yaml_mark_t) {
            line = Int(mark.line) + 1
            column = Int(mark.column) + 1
        }

        init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// What comes next in the text.
    enum Event {
        case streamStart, documentStart, documentEnd, streamEnd
        case sequenceStart(anchor: String?), sequenceEnd
        case mappingStart(anchor: String?), mappingEnd
        case scalar(text: String, quoted: Bool, anchor: String?)
        case alias(String)
    }

    /// The text is no YAML: libyaml's own words.
    struct Malformed: Error {
        var problem: String
        var mark: Mark
        var context: (text: String, mark: Mark)?
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        bytes = .allocate(capacity: max(text.utf8.count, 1))
        _ = bytes.initialize(from: text.utf8)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        let made = yaml_parser_initialize(parser)
        precondition(made == 1, "no memory for a YAML parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, text.utf8.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    /// The next event and where it begins. Nothing follows `streamEnd`.
    mutating func next() throws(Malformed) -> (event: Event, mark: Mark) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw malformed() }
        defer { yaml_event_delete(&event) }
        return (Self.translate(event), Mark(event.start_mark))
    }

    private static func translate(_ event: yaml_event_t) -> Event {
        func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?, _ count: Int) -> String {
            String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
        }
        func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? { pointer.map { String(cString: $0) } }
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: name(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: name(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias(name(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let plain = scalar.style == YAML_PLAIN_SCALAR_STYLE || scalar.style == YAML_ANY_SCALAR_STYLE
            return .scalar(text: text(scalar.value, scalar.length), quoted: !plain, anchor: name(scalar.anchor))
        default: return .streamEnd
        }
    }

    private func malformed() -> Malformed {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "it cannot be read"
        if state.error == YAML_READER_ERROR {
            let before = bytes.prefix(Int(state.problem_offset))
            let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            return Malformed(
                problem: problem,
                mark: Mark(
                    line: before.count { $0 == UInt8(ascii: "\n") } + 1,
                    column: String(decoding: before[lineStart...], as: UTF8.self).count + 1))
        }
        return Malformed(
            problem: problem, mark: Mark(state.problem_mark),
            context: state.context.map { (String(cString: $0), Mark(state.context_mark)) })
    }
}
