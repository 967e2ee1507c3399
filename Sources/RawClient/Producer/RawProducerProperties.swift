import KafkaWire

/// Properties of the raw producer: Kafka's names for what a producer does by the rules, and names that begin with `raw.`
/// for what breaks them on purpose. docs/raw-producer.md lists them.
public struct RawProducerProperties: Sendable, Equatable {
    /// A broker to begin with.
    public struct Address: Sendable, Equatable {
        /// Host name or address.
        public var host: String
        /// TCP port.
        public var port: Int
    }

    /// Changes made to a batch before it is sent again (`raw.retry.changes`).
    public enum RetryChange: String, Sendable, CaseIterable {
        /// Sent as it was, which is the rule.
        case none
        /// Takes the records that wait behind it into the same batch: same first sequence, later last one.
        case merge
        /// Only the first half goes out under the first sequence; the rest becomes a batch of its own.
        case split
        /// Other records under the same sequences; its own ones come later, under new sequences.
        case swap
        /// The same records under new sequences.
        case renumber
    }

    /// What follows a sequence error that no earlier batch explains (`raw.on.sequence.error`).
    public enum SequenceErrorPolicy: String, Sendable, CaseIterable {
        /// The batch is given up.
        case fail
        /// The batch is sent again, unchanged, until its delivery timeout.
        case retry
    }

    /// What a producer owes the broker; the defaults are the rules.
    public struct Rules: Sendable, Equatable {
        /// Version of Produce (`raw.produce.version`); nil for the highest that both sides know, at most 12. A version that
        /// was named is sent whether the broker offers it or not.
        public var produceVersion: Int16?
        /// Sequence of the first record of each partition (`raw.sequence.first`).
        public var firstSequence: Int32 = 0
        /// What follows sequence 2^31-1 (`raw.sequence.wraps.to`); the rule is 0.
        public var sequenceWrapsTo: Int32 = 0
        /// Takes sequences on acknowledgement only, so that batches in flight together carry the same ones
        /// (`raw.sequence.reuse`).
        public var reusesSequences = false
        /// See ``RetryChange``.
        public var retryChange = RetryChange.none
        /// See ``SequenceErrorPolicy``.
        public var onSequenceError = SequenceErrorPolicy.fail

        /// By the rules.
        public init() {}
    }

    /// Where to begin (`bootstrap.servers`).
    public var bootstrap: [Address] = []
    /// Name in request headers (`client.id`).
    public var clientID = "crosswind-raw"
    /// -1 all, 0 none, 1 leader (`acks`).
    public var acks: Int16 = -1
    /// Whether batches carry a producer id and sequences (`enable.idempotence`).
    public var isIdempotent = true
    /// Requests that may be unanswered on one connection (`max.in.flight.requests.per.connection`); no upper limit.
    public var maxInFlight = 5
    /// A batch is full at so many bytes of values (`batch.size`).
    public var batchSize = 16_384
    /// A batch is full at so many records (`batch.num.messages`).
    public var batchRecords = 10_000
    /// How long a batch waits to fill, milliseconds (`linger.ms`).
    public var lingerMs = 0
    /// How long an answer may take before the connection is given up, milliseconds (`request.timeout.ms`).
    public var requestTimeoutMs = 30_000
    /// How long a record may take from send to outcome, milliseconds (`delivery.timeout.ms`).
    public var deliveryTimeoutMs = 120_000
    /// How often a batch may be sent again (`retries`).
    public var retries = Int(Int32.max)
    /// Pause before a batch is sent again after an error, milliseconds (`retry.backoff.ms`).
    public var retryBackoffMs = 100
    /// Pause before the next try to connect, milliseconds (`reconnect.backoff.ms`).
    public var reconnectBackoffMs = 50
    /// How long connecting may take, milliseconds (`socket.connection.setup.timeout.ms`).
    public var connectTimeoutMs = 10_000
    /// Bytes of values that may wait or be in flight (`buffer.memory`).
    public var bufferMemory = 32 << 20
    /// Logs in with SASL PLAIN (`security.protocol`, `sasl.username`, `sasl.password`); nil for PLAINTEXT.
    public var login: LogReader.Login?
    /// The rules of a producer, and how they are broken on purpose.
    public var rules = Rules()

    /// The defaults, which are Kafka's.
    public init() {}

    /// Reads properties by name.
    ///
    /// - Parameter bootstrap: set last: the client must stay where the harness puts it.
    /// - Throws: ``RawPropertyError`` for the first property, by name, that is not known or has no valid value.
    public init(_ properties: [String: String], bootstrap: String) throws(RawPropertyError) {
        self.init()
        var login = LoginWords()
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if try login.set(PropertyValue(name: name, text: value)) { continue }
            try set(PropertyValue(name: name, text: value))
        }
        self.login = try login.login
        self.bootstrap = try PropertyValue(name: "bootstrap.servers", text: bootstrap).addresses()
        if isIdempotent, let produceVersion = rules.produceVersion, produceVersion < 3 {
            throw RawPropertyError(
                name: "raw.produce.version",
                message: "version \(produceVersion) carries no producer id: set enable.idempotence to false")
        }
        if isIdempotent, properties["enable.idempotence"] == nil, acks != -1 { isIdempotent = false }
    }

    /// Names of every property.
    public static let names = [
        "acks", "batch.num.messages", "batch.size", "bootstrap.servers", "buffer.memory", "client.id",
        "delivery.timeout.ms", "enable.idempotence", "linger.ms", "max.in.flight.requests.per.connection",
        "raw.on.sequence.error", "raw.produce.version", "raw.retry.changes", "raw.sequence.first",
        "raw.sequence.reuse", "raw.sequence.wraps.to", "reconnect.backoff.ms", "request.timeout.ms", "retries",
        "retry.backoff.ms", "sasl.mechanism", "sasl.password", "sasl.username", "security.protocol",
        "socket.connection.setup.timeout.ms",
    ]

    private mutating func set(_ value: PropertyValue) throws(RawPropertyError) {
        switch value.name {
        case "bootstrap.servers": break  // the harness's address replaces it
        case "client.id": clientID = value.text
        case "acks": acks = value.text == "all" ? -1 : Int16(try value.whole(in: -1...1))
        case "enable.idempotence": isIdempotent = try value.truth()
        case "max.in.flight.requests.per.connection": maxInFlight = try value.whole(in: 1...100_000)
        case "batch.size": batchSize = try value.whole(in: 0...(64 << 20))
        case "batch.num.messages": batchRecords = try value.whole(in: 1...1_000_000)
        case "linger.ms": lingerMs = try value.whole(in: 0...900_000)
        case "request.timeout.ms": requestTimeoutMs = try value.whole(in: 1...900_000)
        case "delivery.timeout.ms": deliveryTimeoutMs = try value.whole(in: 1...86_400_000)
        case "retries": retries = try value.whole(in: 0...Int(Int32.max))
        case "retry.backoff.ms": retryBackoffMs = try value.whole(in: 0...900_000)
        case "reconnect.backoff.ms": reconnectBackoffMs = try value.whole(in: 0...900_000)
        case "socket.connection.setup.timeout.ms": connectTimeoutMs = try value.whole(in: 1...900_000)
        case "buffer.memory": bufferMemory = try value.whole(in: 1024...(8 << 30))
        case "raw.produce.version": rules.produceVersion = Int16(try value.whole(in: 0...13))
        case "raw.sequence.first": rules.firstSequence = Int32(try value.whole(in: 0...Int(Int32.max)))
        case "raw.sequence.wraps.to":
            rules.sequenceWrapsTo = Int32(try value.whole(in: Int(Int32.min)...Int(Int32.max)))
        case "raw.sequence.reuse": rules.reusesSequences = try value.truth()
        case "raw.retry.changes": rules.retryChange = try value.choice()
        case "raw.on.sequence.error": rules.onSequenceError = try value.choice()
        default:
            throw RawPropertyError(
                name: value.name, message: "no such property; known: \(Self.names.joined(separator: ", "))")
        }
    }
}

/// A property that the raw producer does not know, or a value that it cannot use.
public struct RawPropertyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The property.
    public var name: String
    /// What is wrong with it, and what is allowed.
    public var message: String

    /// Property and reason on one line.
    public var description: String { "\(name): \(message)" }
}

/// A property as it was given.
struct PropertyValue {
    var name: String
    var text: String

    func whole(in range: ClosedRange<Int>) throws(RawPropertyError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw refused("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func truth() throws(RawPropertyError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw refused("true or false")
        }
    }

    func choice<C: RawRepresentable & CaseIterable>() throws(RawPropertyError) -> C where C.RawValue == String {
        guard let choice = C(rawValue: text) else {
            throw refused(C.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    func addresses() throws(RawPropertyError) -> [RawProducerProperties.Address] {
        guard let places = HostPort.list(text) else { throw refused("host:port, comma separated") }
        return places.map { .init(host: $0.host, port: Int($0.port)) }
    }

    func refused(_ allowed: String) -> RawPropertyError {
        RawPropertyError(name: name, message: "'\(text)' is not allowed; allowed: \(allowed)")
    }
}

/// The properties that together make a login.
private struct LoginWords {
    var isWanted = false
    var user: String?
    var password: String?

    mutating func set(_ value: PropertyValue) throws(RawPropertyError) -> Bool {
        switch value.name {
        case "security.protocol":
            switch value.text {
            case "PLAINTEXT": isWanted = false
            case "SASL_PLAINTEXT": isWanted = true
            default: throw value.refused("PLAINTEXT, SASL_PLAINTEXT")
            }
        case "sasl.mechanism": if value.text != "PLAIN" { throw value.refused("PLAIN") }
        case "sasl.username": user = value.text
        case "sasl.password": password = value.text
        default: return false
        }
        return true
    }

    var login: LogReader.Login? {
        get throws(RawPropertyError) {
            guard isWanted else { return nil }
            guard let user, let password else {
                throw RawPropertyError(
                    name: "security.protocol", message: "SASL_PLAINTEXT needs sasl.username and sasl.password")
            }
            return LogReader.Login(user: user, password: password)
        }
    }
}
