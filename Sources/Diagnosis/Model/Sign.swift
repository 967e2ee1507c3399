/// What a line of a log can tell: the words that rules are made of. One sign stands for the same event in every client.
enum Sign: String, Sendable, CaseIterable {
    // The client itself.
    case clientRelease, idempotentProducer, transactionalProducer, idempotenceSwitchedOff, configBlock
    case producerClosed, terminatedWithQueue, configRefused, configIgnored
    // Connections.
    case disconnected, refusedAtOnce, bootstrapDisconnected, handshakeCut, metadataCut, produceTimedOut,
        metadataTimedOut, handshakeTimedOut
    case partiallySent, cancelledInFlight, connectRefused, nodeUnavailable, localNode, connectTimedOut, resolveFailed
    case metadataAnswered, producerIDGiven, producerIDDropped, epochBumped, nodeNotReady, noBrokers
    case tlsMismatch, tlsCertificateName, tlsUntrusted, saslMismatch, saslCredentials, authenticationEnded
    // What a broker answered, by the client's name of it.
    case produceRetried, notLeader, notEnoughReplicas, outOfOrder, duplicateSequence, unknownProducerID, oldEpoch
    case fenced, invalidTxnState, timeoutAboveMaximum, tooLargeForClient, tooLargeForBroker, invalidTimestamp
    case invalidRecord, unknownTopic, unsupportedVersion, notAuthorized, corruptMessage, throttled
    // Records given up.
    case expired, transportFailure, noRetriesLeft, bufferExhausted, topicNotInMetadata, deliveryFailed
    case fatalDesync, fatalRewound, waitedForEver
    // The application.
    case sentAgain, idle, exiting, summary, metrics
    // Brokers' logs.
    case coordinatorInitialized, coordinatorRollback, brokerStopped, brokerStarted, brokerUnclean, isrShrunk
    case brokerNotEnoughReplicas, brokerTooLarge, brokerOutOfOrder, brokerOldEpoch, brokerAuthenticationFailed
    case brokerInvalidReceive, brokerLeaderMoved

    /// True for lines that say the client is at work: what came before them was survived.
    var isProgress: Bool { self == .metadataAnswered || self == .producerIDGiven }
}

/// What is kept of all lines with one sign: a few of them, and counts. Bounded, whatever the log's length.
struct SignRecord: Sendable {
    /// Lines with the sign.
    var count = 0
    /// The first lines.
    var samples: [Evidence] = []
    /// The last line.
    var last: Evidence?
    /// Times of the first and the last line, microseconds.
    var firstUs: Int64?
    var lastUs: Int64?
    /// Occasions: lines that follow each other within 300 ms are one.
    var rounds = 0
    /// Words that stand in the lines, for example partitions or hosts, with how often; at most 64.
    var names: [String: Int] = [:]
    /// The smallest, the largest, the first and the latest number that stands in the lines.
    var least: Double?
    var most: Double?
    var first: Double?
    var latest: Double?

    static let mostSamples = 6
    static let roundUs: Int64 = 300_000

    /// Notes a line; `name` and `number` are what stands in it.
    mutating func note(_ evidence: Evidence, name: String?, number: Double?) {
        count += 1
        if samples.count < Self.mostSamples { samples.append(evidence) }
        if let time = evidence.timeUs {
            if firstUs == nil { firstUs = time }
            if lastUs.map({ time - $0 > Self.roundUs }) ?? true { rounds += 1 }
            lastUs = time
        } else if rounds == 0 {
            rounds = 1
        }
        last = evidence
        if let name, names.count < 64 || names[name] != nil { names[name, default: 0] += 1 }
        if let number {
            if first == nil { first = number }
            latest = number
            least = Swift.min(least ?? number, number)
            most = Swift.max(most ?? number, number)
        }
    }

    /// Counts a line without keeping anything of it.
    mutating func count(timeUs: Int64?) {
        count += 1
        guard let timeUs else { return }
        if lastUs.map({ timeUs - $0 > Self.roundUs }) ?? true { rounds += 1 }
        lastUs = timeUs
    }

    /// Seconds from the first line to the last.
    var spanS: Double { Double((lastUs ?? 0) - (firstUs ?? 0)) / 1e6 }

    /// A few lines to show: the first ones and the last.
    func shown(_ most: Int = 3) -> [Evidence] {
        var list = Array(samples.prefix(most))
        if let last, !list.contains(last) { list.append(last) }
        return list
    }
}
