import KafkaWire

/// Why a batch was not appended, in the terms of a Produce answer.
struct Refusal: Error, Equatable {
    var code: ErrorCode
    /// Whether the answer names the log's start; Kafka leaves it at -1 for errors found before the log is looked at.
    var namesLogStart: Bool
    var message: String?
    var recordErrors: [ProduceResponse.RecordError] = []

    init(
        _ code: ErrorCode, namesLogStart: Bool = true, message: String? = nil,
        recordErrors: [ProduceResponse.RecordError] = []
    ) {
        self.code = code
        self.namesLogStart = namesLogStart
        self.message = message
        self.recordErrors = recordErrors
    }

    /// What an `InvalidRecordException` outside the record-by-record checks becomes in `release`.
    static func invalidRecord(_ release: Release, namesLogStart: Bool = true) -> Refusal {
        release.hasInvalidRecordError
            ? Refusal(.invalidRecord, namesLogStart: namesLogStart) : Refusal(.corruptMessage, namesLogStart: false)
    }
}
