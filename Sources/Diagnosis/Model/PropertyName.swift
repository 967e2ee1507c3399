/// Names of properties: one canonical name for each, and each client's own spelling of it.
public enum PropertyName {
    /// Aliases of librdkafka, and what Spring calls things, by what they mean.
    private static let aliases: [String: String] = [
        "message.timeout.ms": "delivery.timeout.ms",
        "message.send.max.retries": "retries",
        "queue.buffering.max.ms": "linger.ms",
        "max.in.flight": "max.in.flight.requests.per.connection",
        "compression.codec": "compression.type",
        "request.required.acks": "acks",
        "metadata.broker.list": "bootstrap.servers",
        "max.in.flight.requests": "max.in.flight.requests.per.connection",
        "transaction.id": "transactional.id",
        "sasl.mechanisms": "sasl.mechanism",
    ]

    /// Properties of brokers and topics that matter here.
    private static let broker: Set<String> = [
        "advertised.listeners", "advertised.host.name", "listeners", "min.insync.replicas", "message.max.bytes",
        "max.message.bytes", "auto.create.topics.enable", "message.downconversion.enable",
        "log.message.downconversion.enable", "message.timestamp.type", "message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms", "message.timestamp.difference.max.ms", "transaction.max.timeout.ms",
        "transactional.id.expiration.ms", "producer.id.expiration.ms", "producer_byte_rate", "request_percentage",
        "default.replication.factor", "cleanup.policy", "unclean.leader.election.enable", "retention.ms",
        "connections.max.idle.ms.broker",
    ]

    /// Every canonical name that a producer of some client acts upon.
    private static let known: Set<String> = {
        var names: Set<String> = []
        for client in ["librdkafka", "kafka-clients", "kafka-python", "aiokafka"] {
            for name in ClientPropertyNames.producer(client) { names.insert(canonical(name)) }
            for name in ClientPropertyNames.withoutEffect(client).keys { names.insert(canonical(name)) }
        }
        names.formUnion(["bootstrap.servers", "acks", "retries"])
        return names
    }()

    /// Names that only one client knows: they tell which client a configuration is for.
    private static let telling: [String: ClientFamily] = {
        var owners: [String: Set<ClientFamily>] = [:]
        for family in [ClientFamily.librdkafka, .kafkaClients] {
            for name in ClientPropertyNames.producer(family.rawValue) { owners[name, default: []].insert(family) }
        }
        owners["key.serializer"] = [.kafkaClients]
        owners["value.serializer"] = [.kafkaClients]
        return owners.compactMapValues { $0.count == 1 ? $0.first : nil }
    }()

    /// The canonical form of a name as it is written: dotted, aliases resolved.
    public static func canonical(_ written: String) -> String {
        let dotted = String(written.map { $0 == "_" || $0 == "-" ? "." : Character($0.lowercased()) })
        return aliases[dotted] ?? dotted
    }

    /// True for a property that some client's producer takes.
    public static func isKnown(_ canonical: String) -> Bool { known.contains(canonical) }

    /// The name of a broker's or a topic's property, or nil.
    public static func brokerProperty(_ written: String) -> String? {
        if broker.contains(written) { return written }
        let dotted = String(written.map { $0 == "_" || $0 == "-" ? "." : Character($0.lowercased()) })
        if broker.contains(dotted) { return dotted }
        return dotted == "producer.byte.rate" ? "producer_byte_rate" : nil
    }

    /// The client that a name as it is written is peculiar to, or nil.
    public static func client(of written: String) -> ClientFamily? { telling[written] }

    /// How a client writes a canonical name; `written` is the user's own spelling where the property is set already.
    public static func spelling(_ canonical: String, _ client: ClientFamily?, written: String? = nil) -> String {
        if let written { return written }
        switch client {
        case .librdkafka?: return canonical == "delivery.timeout.ms" ? "message.timeout.ms" : canonical
        case .kafkaPython?, .aiokafka?: return String(canonical.map { $0 == "." ? "_" : $0 })
        case .sarama?: return saramaNames[canonical] ?? canonical
        default: return canonical
        }
    }

    private static let saramaNames = [
        "acks": "Producer.RequiredAcks", "enable.idempotence": "Producer.Idempotent",
        "max.in.flight.requests.per.connection": "Net.MaxOpenRequests", "retries": "Producer.Retry.Max",
        "request.timeout.ms": "Producer.Timeout", "compression.type": "Producer.Compression",
        "linger.ms": "Producer.Flush.Frequency", "max.request.size": "Producer.MaxMessageBytes",
        "transactional.id": "Producer.Transaction.ID",
    ]
}
