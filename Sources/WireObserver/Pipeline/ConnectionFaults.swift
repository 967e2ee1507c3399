import PacketWire

/// Connections that failed below Kafka, by the end that was connected to and the way they failed.
struct ConnectionFaults {
    enum Kind: Int, CaseIterable {
        /// SYNs, and no answer of any kind.
        case unanswered
        /// SYNs, and a reset.
        case refused
        /// Closed by the broker at once after a request that it did not answer, before it had said much.
        case closedAtOnce
        /// Data after a long silence, and no answer of any kind, or a reset.
        case forgotten
        /// A TLS alert as the first answer.
        case alert
    }

    struct Key: Hashable {
        var kind: Kind
        var broker: ObservedConnection.Endpoint
    }

    struct Entry {
        var connections = 0
        var firstNs = Int64.max
        /// SYNs or segments.
        var packets = 0
        /// The longest time: of trying, from request to close, or of silence.
        var longestNs: Int64 = 0
        /// A reset came.
        var resets = 0
        /// The fewest and the most bytes that a client had sent.
        var leastBytes = Int64.max
        var mostBytes: Int64 = 0
    }

    private static let mostKeys = 4096
    /// Home routers and load balancers forget idle connections after tens of seconds at the earliest.
    private static let idleNs: Int64 = 10_000_000_000
    private static let atOnceNs: Int64 = 1_000_000_000
    /// What ApiVersions and a handshake take; a connection that did its work has said more.
    private static let littleBytes: Int64 = 4096

    private(set) var entries: [Key: Entry] = [:]

    /// A connection is over.
    mutating func note(_ connection: Connection) {
        let summary = connection.summary
        if summary.answeredWithAlert { add(.alert, summary, packets: 1, longestNs: 0) }
        if summary.syns > 0, summary.brokerISN == nil, !connection.client.began {
            if summary.resetByBrokerNs != nil {
                add(.refused, summary, packets: summary.syns, longestNs: 0)
            } else if summary.syns > 1, summary.heardNs == 0 {
                add(.unanswered, summary, packets: summary.syns, longestNs: summary.lastNs - summary.firstNs)
            }
            return
        }
        guard connection.mayBeKafka else { return }
        let silenceNs = summary.firstUnheardNs - summary.heardNs
        if summary.heardNs > 0, summary.unheard >= (summary.resetByBrokerNs == nil ? 3 : 1), silenceNs >= Self.idleNs {
            add(.forgotten, summary, packets: summary.unheard, longestNs: silenceNs)
        }
        if let closedNs = summary.closedByBrokerNs, connection.outstandingHead < connection.outstanding.count,
            summary.closedByClientNs.map({ $0 >= closedNs }) ?? true, closedNs >= summary.lastRequestNs,
            closedNs - summary.lastRequestNs < Self.atOnceNs, connection.broker.stream.next < Self.littleBytes
        {
            add(
                .closedAtOnce, summary, packets: 1, longestNs: closedNs - summary.lastRequestNs,
                bytes: connection.client.stream.next)
        }
    }

    private mutating func add(
        _ kind: Kind, _ summary: ObservedConnection, packets: Int, longestNs: Int64, bytes: Int64 = 0
    ) {
        let key = Key(kind: kind, broker: summary.broker)
        guard entries[key] != nil || entries.count < Self.mostKeys else { return }
        var entry = entries[key] ?? Entry()
        entry.connections += 1
        entry.firstNs = min(entry.firstNs, summary.firstNs)
        entry.packets += packets
        entry.longestNs = max(entry.longestNs, longestNs)
        entry.leastBytes = min(entry.leastBytes, bytes)
        entry.mostBytes = max(entry.mostBytes, bytes)
        if summary.resetByBrokerNs != nil { entry.resets += 1 }
        entries[key] = entry
    }
}

extension Connection {
    /// It is Kafka, or may be: TLS, or a usual port where the snap length left nothing to know it by.
    var mayBeKafka: Bool {
        switch role {
        case .kafka, .tls: true
        case .unknown, .undecided: RoleStage.isUsual(summary.broker.port)
        case .other: false
        }
    }
}
