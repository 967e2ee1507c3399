import EvidenceModel

/// The parts of one line of a driver; the rows stay where they are.
struct DriverLine {
    /// The types of line.
    enum Kind: Equatable {
        case hello, ready, began, sent, acknowledged, failed, error, log, done
    }

    var kind: Kind
    /// Index of the topic of rows.
    var topic: Int64?
    /// Where the value of `rows` begins.
    var rowsPosition: Int?
    private var timeUs: Int64?
    private var numbers = (version: Int64?.none, sent: Int64?.none, acknowledged: Int64?.none, failed: Int64?.none)
    private var strings: [String: String] = [:]
    private var fatal: Bool?

    /// Reads a line. Unknown keys are stepped over, so that the protocol may grow; an unknown type is an error, because
    /// it may be a report.
    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var cursor = JSONCursor(bytes)
        var type: Kind?
        // Out of the initialiser's way: all stored properties need a value before `self` is used.
        kind = .log
        try cursor.object { key, cursor throws(JSONError) in
            switch key {
            case "type": type = try Self.kind(named: try cursor.string())
            case "topic": topic = try cursor.integer()
            case "rows":
                _ = cursor.peek()
                rowsPosition = cursor.position
                try cursor.skipRows()
            case "time_us": timeUs = try cursor.time()
            case "protocol": numbers.version = try cursor.integer()
            case "sent": numbers.sent = try cursor.count()
            case "acknowledged": numbers.acknowledged = try cursor.count()
            case "failed": numbers.failed = try cursor.count()
            case "fatal": fatal = try cursor.boolean()
            case "driver", "client", "version", "name", "message", "level": strings[key] = try cursor.string()
            default: try cursor.skipValue()
            }
        }
        try cursor.expectEnd()
        guard let type else { throw JSONError(reason: "the line has no type") }
        kind = type
    }

    /// The line as a message; nil for rows.
    func message() throws(JSONError) -> DriverMessage? {
        switch kind {
        case .sent, .acknowledged, .failed:
            guard topic != nil, rowsPosition != nil else {
                throw JSONError(reason: "a line of rows needs topic and rows")
            }
            return nil
        case .hello:
            return .hello(
                DriverHello(
                    version: Int(clamping: try need(numbers.version, "protocol")), driver: try need("driver"),
                    client: try need("client"), clientVersion: try need("version")))
        case .ready: return .ready(timeUs: try need(timeUs, "time_us"))
        case .began: return .began(timeUs: try need(timeUs, "time_us"))
        case .error:
            return .error(
                ClientError(
                    timeUs: try need(timeUs, "time_us"), name: try need("name"), message: try need("message"),
                    fatal: try need(fatal, "fatal")))
        case .log:
            return .log(
                DriverLog(
                    timeUs: try need(timeUs, "time_us"), level: try need("level"), message: try need("message")))
        case .done:
            return .done(
                DriverDone(
                    timeUs: try need(timeUs, "time_us"), sent: try need(numbers.sent, "sent"),
                    acknowledged: try need(numbers.acknowledged, "acknowledged"),
                    failed: try need(numbers.failed, "failed")))
        }
    }

    private func need<Value>(_ value: Value?, _ key: String) throws(JSONError) -> Value {
        guard let value else { throw JSONError(reason: "the line has no \(key)") }
        return value
    }

    private func need(_ key: String) throws(JSONError) -> String { try need(strings[key], key) }

    private static func kind(named name: String) throws(JSONError) -> Kind {
        switch name {
        case "hello": .hello
        case "ready": .ready
        case "began": .began
        case "sent": .sent
        case "acknowledged": .acknowledged
        case "failed": .failed
        case "error": .error
        case "log": .log
        case "done": .done
        default: throw JSONError(reason: "unknown type \(name.prefix(40))")
        }
    }
}
