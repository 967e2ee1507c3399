/// One transaction as the captures show it, from its first partition or batch to the answer of its end.
struct ObservedTransaction {
    /// How it ended, by what any end of the wire saw.
    enum Outcome: String {
        case committed, aborted
        /// A newer instance of the transactional id fenced it: the coordinator aborts what was open.
        case fenced
        /// The coordinator refuses its epoch, and no newer instance is there to have fenced it.
        case timedOut = "timed_out"
        /// An end was asked for and no answer was seen.
        case unknown
        /// No end was asked for in what was captured.
        case open
    }

    /// Nil where only batches were seen.
    var transactionalID: String?
    var producerID: Int64
    var epoch: Int16
    var firstNs: Int64
    /// When the outcome was known.
    var endNs: Int64?
    var outcome = Outcome.open
    /// The answer that settled it reached the client.
    var isTold = false
    /// The end last asked for: true for commit.
    var asked: Bool?
    /// EndTxn requests.
    var endRequests = 0
    /// EndTxn requests that no answer to reached the client.
    var untoldEnds = 0
    /// Partitions that were added by a request of their own.
    var added: Set<TransactionCall.Partition> = []
    /// Partitions with batches.
    var written: Set<TransactionCall.Partition> = []
    /// Its batches, by their numbers in the ledger of batches.
    var batches: [Int32] = []
    /// Records of them.
    var records = 0
    /// Batches that were first sent after its end.
    var lateBatches: [Int32] = []
    /// Answers with an error code, by code.
    var errors: [Int16: Int] = [:]
    /// Its partitions join by Produce v12 and later (KIP-890, part 2).
    var isImplicit = false
    /// It was begun by a fenced epoch, with no request that would have added partitions.
    var isStray = false
    /// Epoch that the answer to its end says to go on with.
    var nextEpoch: Int16?
}
