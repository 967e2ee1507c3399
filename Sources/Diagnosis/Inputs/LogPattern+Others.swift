extension LogPattern {
    /// Sarama, its log and its errors.
    static let sarama: [LogPattern] = [
        .init("[sarama]", .clientRelease),
        .init("kafka server:", .clientRelease),
        .init("kafka: client has run out of available brokers", .noBrokers),
        .init("broker received an out of order sequence number", .outOfOrder),
        .init("replica that is not the leader for some partition", .notLeader),
        .init("state change to [retrying]", .produceRetried, name: "producer/leader/"),
        .init("connect: connection refused", .connectRefused, name: "dial tcp "),
        .init("connect: no route to host", .connectTimedOut, name: "dial tcp "),
        .init(": i/o timeout", .produceTimedOut),
        .init("no such host", .resolveFailed, name: "lookup "),
        .init("kafka: invalid configuration", .configRefused),
        .init("Message was too large, server rejected it", .tooLargeForBroker),
        .init("Messages are rejected since there are fewer in-sync replicas", .notEnoughReplicas),
        .init("Request was for a topic or partition that does not exist", .unknownTopic),
        .init("tls: first record does not look like a TLS handshake", .tlsMismatch),
        .init("x509: certificate is valid for", .tlsCertificateName),
        .init("x509: certificate signed by unknown authority", .tlsUntrusted),
        .init("SASL Authentication failed", .saslCredentials),
        .init("The timestamp of the message is out of acceptable range", .invalidTimestamp),
    ]

    /// What applications say, whatever client they use.
    static let application: [LogPattern] = [
        .init("ublishing it again", .sentAgain), .init("ending it again", .sentAgain),
        .init("ending again", .sentAgain), .init("ublishing again (attempt", .sentAgain),
        .init(" sent again", .sentAgain), .init("published again", .sentAgain),
        .init("end it again", .sentAgain), .init("roducing again", .sentAgain), .init("produce again", .sentAgain),
        .init("esending", .sentAgain), .init("e-sending", .sentAgain), .init("esubmitting", .sentAgain),
        .init("e-publishing", .sentAgain), .init("epublishing", .sentAgain), .init("e-queueing", .sentAgain),
        .init("equeueing", .sentAgain), .init("retrying send", .sentAgain), .init("retry of record", .sentAgain),
        .init("going idle", .idle), .init("nothing to publish", .idle), .init("nothing to send", .idle),
        .init("no orders pending", .idle), .init("no work, sleeping", .idle), .init("idle for ", .idle),
        .init("waiting for new data", .idle), .init("nothing to do", .idle),
        .init(", exiting", .exiting), .init("handed over", .exiting), .init("exit 0", .exiting),
        .init("job finished", .exiting), .init("program ends", .exiting), .init("all done", .exiting),
        .init(" failed", .summary, number: "\u{1}"),
        .init("not delivered", .deliveryFailed), .init("could not publish", .deliveryFailed),
        .init("ould not send", .deliveryFailed), .init("ailed to publish", .deliveryFailed),
        .init("ailed to send", .deliveryFailed), .init("ailed to deliver", .deliveryFailed),
        .init("delivery of ", .deliveryFailed), .init("elivery failed", .deliveryFailed),
        .init(" lost: ", .deliveryFailed), .init("send failed", .deliveryFailed),
        .init("record-queue-time-avg=", .metrics), .init("request-latency-avg=", .metrics),
        .init("produce-throttle-time", .throttled, number: "produce-throttle-time-max="),
        .init("throttle_time_ms=", .throttled, number: "throttle_time_ms="),
    ]

    /// Brokers' server.log of Apache Kafka.
    static let brokers: [LogPattern] = [
        .init(
            "Initialized transactionalId ", .coordinatorInitialized, name: "transactionalId ",
            number: "producer epoch "),
        .init("due to timeout (kafka.coordinator", .coordinatorRollback, name: "transactionalId "),
        .init("rollback of ongoing transaction", .coordinatorRollback, name: "transactionalId "),
        .init("Terminating process due to signal", .brokerStopped, name: "signal "),
        .init("SHUTTING_DOWN", .brokerStopped), .init("shutting down (kafka.server", .brokerStopped),
        .init("Kafka Server started", .brokerStarted), .init("STARTING to STARTED", .brokerStarted),
        .init("started (kafka.server.KafkaServer)", .brokerStarted),
        .init("Recovering unflushed segment", .brokerUnclean), .init("no clean shutdown file", .brokerUnclean),
        .init("Shrinking ISR", .isrShrunk), .init("is insufficient to satisfy the min.isr", .brokerNotEnoughReplicas),
        .init("exceeds the maximum configured value", .brokerTooLarge),
        .init("Out of order sequence number for producer", .brokerOutOfOrder),
        .init("smaller than the last seen epoch", .brokerOldEpoch),
        .init("Failed authentication with", .brokerAuthenticationFailed, name: "Failed authentication with "),
        .init("during SASL handshake", .brokerAuthenticationFailed),
        .init("InvalidReceiveException", .brokerInvalidReceive),
        .init("starts at leader epoch", .brokerLeaderMoved),
        .init("Kafka version: ", .clientRelease, name: "Kafka version: "),
    ]
}
