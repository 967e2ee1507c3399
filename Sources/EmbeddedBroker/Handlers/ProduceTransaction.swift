import KafkaWire

// The transactional part of a Produce request: what is asked of the coordinator before anything is appended
// (`ReplicaManager.handleProduceAppend`).
extension ClusterCore {
    /// What became of the question.
    enum ProduceQuestion {
        /// Entries that may not be appended have their refusal.
        case settled
        /// The whole request is refused.
        case refused(Refusal)
        /// Ask again later; the code stands when that is too late.
        case notYet(ErrorCode)
    }

    /// How long a coordinator may be out of reach, milliseconds (`request.timeout.ms` of brokers).
    private static let coordinatorTimeoutMs: Int64 = 30_000

    /// Asks about the transactional batches of a request.
    ///
    /// - Parameter givingUp: what stands for "not yet", which is then the answer.
    func askCoordinator(
        _ entries: inout [ProduceEntry], transactionalID: String?, version: Int16, _ nodeID: Int32, givingUp: ErrorCode?
    ) -> ProduceQuestion {
        guard release.verifiesTransactions, let transactionalID else { return .settled }
        var producers: Set<TransactionalBatch> = []
        var batches: [Int: TransactionalBatch] = [:]
        for position in entries.indices {
            guard let bytes = entries[position].batch, let header = RecordBatchHeader(bytes), header.isTransactional,
                header.producerID >= 0
            else { continue }
            batches[position] = TransactionalBatch(id: header.producerID, epoch: header.producerEpoch)
            producers.insert(TransactionalBatch(id: header.producerID, epoch: header.producerEpoch))
        }
        guard producers.count <= 1 else {
            return .refused(
                Refusal(
                    .invalidProducerIdMapping, namesLogStart: false,
                    message: "Transactional records contained more than one producer ID"))
        }
        guard let producer = producers.first, asksCoordinator(addsPartitions: version >= 12) else { return .settled }
        var question = Question(
            id: transactionalID, producer: KnownProducer(id: producer.id, epoch: producer.epoch),
            addsPartitions: version >= 12, knowsAbortable: version >= 11)
        for position in batches.keys.sorted() {
            guard let partition = entries[position].partition else { continue }
            guard let leader = partition.leaderIndex(on: nodeID) else {
                refuse(&entries[position], Refusal(.notLeaderOrFollower, namesLogStart: false))
                continue
            }
            let sequence = entries[position].batch.flatMap(RecordBatchHeader.init)?.baseSequence ?? -1
            question.partitions.append((partition, leader, sequence))
        }
        return settle(&entries, question, nodeID, givingUp: givingUp)
    }

    private struct TransactionalBatch: Hashable {
        var id: Int64
        var epoch: Int16
    }

    private func settle(
        _ entries: inout [ProduceEntry], _ question: Question, _ nodeID: Int32, givingUp: ErrorCode?
    ) -> ProduceQuestion {
        var errors: [TopicPartition: ErrorCode]
        switch verify(question, from: nodeID) {
        case .settled(let found): errors = found
        case .notYet(let code):
            guard let givingUp else { return .notYet(code) }
            errors = question.partitions.reduce(into: [:]) {
                $0[TopicPartition(topic: $1.partition.topic, index: $1.partition.index)] = givingUp
            }
        }
        for position in entries.indices where entries[position].batch != nil {
            guard let partition = entries[position].partition,
                let code = errors[TopicPartition(topic: partition.topic, index: partition.index)]
            else { continue }
            refuse(&entries[position], told(code, addsPartitions: question.addsPartitions))
        }
        return .settled
    }

    private func refuse(_ entry: inout ProduceEntry, _ refusal: Refusal) {
        entry.batch = nil
        entry.refusal = refusal
    }

    /// The coordinator's error as the producer is told: what old clients cannot retry rightly becomes 19.
    private func told(_ code: ErrorCode, addsPartitions: Bool) -> Refusal {
        var retriable: [ErrorCode] = [.coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator]
        if release.retriesNetworkErrorsOfQuestions { retriable.append(.networkException) }
        if !addsPartitions { retriable.append(.concurrentTransactions) }
        if retriable.contains(code) {
            return Refusal(
                .notEnoughReplicas, namesLogStart: false,
                message:
                    "Unable to verify the partition has been added to the transaction. Underlying error: \(code.name)")
        }
        let message = code == .invalidTxnState ? "Partition was not added to the transaction" : nil
        return Refusal(code, namesLogStart: false, message: message)
    }

    /// Handles the request again after some milliseconds, until the coordinator can say or it is too late.
    func produceLater(
        _ nodeID: Int32, _ frame: UnsafeRawBufferPointer, _ code: ErrorCode, _ wait: ProduceWait,
        reply: @escaping ReplyTo
    ) {
        var next = wait
        let longest =
            code == .concurrentTransactions ? properties.coordinators.addRetryMaxMs : Self.coordinatorTimeoutMs
        next.waitedMs += properties.coordinators.addRetryMs
        if next.waitedMs >= longest { next.givingUp = code }
        let bytes = Array(frame)
        let again = next
        schedule(properties.coordinators.addRetryMs) { core in
            bytes.withUnsafeBytes { raw in
                do {
                    var reader = ByteReader(raw)
                    let header = try RequestHeaderView(from: &reader)
                    try core.produce(nodeID, header, raw, bodyOffset: reader.position, wait: again, reply: reply)
                } catch {
                    reply(.close("bad request: \(error)"))
                }
            }
        }
    }
}

/// How long a Produce request has waited for a coordinator.
struct ProduceWait: Sendable {
    var waitedMs: Int64 = 0
    /// What stands when the coordinator cannot say this time either.
    var givingUp: ErrorCode?
}
