import KafkaWire

/// What one request said about one transaction, and what it was answered.
struct TransactionCall {
    /// Requests longer than this are not kept; a client's are a few hundred bytes.
    static let longestRequest = 65_536

    /// A partition of a topic, by name.
    struct Partition: Hashable {
        var topic: String
        var partition: Int32
    }

    var api: APIKey
    var version: Int16
    /// Index into the capture's connections.
    var connection: Int32
    var correlationID: Int32
    var requestNs: Int64
    /// Nil without an answer.
    var answerNs: Int64?
    var transactionalID = ""
    var producerID: Int64 = -1
    var epoch: Int16 = -1
    /// EndTxn and markers: commit.
    var isCommit = false
    /// Only asked whether the partitions are in the transaction (KIP-890).
    var isVerifyOnly = false
    var timeoutMs: Int32 = 0
    var partitions: [Partition] = []
    /// Distinct errors of the answer, in order.
    var errors: [Int16] = []
    /// Producer id and epoch to go on with.
    var newProducerID: Int64 = -1
    var newEpoch: Int16 = -1

    /// Whether a request of this kind is read whole.
    static func isKept(_ key: Int16, _ version: Int16) -> Bool {
        switch APIKey(rawValue: key) {
        case .initProducerId: InitProducerIdRequest.versions.contains(version)
        case .addPartitionsToTxn: AddPartitionsToTxnRequest.versions.contains(version)
        case .addOffsetsToTxn: AddOffsetsToTxnRequest.versions.contains(version)
        case .txnOffsetCommit: TxnOffsetCommitRequest.versions.contains(version)
        case .endTxn: EndTxnRequest.versions.contains(version)
        case .writeTxnMarkers: WriteTxnMarkersRequest.versions.contains(version)
        default: false
        }
    }

    /// True when the answer came and has no error.
    var isSuccess: Bool { answerNs != nil && errors == [0] }
}
