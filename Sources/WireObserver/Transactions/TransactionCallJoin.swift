import EvidenceModel

/// The calls of both ends as one list: what one end saw and the other did not is in it once.
enum TransactionCallJoin {
    /// A call as both captures saw it.
    struct Joined {
        /// As the broker saw it where it did; the answer of whichever end saw one.
        var call: TransactionCall
        /// The answer reached a client that still had the connection; true too where only a broker's capture tells.
        var isTold: Bool
        var timeNs: Int64
    }

    private struct Key: Hashable {
        var connection: ConnectionJoin.Reference
        var correlationID: Int32
        var producerID: Int64
        var transactionalID: String
    }

    static func join(_ observers: [CaptureObserver], _ connections: ConnectionJoin) -> [Joined] {
        var places: [Key: Int] = [:]
        var joined: [Joined] = []
        let order =
            observers.indices.filter { observers[$0].counts.side == .client }
            + observers.indices.filter { observers[$0].counts.side == .broker }
        for capture in order {
            let log = observers[capture].log
            let isClient = observers[capture].counts.side == .client
            for call in log.transactionCalls {
                let own = ConnectionJoin.Reference(capture: capture, connection: Int(call.connection))
                let key = Key(
                    connection: isClient ? own : connections.clientOf[own] ?? own, correlationID: call.correlationID,
                    producerID: call.producerID, transactionalID: call.transactionalID)
                if let place = places[key] {
                    // Correlation ids repeat on a connection only after 2^32 requests.
                    if joined[place].call.answerNs == nil || joined[place].call.errors.isEmpty {
                        joined[place].call = call
                    }
                    continue
                }
                places[key] = joined.count
                joined.append(Joined(call: call, isTold: isTold(call, log, isClient), timeNs: call.requestNs))
            }
        }
        return joined.sorted { $0.timeNs < $1.timeNs }
    }

    private static func isTold(_ call: TransactionCall, _ log: ObservationLog, _ isClient: Bool) -> Bool {
        guard let answerNs = call.answerNs else { return false }
        guard isClient, log.connections.indices.contains(Int(call.connection)) else { return true }
        let connection = log.connections[Int(call.connection)]
        let closed = [connection.closedByClientNs, connection.resetByClientNs].compactMap { $0 }.min()
        return closed.map { answerNs <= $0 } ?? true
    }
}
