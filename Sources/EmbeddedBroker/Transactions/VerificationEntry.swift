/// What a leader remembers of a producer whose transaction it is asking the coordinator about (`VerificationStateEntry`).
///
/// It stays until a transactional batch or a marker of that producer is appended, so a request that is refused leaves it
/// behind, and a batch with a higher sequence than the lowest one seen is then out of order.
struct VerificationEntry: Sendable, Equatable {
    private(set) var lowestSequence: Int32
    private(set) var epoch: Int16
    /// The request was one of a client that raises its epoch with each transaction.
    let supportsEpochBump: Bool

    init(sequence: Int32, epoch: Int16, supportsEpochBump: Bool) {
        lowestSequence = sequence
        self.epoch = epoch
        self.supportsEpochBump = supportsEpochBump
    }

    mutating func update(sequence: Int32, epoch newEpoch: Int16) {
        if newEpoch > epoch {
            epoch = newEpoch
            lowestSequence = sequence
        } else if newEpoch == epoch {
            lowestSequence = min(lowestSequence, sequence)
        }
    }
}
