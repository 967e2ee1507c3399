/// Inputs written by hand after the clients' sources and documentation, for causes that no recorded incident shows, and
/// for the same cause in another client's words.
struct SyntheticInput: Sendable {
    /// The cause; `none` where nothing is wrong.
    var cause: String
    /// File names and their text.
    var files: [String: String]

    init(_ cause: String, _ files: [String: String]) {
        self.cause = cause
        self.files = files
    }

    /// A line of kafka-clients at a second and millisecond.
    static func java(_ s: Int, _ ms: Int = 0, _ level: String = "INFO", _ logger: String, _ text: String) -> String {
        let second = s % 60 < 10 ? "0\(s % 60)" : "\(s % 60)"
        let minute = s / 60 < 10 ? "0\(s / 60)" : "\(s / 60)"
        let fraction = ms < 10 ? "00\(ms)" : ms < 100 ? "0\(ms)" : "\(ms)"
        return "2026-11-26 03:\(minute):\(second),\(fraction) \(level) (\(logger)) [Producer clientId=app] \(text)\n"
    }

    static let start =
        java(0, "KafkaProducer", "Instantiated an idempotent producer.")
        + "2026-11-26 03:00:00,050 INFO (AppInfoParser) Kafka version: 4.3.0\n"
        + java(0, 200, "INFO", "Metadata", "Cluster ID: abcdefghijklmnop")
        + java(0, 210, "INFO", "TransactionManager", "ProducerId set to 7001 with epoch 0")

    static func java(_ s: Int, _ logger: String, _ text: String) -> String { java(s, 0, "INFO", logger, text) }

    static func end(_ published: Int, _ failed: Int, at s: Int = 40) -> String {
        java(s, "KafkaProducer", "Closing the Kafka producer with timeoutMillis = 9223372036854775807 ms.")
            + java(s, 10, "INFO", "App", "service stopped: \(published) published, \(failed) failed in 40.0 s")
    }
}

extension SyntheticInput {
    static let all: [SyntheticInput] = refusals + connections + records + throughput + settings

    static let refusals: [SyntheticInput] = [
        .init(
            "transaction-timeout-above-maximum",
            [
                "app.log":
                    "2026-11-26 03:00:00,000 INFO (TransactionManager) [Producer clientId=a, transactionalId=t-1] "
                    + "Invoking InitProducerId for the first time in order to acquire a producer ID\n"
                    + "2026-11-26 03:00:01,000 ERROR (App) org.apache.kafka.common.errors.InvalidTxnTimeoutException: The "
                    + "transaction timeout is larger than the maximum value allowed by the broker (as configured by "
                    + "transaction.max.timeout.ms).\n",
                "p.properties": "transactional.id=t-1\ntransaction.timeout.ms=3600000\nacks=all\n",
            ]),
        .init(
            "not-authorized",
            [
                "app.log": start
                    + java(
                        2, 0, "ERROR", "Sender",
                        "Aborting producer batches due to fatal error "
                            + "org.apache.kafka.common.errors.ClusterAuthorizationException: Cluster authorization failed."
                    )
                    + end(0, 5)
            ]),
        .init(
            "message-too-large",
            [
                "app.log": start
                    + java(
                        2, 0, "WARN", "Sender",
                        "Got error produce response in correlation id 7 on topic-partition docs-0, "
                            + "splitting and retrying (2147483647 attempts left). Error: MESSAGE_TOO_LARGE")
                    + java(
                        3, 0, "ERROR", "App",
                        "could not publish order 7: org.apache.kafka.common.errors."
                            + "RecordTooLargeException: The request included a message larger than the max message size the "
                            + "server will accept.") + end(9, 1),
                "configs.txt": "Dynamic configs for topic docs are:\n  max.message.bytes=65536 sensitive=false\n",
            ]),
        .init(
            "invalid-timestamp",
            [
                "app.log": start
                    + java(
                        2, 0, "ERROR", "App",
                        "could not publish order 1: org.apache.kafka.common.errors."
                            + "InvalidTimestampException: Timestamp 1795665 of message with offset 0 is out of range.")
                    + end(0, 20)
            ]),
        .init(
            "config-conflict",
            [
                "app.log": "2026-11-26 03:00:00,000 ERROR (App) cannot start\norg.apache.kafka.common.config."
                    + "ConfigException: Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
                    + "guarantee idempotence.\n",
                "p.properties": "enable.idempotence=true\nacks=1\nlinger.ms=5\nbuffer.memory=33554432\n",
            ]),
        .init(
            "config-conflict",
            ["p.properties": "acks=all\ndelivery.timeout.ms=10000\nrequest.timeout.ms=30000\nbuffer.memory=33554432\n"]),
        .init(
            "transactional-id-fenced",
            [
                "app.log":
                    "2026-11-26 03:00:09,000 INFO (TransactionManager) [Producer clientId=a, transactionalId=pay-1] "
                    + "Transiting to fatal error state due to org.apache.kafka.common.errors.ProducerFencedException: There "
                    + "is a newer producer with the same transactionalId which fences the current one.\n",
                "server.log":
                    "[2026-11-26 03:00:01,000] INFO [TransactionCoordinator id=1] Initialized transactionalId pay-1 with "
                    + "producerId 1 and producer epoch 4 on partition __transaction_state-5 "
                    + "(kafka.coordinator.transaction.TransactionCoordinator)\n"
                    + "[2026-11-26 03:00:08,000] INFO [TransactionCoordinator id=1] Initialized transactionalId pay-1 with "
                    + "producerId 1 and producer epoch 6 on partition __transaction_state-5 "
                    + "(kafka.coordinator.transaction.TransactionCoordinator)\n",
            ]),
        .init(
            "not-enough-replicas",
            [
                "topic.txt":
                    "Topic: a\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n"
                    + "\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1\n",
                "app.log":
                    "2026-11-26 03:00:01 ERROR app: delivery of event 1 failed: Broker: Not enough in-sync replicas\n",
            ]),
    ]

    static let connections: [SyntheticInput] = [
        .init(
            "dns-failure",
            [
                "app.log":
                    "2026-11-26 03:00:00,000 WARN (ClientUtils) Couldn't resolve server kafka.prod.example:9092 from "
                    + "bootstrap.servers as DNS resolution failed for kafka.prod.example\n2026-11-26 03:00:00,010 ERROR (App) "
                    + "org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls given in bootstrap.servers\n"
            ]),
        .init(
            "dns-failure",
            [
                "app.log":
                    "%3|1795664876.533|FAIL|rdkafka#producer-1| [thrd:kafka.example:9092/bootstrap]: "
                    + "kafka.example:9092/bootstrap: Failed to resolve 'kafka.example:9092': Name or service not known "
                    + "(after 12ms in state CONNECT)\n2026-11-26 03:00:09,000 INFO app: stopped: 0 delivered, 5 failed\n"
            ]),
        .init(
            "advertised-listener-unreachable",
            [
                "app.log": start
                    + (1...6).map {
                        java(
                            $0, 0, "WARN", "NetworkClient",
                            "Error connecting to node kafka-0.internal:9092 (id: 0 rack: "
                                + "null) java.net.UnknownHostException: kafka-0.internal")
                    }.joined() + end(0, 9)
            ]),
        .init(
            "advertised-listener-unreachable",
            [
                "app.log": (1...3).map {
                    "%3|179566487\($0).533|FAIL|rdkafka#producer-1| [thrd:localhost:9092/1]: localhost:9092/1: Connect to "
                        + "ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)\n"
                }.joined()
                    + "2026-11-26 03:00:09,000 INFO app: publisher stopped: 0 delivered, 5 failed, 0 still queued\n"
            ]),
        .init(
            "advertised-listener-unreachable",
            [
                "app.log": (1...5).map {
                    "2026-11-26 03:00:0\($0),000 | ERROR | aiokafka - Unable connect to node with id 1: [Errno 111] Connect "
                        + "call failed ('127.0.0.1', 9092)\n"
                }.joined() + "2026-11-26 03:00:09,000 | INFO | app - 0 delivered, 9 failed in 9 s\n"
            ]),
        .init(
            "tls-certificate-name",
            [
                "app.log": "2026-11-26 03:00:00,000 ERROR (NetworkClient) [Producer clientId=a] Connection to node -1 "
                    + "(/10.20.3.11:9093) failed authentication due to: SSL handshake failed\njavax.net.ssl."
                    + "SSLHandshakeException: No subject alternative names matching IP address 10.20.3.11 found\n"
            ]),
        .init(
            "tls-certificate-name",
            [
                "app.log":
                    "%3|1795664876.533|FAIL|rdkafka#producer-1| [thrd:ssl://10.20.3.11:9093/bootstrap]: "
                    + "ssl://10.20.3.11:9093/bootstrap: SSL handshake failed: error:0A000086: broker certificate could not "
                    + "be verified, verify that ssl.ca.location is correctly configured: IP address mismatch (after 9ms in "
                    + "state SSL_HANDSHAKE)\n"
            ]),
        .init(
            "sasl-mismatch",
            [
                "app.log": (1...4).map {
                    java(
                        $0, 0, "INFO", "NetworkClient",
                        "Cancelled in-flight METADATA request with correlation id \($0) due to "
                            + "node -1 being disconnected (elapsed time since creation: 2ms, elapsed time since send: 2ms)"
                    )
                        + java(
                            $0, 1, "WARN", "NetworkClient",
                            "Bootstrap broker 10.20.3.11:9094 (id: -1 rack: null) disconnected")
                }.joined() + end(0, 5)
            ]),
        .init(
            "tls-mismatch",
            [
                "app.log": (1...4).map {
                    java(
                        $0, 0, "INFO", "NetworkClient",
                        "Cancelled in-flight API_VERSIONS request with correlation id \($0) due "
                            + "to node -1 being disconnected (elapsed time since creation: 2ms, elapsed time since send: 2ms)"
                    )
                        + java(
                            $0, 1, "WARN", "NetworkClient",
                            "Bootstrap broker 10.20.3.11:9093 (id: -1 rack: null) disconnected")
                }.joined() + end(0, 5)
            ]),
        .init(
            "not-enough-replicas",
            [
                "p.conf": "enable.idempotence=true\nmessage.timeout.ms=9000\n",
                "topic.txt":
                    "Topic: a\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n"
                    + "\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1\n",
                "app.log": "2026-11-26 03:00:01,000 ERROR app: delivery of event 1 failed: Local: Message timed out\n"
                    + "2026-11-26 03:00:09,000 INFO app: publisher stopped: 90 delivered, 4 failed, 0 still queued\n",
            ]),
        .init(
            "sasl-credentials",
            [
                "app.log": "2026-11-26 03:00:00,000 ERROR (NetworkClient) [Producer clientId=a] Connection to node -1 "
                    + "(/10.20.3.11:9094) failed authentication due to: Authentication failed: Invalid username or password\n"
            ]),
        .init(
            "sasl-credentials",
            [
                "app.log":
                    "%3|1795664876.533|FAIL|rdkafka#producer-1| [thrd:sasl_plaintext://10.20.3.11:9094/bootstrap]: "
                    + "sasl_plaintext://10.20.3.11:9094/bootstrap: SASL authentication error: Authentication failed: Invalid "
                    + "username or password (after 5003ms in state AUTH_REQ)\n"
            ]),
        .init(
            "broker-not-listening",
            [
                "app.log":
                    "%3|1795664876.533|FAIL|rdkafka#producer-1| [thrd:10.20.3.11:9093/bootstrap]: 10.20.3.11:9093/bootstrap: "
                    + "Connect to ipv4#10.20.3.11:9093 failed: Connection refused (after 0ms in state CONNECT)\n"
                    + "2026-11-26 03:00:09,000 INFO app: publisher stopped: 0 delivered, 5 failed, 0 still queued\n"
            ]),
        .init(
            "idle-connection-dropped",
            [
                "app.log": start + java(3, "App", "going idle") + java(130, "App", "new work arrived")
                    + java(160, 0, "INFO", "NetworkClient", "Disconnecting from node 1 due to request timeout.")
                    + java(
                        160, 2, "INFO", "NetworkClient",
                        "Cancelled in-flight PRODUCE request with correlation id 35 due "
                            + "to node 1 being disconnected (elapsed time since creation: 30972ms, elapsed time since send: "
                            + "30972ms, throttle time: 0ms, request timeout: 30000ms)")
                    + java(
                        160, 3, "WARN", "Sender",
                        "Got error produce response with correlation id 36 on topic-partition "
                            + "iot-0, retrying (2147483646 attempts left). Error: REQUEST_TIMED_OUT. Error Message: Disconnected"
                    )
                    + end(100, 0, at: 170)
            ]),
        .init(
            "broker-restart",
            [
                "app.log": start
                    + (0..<12).map {
                        java(
                            5 + $0, 0, "WARN", "NetworkClient",
                            "Connection to node 1 (/10.20.3.11:9092) could not be established. Node may not be available."
                        )
                    }.joined()
                    + java(
                        4, 0, "WARN", "Sender",
                        "Got error produce response with correlation id 36 on topic-partition a-0, "
                            + "retrying (2147483646 attempts left). Error: NETWORK_EXCEPTION. Error Message: Disconnected"
                    )
                    + end(100, 0)
            ]),
    ]
}
