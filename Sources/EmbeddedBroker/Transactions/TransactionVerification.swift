import KafkaWire

// What a partition's leader does before it takes a transactional batch: since 3.6 it asks the coordinator, and since 4.0 it
// adds the partition for clients that raise their epoch with each transaction (KIP-890;
// `ReplicaManager.maybeSendPartitionsToTransactionCoordinator`, `AddPartitionsToTxnManager`).
extension ClusterCore {
    /// A transaction that a leader asks about.
    struct Question {
        var id: String
        var producer: KnownProducer
        /// The lowest sequence by partition.
        var partitions: [(partition: Partition, leader: Int, sequence: Int32)] = []
        /// How the request can be answered: whether the partition is added, and whether 120 is known.
        var addsPartitions: Bool
        var knowsAbortable: Bool
    }

    /// What the coordinator said.
    enum VerificationOutcome {
        /// The errors by partition; those that are not named may be appended.
        case settled([TopicPartition: ErrorCode])
        /// It cannot say yet.
        case notYet(ErrorCode)
    }

    /// Whether a leader asks at all.
    func asksCoordinator(addsPartitions: Bool) -> Bool {
        release.verifiesTransactions && !properties.defects.transactions.skipsVerification
            && (addsPartitions || properties.coordinators.verifiesPartitions)
    }

    /// Asks about the partitions for which nothing is open yet.
    func verify(_ question: Question, from nodeID: Int32) -> VerificationOutcome {
        var errors: [TopicPartition: ErrorCode] = [:]
        var asked: [TopicPartition] = []
        let producer = question.producer
        for (partition, leader, sequence) in question.partitions {
            let name = TopicPartition(topic: partition.topic, index: partition.index)
            let log = partition.replicas[leader].log
            if log.producers.hasOpenTransaction(producer.id, epoch: producer.epoch) { continue }
            if release.tellsStaleEpochFirst, let known = log.producers.states[producer.id],
                isFenced(producer.epoch, max(known.epoch, producer.epoch))
            {
                errors[name] = .invalidProducerEpoch
                continue
            }
            partition.replicas[leader].log.beginVerification(
                producer.id, epoch: producer.epoch, sequence: sequence, supportsEpochBump: question.addsPartitions)
            asked.append(name)
        }
        guard !asked.isEmpty else { return .settled(errors) }
        let coordinator = transactionPartition(question.id)?.leaderID ?? -1
        guard coordinator >= 0 else { return .settled(errors.merging(all(asked, .coordinatorNotAvailable)) { $1 }) }
        guard reaches(nodeID, coordinator) else {
            guard isUp(coordinator) else { return .settled(errors.merging(all(asked, .networkException)) { $1 }) }
            return .notYet(.networkException)
        }
        var answers: [TopicPartition: ErrorCode]
        if question.addsPartitions {
            let code = addPartitions(question.id, producer, Set(asked), clientVersion: 2, coordinator)
            if code == .concurrentTransactions { return .notYet(code) }
            answers = all(asked, code)
        } else {
            answers = verifyPartitions(question.id, producer, asked, coordinator)
        }
        for (name, code) in answers where code == .none { answers[name] = nil }
        return .settled(errors.merging(answers.mapValues { told($0, question) }) { $1 })
    }

    private func all(_ names: [TopicPartition], _ code: ErrorCode) -> [TopicPartition: ErrorCode] {
        names.reduce(into: [:]) { $0[$1] = code }
    }

    private func told(_ code: ErrorCode, _ question: Question) -> ErrorCode {
        if code == .producerFenced { return .invalidProducerEpoch }
        return code == .transactionAbortable && !question.knowsAbortable ? .invalidTxnState : code
    }
}
