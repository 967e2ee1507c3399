/// Wrongs that the broker does to transactions on purpose, one for each thing that a checker must see.
///
/// Properties `crosswind.defect.NAME`, all off but one: a release that has KAFKA-20734 has it unless told otherwise.
struct TransactionDefects: Sendable {
    /// Markers of partitions without a leader are dropped as if the partition were deleted (KAFKA-20734).
    var skipsLeaderlessMarkers: Bool
    /// Leaders do not ask whether a batch belongs to a transaction, nor add its partition.
    var skipsVerification = false
    /// A commit writes ABORT markers to all but the first partition.
    var commitsHalf = false
    /// A commit that was answered writes ABORT markers.
    var abortsCommits = false
    /// An abort that was answered writes COMMIT markers.
    var commitsAborts = false
    /// The transaction that a newer instance or the timeout ends is committed.
    var fenceCommits = false
    /// Read-committed answers name no aborted transactions.
    var hidesAborted = false
    /// Neither coordinators nor logs refuse an epoch that is too low.
    var ignoresEpochs = false
    /// The last partition of a transaction never gets its marker.
    var losesMarker = false
    /// Every marker is followed by one of the other kind.
    var writesBothMarkers = false
    /// The other result of a transaction that has ended is answered with success.
    var answersBothResults = false
    /// Transactional batches are taken at any sequence.
    var ignoresSequences = false
    /// Offsets count when they are sent, whatever becomes of the transaction.
    var offsetsIgnoreOutcome = false
    /// EndTxn v5 raises the epoch by three and answers one.
    var epochJumps = false

    init(_ reader: PropertyReader, release: Release) throws {
        skipsLeaderlessMarkers = release.skipsLeaderlessMarkers
        func bool(_ name: String, _ value: inout Bool) throws {
            try reader.bool("", "crosswind.defect." + name, into: &value)
        }
        try bool("leaderless.markers", &skipsLeaderlessMarkers)
        try bool("verification.off", &skipsVerification)
        try bool("half.commit", &commitsHalf)
        try bool("commit.aborts", &abortsCommits)
        try bool("abort.commits", &commitsAborts)
        try bool("fence.commits", &fenceCommits)
        try bool("aborted.hidden", &hidesAborted)
        try bool("epochs.ignored", &ignoresEpochs)
        try bool("marker.lost", &losesMarker)
        try bool("markers.both", &writesBothMarkers)
        try bool("results.both", &answersBothResults)
        try bool("sequences.ignored", &ignoresSequences)
        try bool("offsets.at.once", &offsetsIgnoreOutcome)
        try bool("epoch.jumps", &epochJumps)
    }
}
