/// The partition error codes of a Produce answer that a judge has to name (Kafka protocol guide, "Error codes").
enum KafkaError {
    /// Codes that tell of trouble with producer ids, epochs and sequences.
    static let sequenceErrors: Set<Int16> = [45, 46, 47, 59]
    /// 46: clients take it for success, the record being in the log already.
    static let duplicateSequenceNumber: Int16 = 46

    /// Names by code.
    static let names: [Int16: String] = [
        -1: "UNKNOWN_SERVER_ERROR", 0: "NONE", 2: "CORRUPT_MESSAGE", 3: "UNKNOWN_TOPIC_OR_PARTITION",
        5: "LEADER_NOT_AVAILABLE", 6: "NOT_LEADER_OR_FOLLOWER", 7: "REQUEST_TIMED_OUT", 10: "MESSAGE_TOO_LARGE",
        13: "NETWORK_EXCEPTION", 17: "INVALID_TOPIC_EXCEPTION", 18: "RECORD_LIST_TOO_LARGE", 19: "NOT_ENOUGH_REPLICAS",
        20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND", 21: "INVALID_REQUIRED_ACKS", 29: "TOPIC_AUTHORIZATION_FAILED",
        32: "INVALID_TIMESTAMP", 35: "UNSUPPORTED_VERSION", 43: "UNSUPPORTED_FOR_MESSAGE_FORMAT",
        45: "OUT_OF_ORDER_SEQUENCE_NUMBER", 46: "DUPLICATE_SEQUENCE_NUMBER", 47: "INVALID_PRODUCER_EPOCH",
        48: "INVALID_TXN_STATE", 49: "INVALID_PRODUCER_ID_MAPPING", 56: "KAFKA_STORAGE_ERROR",
        59: "UNKNOWN_PRODUCER_ID", 67: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", 87: "INVALID_RECORD",
        89: "THROTTLING_QUOTA_EXCEEDED", 90: "PRODUCER_FENCED", 100: "UNKNOWN_TOPIC_ID",
    ]

    /// `45 OUT_OF_ORDER_SEQUENCE_NUMBER`.
    static func describe(_ code: Int16) -> String { names[code].map { "\(code) \($0)" } ?? "error \(code)" }
}
