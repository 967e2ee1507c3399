import Glibc
import KafkaWire

extension LogReader {
    /// Whether a new topic can be used. That Metadata names its leaders is not enough: a leader hears of its partition later
    /// than that, and answers 6 until then. So each leader is asked for each of its partitions (ListOffsets).
    ///
    /// - Throws: ``RawClientError``, with what is not ready yet: it may be a moment later.
    public func checkServed(topic: String, partitions: Int) throws {
        var served = 0
        try forEachPartition(of: [topic]) { topic, partition, connection in
            _ = try connection.offset(topic: topic.name ?? "", partition: partition, timestamp: -1)
            served += 1
        }
        guard served == partitions else {
            throw RawClientError.refused(
                what: "topic \(topic): \(served) of \(partitions) partitions are there", code: .leaderNotAvailable)
        }
    }
}

extension RawConnection {
    /// Errors that a broker answers while it still makes room for producer ids (`__transaction_state`, a block of ids).
    private static let notYet: Set<ErrorCode> = [
        .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator,
    ]

    /// ``initProducerID()``, asked again while the broker says that it is not ready for it: 14, 15 or 16.
    ///
    /// - Throws: ``RawClientError``: any other answer, or one of these still after `patience`.
    public func initProducerID(within patience: Duration) throws -> (id: Int64, epoch: Int16) {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try initProducerID()
            } catch RawClientError.refused(let what, let code) {
                guard Self.notYet.contains(code), ContinuousClock.now < deadline else {
                    throw RawClientError.refused(what: what, code: code)
                }
                usleep(20_000)
            }
        }
    }
}
