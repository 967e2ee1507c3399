/// Whether a run shows what the user's own log shows: the same signs of trouble, by their names.
public struct EvidenceComparison: Sendable, Equatable {
    /// Signs in both.
    public var shared: [String]
    /// Signs in the user's log alone.
    public var missing: [String]

    /// Signs that say what went wrong; the others say who speaks, or that all is well.
    private static let trouble: [Sign] = [
        .disconnected, .produceTimedOut, .metadataTimedOut, .handshakeTimedOut, .connectRefused, .produceRetried,
        .notLeader,
        .notEnoughReplicas, .outOfOrder, .duplicateSequence, .unknownProducerID, .oldEpoch, .tooLargeForBroker,
        .expired,
        .transportFailure, .bufferExhausted, .fatalDesync, .fatalRewound, .epochBumped, .producerIDDropped,
    ]

    /// Compares the logs of a case with what a driver wrote in a run, as a stream of bytes.
    public init(_ diagnosis: Diagnosis, driver read: ((UnsafeRawBufferPointer) -> Void) -> Void) {
        var scanner = LogScanner(file: "driver", isBroker: false)
        read { scanner.feed($0) }
        scanner.finish()
        let ran = scanner.facts
        let own = Self.trouble.filter { diagnosis.file.record($0) != nil }
        shared = own.filter { ran.signs[$0] != nil }.map(\.rawValue)
        missing = own.filter { ran.signs[$0] == nil }.map(\.rawValue)
    }
}
