import EvidenceModel

/// What went by in a stretch of time, for a summary or a screen.
public struct WatchStatus: Sendable, Equatable {
    /// One producer: a client's host and name, with its producer id.
    public struct Producer: Sendable, Equatable {
        /// The client's address and its name.
        public var client = ""
        /// -1 without one.
        public var producerID: Int64 = -1
        /// Batches sent, repeats included.
        public var batches = 0
        /// Records in them.
        public var records = 0
        /// Batches that were sent before.
        public var retries = 0
        /// Answers with success.
        public var acknowledged = 0
        /// Those of them that were deduplicated.
        public var deduplicated = 0
        /// Answers with an error.
        public var errors = 0
        /// Requests whose connection ended without an answer.
        public var unanswered = 0
        /// From the request's last byte to the answer's, in nanoseconds; 0 without an answer.
        public var p99Ns: Int64 = 0
    }

    /// The busiest first.
    public var producers: [Producer] = []
    /// All of them together, with a client of no name.
    public var total = Producer()
}

extension WatchSession {
    private struct Key: Hashable {
        var connection: Int32
        var producerID: Int64
    }

    /// What was sent since a time.
    public func status(sinceNs: Int64) -> WatchStatus {
        var status = WatchStatus()
        var byClient: [String: (producer: WatchStatus.Producer, waits: [Int64])] = [:]
        var names: [Key: String] = [:]
        var seen = SequenceTracker()
        var waits: [Int64] = []
        let log = observer.log
        for index in log.attempts.indices {
            let attempt = log.attempts[index]
            let isRepeat = seen.isRepeat(attempt)
            guard attempt.requestNs >= sinceNs else { continue }
            let key = Key(connection: attempt.connection, producerID: attempt.producerID)
            let connection = log.connections[Int(attempt.connection)]
            let name = names[key] ?? Self.name(connection) + " \(attempt.producerID)"
            names[key] = name
            var entry = byClient[name] ?? (WatchStatus.Producer(), [])
            entry.producer.client = Self.name(connection)
            entry.producer.producerID = attempt.producerID
            Self.add(attempt, connection, isRepeat, to: &entry.producer)
            Self.add(attempt, connection, isRepeat, to: &status.total)
            if attempt.answerNs > 0 {
                entry.waits.append(attempt.answerNs - attempt.requestNs)
                waits.append(attempt.answerNs - attempt.requestNs)
            }
            byClient[name] = entry
        }
        status.total.p99Ns = Self.p99(&waits)
        status.producers = byClient.values.map { entry in
            var entry = entry
            entry.producer.p99Ns = Self.p99(&entry.waits)
            return entry.producer
        }.sorted { ($1.records, $0.client, $0.producerID) < ($0.records, $1.client, $1.producerID) }
        return status
    }

    private static func name(_ connection: ObservedConnection) -> String {
        let host = WireAnalysis.host(ObservedConnection.Endpoint(address: connection.client.address, port: 0))
        return host
            + (connection.clientID.map {
                " '" + String($0.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.map(Character.init))
                    + "'"
            } ?? "")
    }

    private static func add(
        _ attempt: ObservedAttempt, _ connection: ObservedConnection, _ isRepeat: Bool,
        to producer: inout WatchStatus.Producer
    ) {
        producer.batches += 1
        producer.records += Int(attempt.recordCount)
        if isRepeat { producer.retries += 1 }
        if attempt.flags.contains(.decoded) {
            if attempt.errorCode == 0 { producer.acknowledged += 1 } else { producer.errors += 1 }
            if attempt.flags.contains(.deduplicated) { producer.deduplicated += 1 }
        } else if !attempt.flags.contains(.answered), attempt.acks != 0, connection.closedNs != nil {
            producer.unanswered += 1
        }
    }

    private static func p99(_ waits: inout [Int64]) -> Int64 {
        guard !waits.isEmpty else { return 0 }
        waits.sort()
        return waits[min(waits.count * 99 / 100, waits.count - 1)]
    }
}
