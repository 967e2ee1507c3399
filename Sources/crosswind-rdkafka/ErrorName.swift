import CRdkafka

/// Names of errors as the driver protocol wants them: Kafka's name for an error code of the Kafka protocol, librdkafka's
/// own name (which begins with `_`) for its local errors.
enum ErrorName {
    /// The name of `error`.
    static func of(_ error: rd_kafka_resp_err_t) -> String {
        kafkaNames[error.rawValue] ?? String(cString: rd_kafka_err2name(error))
    }

    /// Error codes that librdkafka names differently from Kafka's protocol guide.
    private static let kafkaNames: [Int32: String] = [
        -1: "UNKNOWN_SERVER_ERROR",
        2: "CORRUPT_MESSAGE",
        3: "UNKNOWN_TOPIC_OR_PARTITION",
        4: "INVALID_FETCH_SIZE",
        6: "NOT_LEADER_OR_FOLLOWER",
        10: "MESSAGE_TOO_LARGE",
        14: "COORDINATOR_LOAD_IN_PROGRESS",
        15: "COORDINATOR_NOT_AVAILABLE",
        16: "NOT_COORDINATOR",
        17: "INVALID_TOPIC_EXCEPTION",
        18: "RECORD_LIST_TOO_LARGE",
        19: "NOT_ENOUGH_REPLICAS",
        20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
    ]
}
