extension SyntheticInput {
    static let records: [SyntheticInput] = [
        .init(
            "in-flight-reordering",
            [
                "p.properties": "# kafka-clients 2.4.1\nacks=all\nretries=10\nbatch.size=0\nbuffer.memory=33554432\n",
                "app.log": "2026-11-26 03:00:00,050 INFO (AppInfoParser) Kafka version: 2.4.1\n"
                    + java(
                        2, 0, "WARN", "Sender",
                        "Got error produce response with correlation id 9 on topic-partition acc-0, "
                            + "retrying (9 attempts left). Error: NOT_LEADER_FOR_PARTITION") + end(300, 0),
                "ticket.txt": "Events of one account arrive in the wrong order.\n",
            ]),
        .init(
            "new-topic-race",
            [
                "app.log": start
                    + java(
                        1, 0, "WARN", "NetworkClient",
                        "The metadata response from the cluster reported a recoverable issue "
                            + "with correlation id 3 : {fresh=UNKNOWN_TOPIC_OR_PARTITION}")
                    + java(
                        1, 200, "WARN", "Sender",
                        "Got error produce response with correlation id 5 on topic-partition "
                            + "fresh-0, retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER")
                    + (2...9).map {
                        java(
                            $0, 0, "WARN", "Sender",
                            "Got error produce response with correlation id 6 on topic-partition "
                                + "fresh-0, retrying (2147483646 attempts left). Error: OUT_OF_ORDER_SEQUENCE_NUMBER")
                    }.joined() + end(99, 1),
                "ticket.txt": "The first records of a new topic are missing.\n",
            ]),
        .init(
            "broker-forgot-window",
            [
                "app.log": start + java(5, 0, "INFO", "NetworkClient", "Node 1 disconnected.")
                    + java(
                        5, 2, "INFO", "NetworkClient",
                        "Cancelled in-flight PRODUCE request with correlation id 35 due to "
                            + "node 1 being disconnected (elapsed time since creation: 90ms, elapsed time since send: 90ms, "
                            + "throttle time: 0ms, request timeout: 30000ms)")
                    + java(
                        5, 3, "WARN", "Sender",
                        "Got error produce response with correlation id 35 on topic-partition a-0, "
                            + "retrying (2147483646 attempts left). Error: NETWORK_EXCEPTION. Error Message: Disconnected"
                    )
                    + java(
                        9, 0, "WARN", "Sender",
                        "Got error produce response with correlation id 41 on topic-partition a-0, "
                            + "retrying (2147483645 attempts left). Error: OUT_OF_ORDER_SEQUENCE_NUMBER")
                    + java(9, 4, "INFO", "TransactionManager", "ProducerId set to 7001 with epoch 1")
                    + java(
                        9, 5, "INFO", "ProducerBatch",
                        "Resetting sequence number of batch with current sequence 60 for "
                            + "partition a-0 to 0") + end(400, 0),
                "ticket.txt": "Records twice since the brokers (Kafka 3.9) were restarted last night.\n",
            ]),
        .init(
            "librdkafka-desync-before-2.3",
            [
                "app.log":
                    "%0|1795664840.189|FATAL|rdkafka#producer-1| [thrd:10.20.3.11:9092/1]: Fatal error: Broker: Broker "
                    + "received an out of order sequence number: ProduceRequest for t [0] with 9 message(s) failed due to "
                    + "sequence desynchronization with broker 1 (PID{Id:4,Epoch:0}, base seq 422, idemp state change 450ms "
                    + "ago, last partition error _TRANSPORT)\n",
                "ticket.txt": "Our gateway died of this. confluent-kafka 2.1.1.\n",
            ]),
        .init(
            "retries-zero",
            [
                "p.conf": "bootstrap.servers=10.20.3.11:9092\nacks=all\nretries=0\nsocket.keepalive.enable=true\n",
                "app.log":
                    "2026-11-26 03:00:05,000 WARNING rdkafka: FAIL [rdkafka#producer-1] [thrd:10.20.3.11:9092/1]: "
                    + "10.20.3.11:9092/1: Disconnected: connection reset by peer (after 1444ms in state UP)\n"
                    + "2026-11-26 03:00:05,010 ERROR app: delivery of event 7 failed: Local: Broker transport failure\n"
                    + "2026-11-26 03:00:09,000 INFO app: publisher stopped: 996 delivered, 4 failed, 0 still queued\n",
            ]),
        .init(
            "retries-too-few",
            [
                "p.conf": "enable.idempotence=true\nacks=all\nretries=2\nmessage.timeout.ms=30000\n",
                "app.log":
                    "2026-11-26 03:00:05,000 WARNING rdkafka: FAIL [rdkafka#producer-1] [thrd:10.20.3.11:9092/1]: "
                    + "10.20.3.11:9092/1: Disconnected: connection reset by peer (after 1444ms in state UP)\n"
                    + "2026-11-26 03:00:05,010 ERROR app: delivery of event 7 failed: Local: Broker transport failure\n"
                    + "2026-11-26 03:00:09,000 INFO app: publisher stopped: 996 delivered, 4 failed, 0 still queued\n",
            ]),
        .init(
            "buffer-exhausted",
            [
                "p.json": "{\"acks\": \"all\", \"enable.idempotence\": true, \"queue.buffering.max.messages\": 1000}\n",
                "app.log":
                    "2026-11-26 03:00:05,000 ERROR app: could not send event 1200: BufferError: Local: Queue full\n",
            ]),
        .init(
            "delivery-timeout-too-low",
            [
                "p.properties": "acks=all\ndelivery.timeout.ms=5000\nrequest.timeout.ms=2000\nlinger.ms=5\n",
                "app.log": start
                    + java(9, 0, "INFO", "NetworkClient", "Disconnecting from node 1 due to request timeout.")
                    + java(
                        11, 0, "ERROR", "App",
                        "could not publish order 7 to a: org.apache.kafka.common.errors."
                            + "TimeoutException: Expiring 3 record(s) for a-1:5001 ms has passed since batch creation.")
                    + end(900, 3),
            ]),
        .init(
            "exit-without-flush",
            [
                "app.log":
                    "%4|1795664840.189|TERMINATE|rdkafka#producer-1| [thrd:app]: Producer terminating with 70 messages (7000 "
                    + "bytes) still in queue or transit: use flush() to wait for outstanding message delivery\n"
            ]),
    ]

    static let throughput: [SyntheticInput] = [
        .init(
            "quota-throttled",
            [
                "app.log": start
                    + java(
                        5, "App",
                        "producer metrics: produce-throttle-time-avg=812.0, produce-throttle-time-max=1200.0, "
                            + "record-queue-time-avg=2200, record-send-rate=90") + end(900, 0),
                "configs.txt": "Quota configs for user-principal 'etl' are producer_byte_rate=65536.0\n",
            ]),
        .init(
            "pipelining-limit",
            [
                "p.properties": "acks=all\nmax.in.flight.requests.per.connection=1\nbatch.size=16384\nlinger.ms=5\n",
                "app.log": start
                    + (1...6).map {
                        java(
                            $0 * 5, "App",
                            "producer metrics: batch-size-avg=16100, record-error-rate=0.000, "
                                + "record-queue-time-avg=\($0 * 900).0, request-latency-avg=181.0, requests-in-flight=1.000"
                        )
                    }.joined() + end(900, 0),
                "ticket.txt": "Sydney to Frankfurt, round trip 180 ms; throughput is a tenth of what we send.\n",
            ]),
        .init(
            "compression-cpu",
            [
                "p.properties":
                    "acks=all\ncompression.type=zstd\ncompression.zstd.level=22\nlinger.ms=5\nbuffer.memory=33554432\n",
                "app.log": start
                    + (1...3).map {
                        java(
                            $0 * 5, "App",
                            "producer metrics: batch-size-avg=9100, record-error-rate=0.000, "
                                + "record-queue-time-avg=12.0, request-latency-avg=3.0, record-send-rate=90.0")
                    }.joined() + end(900, 0),
                "ticket.txt": "The import is slow, the network is idle and one core is at 100 %.\n",
            ]),
    ]

    static let settings: [SyntheticInput] = [
        .init("none", ["app.log": start + java(5, 0, "INFO", "NetworkClient", "Node 1 disconnected.") + end(900, 0)]),
        .init("none", ["p.properties": "acks=all\nlinger.ms=5\nbuffer.memory=33554432\n"]),
        .init(
            "none",
            [
                "app.log": start
                    + java(
                        5, 0, "WARN", "Sender",
                        "Got error produce response with correlation id 9 on topic-partition a-0, "
                            + "retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER") + end(900, 0)
            ]),
        .init(
            "none",
            [
                "app.log": start
                    + java(
                        1, 0, "WARN", "NetworkClient",
                        "The metadata response from the cluster reported a recoverable issue "
                            + "with correlation id 3 : {fresh=UNKNOWN_TOPIC_OR_PARTITION}") + end(900, 0)
            ]),
        .init(
            "none",
            [
                "app.log": start
                    + [1, 2, 3].map { node in
                        java(
                            node * 5, 0, "WARN", "NetworkClient",
                            "Connection to node \(node) (/10.20.3.1\(node):9092) could "
                                + "not be established. Node may not be available.")
                            + java(
                                node * 5 + 1, 0, "WARN", "Sender",
                                "Got error produce response with correlation id 9 on "
                                    + "topic-partition a-0, retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER"
                            )
                    }.joined() + end(900, 0)
            ]),
        .init("acks-too-lenient", ["p.properties": "acks=1\nlinger.ms=5\nbuffer.memory=33554432\n"]),
        .init(
            "idempotence-off",
            [
                "application.yaml": "spring:\n  kafka:\n    producer:\n      acks: all\n      properties:\n        "
                    + "enable.idempotence: false\n", "ticket.txt": "Some orders are in the topic twice.\n",
            ]),
    ]
}
