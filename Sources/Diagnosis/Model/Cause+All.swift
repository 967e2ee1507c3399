extension Cause {
    /// Every cause, in the order in which they are shown where they weigh the same.
    public static let all: [Cause] = [
        .idempotenceOff, .applicationResend, .acksTooLenient, .inFlightReordering, .epochBumpDuplicate,
        .newTopicRace, .exitWithoutFlush, .brokerWindowOfOne, .brokerForgotWindow, .sequenceGapAfterExpiry,
        .librdkafkaDesyncBefore23, .unknownProducerIdOldBroker, .foreignBroker46, .clientStalledAfterReset,
        .transactionalIdFenced, .transactionTimeout, .transactionTimeoutAboveMaximum, .deliveryTimeoutTooLow,
        .requestTimeoutTooLow, .retriesZero, .retriesTooFew, .notEnoughReplicas, .messageTooLarge,
        .bufferExhausted, .invalidTimestamp, .invalidRecord, .topicMissing, .configConflict,
        .downconversionDisabled, .quotaThrottled, .idleConnectionDropped, .mtuBlackHole, .packetLoss,
        .bandwidthCap, .socketBufferTooSmall, .pipeliningLimit, .brokerUnreachable, .brokerNotListening,
        .advertisedListenerUnreachable, .dnsFailure, .brokerPaused, .brokerRestart, .leaderChurn, .tlsMismatch,
        .tlsCertificateName, .saslMismatch, .saslCredentials, .notAuthorized, .batchingMisuse, .compressionCpu,
        .sequenceReuse, .changedBatch, .retentionForgetsProducer, .corruptOnTheWay,
    ]
}
