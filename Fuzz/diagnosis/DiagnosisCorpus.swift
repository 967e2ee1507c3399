/// Sound inputs that damaged ones are made from: one of each kind, as clients and people write them.
enum DiagnosisCorpus {
    /// Of a properties file.
    static let properties = """
        bootstrap.servers=10.20.3.11:9092
        client.id=invoice-publisher
        key.serializer=org.apache.kafka.common.serialization.StringSerializer
        value.serializer=org.apache.kafka.common.serialization.StringSerializer
        acks=all
        enable.idempotence=true
        max.in.flight.requests.per.connection=5
        linger.ms=5
        request.timeout.ms=1500
        # fail fast, the application tries again by itself
        delivery.timeout.ms=3000
        max.block.ms=5000
        """

    /// Of Spring.
    static let spring = """
        spring:
          application:
            name: reservations
          kafka:
            bootstrap-servers: ${KAFKA_BOOTSTRAP:10.20.3.11:9092}
            client-id: reservations
            producer:
              acks: all
              retries: 2147483647
              compression-type: lz4
              key-serializer: org.apache.kafka.common.serialization.StringSerializer
              value-serializer: org.apache.kafka.common.serialization.StringSerializer
              properties:
                linger.ms: 20
                delivery.timeout.ms: 6000
                request.timeout.ms: 3000
                max.block.ms: 10000
        """

    /// Of a Python dictionary.
    static let python = """
        # settings.py
        KAFKA = {
            "bootstrap_servers": "10.20.3.11:9092",
            "client_id": "billing",
            "acks": "all",
            "retries": 10,
            "linger_ms": 10,
            "request_timeout_ms": 600,
            "max_in_flight_requests_per_connection": 1,
            "compression_type": "gzip",
        }
        """

    /// Of JSON.
    static let json = """
        {
          "bootstrap.servers": "10.20.3.11:9092",
          "client.id": "trade-capture",
          "enable.idempotence": true,
          "acks": "all",
          "max.in.flight.requests.per.connection": 5,
          "linger.ms": 0,
          "batch.num.messages": 1,
          "socket.nagle.disable": true,
          "delivery.timeout.ms": 30000
        }
        """

    /// Of docker-compose.
    static let compose = """
        version: "3.9"
        services:
          kafka:
            image: apache/kafka:4.0.0
            ports: ["9092:9092"]
            environment:
              CLUSTER_ID: 4L6g3nShT-eMCtK--X86sw
              # listeners and advertised.listeners are left at the image's defaults
          shop:
            image: registry.local/shop:0.3
            depends_on: [kafka]
            environment:
              PRODUCER_BOOTSTRAP_SERVERS: "kafka:9092"
              PRODUCER_CLIENT_ID: "shop"
              PRODUCER_ACKS: "all"
              PRODUCER_LINGER_MS: "5"
              PRODUCER_MAX_BLOCK_MS: "60000"
              PRODUCER_DELIVERY_TIMEOUT_MS: "15000"
              PRODUCER_REQUEST_TIMEOUT_MS: "5000"
        """

    /// Of kafka-clients.
    static let javaLog = """
        03:24:49.212 [main] INFO  org.apache.kafka.clients.producer.KafkaProducer - [Producer clientId=invoice-publi\
        sher] Instantiated an idempotent producer.
        03:24:49.303 [main] INFO  org.apache.kafka.common.utils.AppInfoParser - Kafka version: 4.3.0
        03:24:49.622 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.Metadata - [\
        Producer clientId=invoice-publisher] Cluster ID: tTk_yF654REpxeDNrfqucw
        03:24:49.627 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.producer.int\
        ernals.TransactionManager - [Producer clientId=invoice-publisher] ProducerId set to 101001 with epoch 0
        03:24:54.244 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.NetworkClien\
        t - [Producer clientId=invoice-publisher] Disconnecting from node 1 due to request timeout.
        03:24:54.246 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.NetworkClien\
        t - [Producer clientId=invoice-publisher] Cancelled in-flight PRODUCE request with correlation id 296 due to\
         node 1 being disconnected (elapsed time since creation: 1504ms, elapsed time since send: 1504ms, throttle t\
        ime: 0ms, request timeout: 1500ms)
        03:24:54.250 [kafka-producer-network-thread | invoice-publisher] WARN  org.apache.kafka.clients.producer.int\
        ernals.Sender - [Producer clientId=invoice-publisher] Got error produce response with correlation id 296 on \
        topic-partition invoices-1, retrying (2147483646 attempts left). Error: REQUEST_TIMED_OUT. Error Message: Di\
        sconnected from node 1 due to timeout
        03:24:54.251 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.Metadata - [\
        Producer clientId=invoice-publisher] Rebootstrapping with [/10.20.3.11:9092]
        03:24:55.738 [kafka-producer-network-thread | invoice-publisher] WARN  shop.OrderService - publish of order \
        342 failed (org.apache.kafka.common.errors.TimeoutException: Expiring 1 record(s) for invoices-1:3001 ms has\
         passed since batch creation. The request has not been sent, or no server response has been received yet.), \
        publishing it again (attempt 2)
        03:24:55.784 [kafka-producer-network-thread | invoice-publisher] INFO  org.apache.kafka.clients.producer.int\
        ernals.TransactionManager - [Producer clientId=invoice-publisher] No inflight batches remaining for invoices\
        -1, last ack'd sequence for partition is 89, next sequence is 95. Going to bump epoch and reset sequence num\
        bers.
        03:25:01.381 [main] INFO  shop.OrderService - order-service stopped: 1200 published, 0 failed, 152 published\
         again in 12.1 s
        """

    /// Of librdkafka.
    static let librdkafkaLog = """
        2026-11-26 03:48:48,014 INFO rdkafka: REQTMOUT [tram-telemetry#producer-1] [thrd:10.20.3.11:9092/bootstrap]:\
         10.20.3.11:9092/1: Timed out ProduceRequest in flight (after 4467ms, timeout #0)
        2026-11-26 03:48:48,015 WARNING rdkafka: REQTMOUT [tram-telemetry#producer-1] [thrd:10.20.3.11:9092/bootstra\
        p]: 10.20.3.11:9092/1: Timed out 1 in-flight, 0 retry-queued, 0 out-queue, 0 partially-sent requests
        2026-11-26 03:48:48,015 ERROR rdkafka: FAIL [tram-telemetry#producer-1] [thrd:10.20.3.11:9092/bootstrap]: 10\
        .20.3.11:9092/1: 1 request(s) timed out: disconnect (after 12152ms in state UP)
        2026-11-26 03:48:48,016 ERROR trams: delivery of event 643 failed: Local: Message timed out
        2026-11-26 03:48:49,292 WARNING rdkafka: REQTMOUT [tram-telemetry#producer-1] [thrd:10.20.3.11:9092/bootstra\
        p]: 10.20.3.11:9092/1: Timed out 0 in-flight, 0 retry-queued, 1 out-queue, 1 partially-sent requests
        %4|1795664839.100|FAIL|trade-capture#producer-1| [thrd:10.20.3.11:9092/1]: 10.20.3.11:9092/1: Disconnected: \
        connection reset by peer (after 3862ms in state UP)
        %0|1795664840.189|FATAL|trade-capture#producer-1| [thrd:10.20.3.11:9092/1]: Fatal error: Broker: Broker rece\
        ived an out of order sequence number: ProduceRequest for trades [0] with 1 message(s) failed due to sequence\
         desynchronization with broker 1 (PID{Id:451001,Epoch:0}, base seq 422, idemp state change 4500ms ago, last \
        partition error _TRANSPORT (actions Refresh,MsgPossiblyPersisted, base seq 426..426, base msgid 427, 1088ms \
        ago)
        """

    /// Of kafka-python.
    static let pythonLog = """
        2026-11-26 03:41:05,849 INFO:kafka.producer.transaction_manager:ProducerId set to -1 with epoch -1
        2026-11-26 03:41:05,853 INFO:kafka.producer.transaction_manager:ProducerId set to 501001 with epoch 0
        2026-11-26 03:41:09,810 WARNING:kafka.net.connection:<KafkaConnection node_id=1 host=[10.20.3.11:9092<-37950\
        ] broker_version=(4, 0) (connected)>: Request timed out after 799 ms. Closing connection.
        2026-11-26 03:41:09,811 ERROR:kafka.producer.sender:<Sender client_id=scada-bridge transactional_id=None>: E\
        rror sending produce request to node 1: [Error 7] RequestTimedOutError: Request timed out after 799 ms
        2026-11-26 03:41:09,811 WARNING:kafka.producer.sender:<Sender client_id=scada-bridge transactional_id=None>:\
         Got error produce response on topic-partition TopicPartition(topic='scada', partition=0), retrying (inf att\
        empts left): RequestTimedOutError. Error Message: Request timed out after 799 ms
        2026-11-26 03:41:10,513 WARNING:kafka.producer.producer_batch:Failed to produce messages to topic-partition \
        TopicPartition(topic='scada', partition=0) with base offset None: KafkaTimeoutError: Expiring 1 record(s) fo\
        r TopicPartition(topic='scada', partition=0): 1510 ms has passed since batch creation
        2026-11-26 03:41:10,525 INFO:kafka.producer.transaction_manager:ProducerId set to -1 with epoch -1
        2026-11-26 03:42:15,843 INFO:scada:done: 378 delivered, 66 failed in 70.0 s
        """

    /// Of a broker.
    static let serverLog = """
        [2026-11-26 03:35:01,000] INFO [TransactionCoordinator id=1] Initialized transactionalId warehouse-sync-1 wi\
        th producerId 1 and producer epoch 0 on partition __transaction_state-5 (kafka.coordinator.transaction.Trans\
        actionCoordinator)
        [2026-11-26 03:35:09,015] INFO [TransactionCoordinator id=1] Completed rollback of ongoing transaction for t\
        ransactionalId warehouse-sync-1 due to timeout (kafka.coordinator.transaction.TransactionCoordinator)
        [2026-11-26 03:35:12,169] WARN [TransactionCoordinator id=1] TransactionalId: warehouse-sync-1's state is CO\
        MPLETE_ABORT, but received transaction marker result to send: COMMIT (kafka.coordinator.transaction.Transact\
        ionCoordinator)
        """

    /// Of kafka-topics.
    static let topics = """
        Topic: pos-sales	TopicId: 8XMfQt3kT2ylb-6x2Yf46w	PartitionCount: 2	ReplicationFactor: 1	Configs: min.insync.\
        replicas=2
        	Topic: pos-sales	Partition: 0	Leader: 1	Replicas: 1	Isr: 1	Elr: 	LastKnownElr: 
        	Topic: pos-sales	Partition: 1	Leader: 1	Replicas: 1	Isr: 1	Elr: 	LastKnownElr: 
        """

    /// Of kafka-configs.
    static let configs = """
        Dynamic configs for topic orders are:
          message.downconversion.enable=false sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:message.downconversion.\
        enable=false, DEFAULT_CONFIG:log.message.downconversion.enable=true}
        """

    /// Of Java.
    static let source = """
                for (Row row : rows) {
                    producer.send(new ProducerRecord<>("rows", row.toJson()));
                    producer.flush();   // be on the safe side
                }
        """

    /// Of a person.
    static let ticket = """
        The EU gateway produces to the old cluster (0.11.0.2, to be replaced next year). It dies about once a week w\
        ith the error below and systemd starts it again.
        """

    /// A capture of five packets.
    static let capture: [UInt8] = [
        0x0a, 0x0d, 0x0d, 0x0a, 0x6c, 0x00, 0x00, 0x00, 0x4d, 0x3c, 0x2b, 0x1a, 0x01, 0x00, 0x00, 0x00, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x04, 0x00, 0x45, 0x00, 0x45, 0x64, 0x69, 0x74, 0x63, 0x61,
        0x70, 0x20, 0x28, 0x57, 0x69, 0x72, 0x65, 0x73, 0x68, 0x61, 0x72, 0x6b, 0x29, 0x20, 0x34, 0x2e, 0x30,
        0x2e, 0x31, 0x37, 0x20, 0x28, 0x47, 0x69, 0x74, 0x20, 0x76, 0x34, 0x2e, 0x30, 0x2e, 0x31, 0x37, 0x20,
        0x70, 0x61, 0x63, 0x6b, 0x61, 0x67, 0x65, 0x64, 0x20, 0x61, 0x73, 0x20, 0x34, 0x2e, 0x30, 0x2e, 0x31,
        0x37, 0x2d, 0x30, 0x2b, 0x64, 0x65, 0x62, 0x31, 0x32, 0x75, 0x33, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x6c, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x65, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x04, 0x00, 0x14, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x5c, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x25, 0x61, 0x06, 0x00, 0x82, 0x4d, 0xc3, 0xd4, 0x3c, 0x00, 0x00, 0x00, 0x3c,
        0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x3c, 0x18, 0x2d, 0x40, 0x00, 0x40, 0x06, 0x04, 0x26, 0x0a, 0x14,
        0x07, 0x37, 0x0a, 0x14, 0x03, 0x0b, 0x8b, 0x42, 0x23, 0x84, 0x34, 0xbb, 0xfc, 0x21, 0x00, 0x00, 0x00,
        0x00, 0xa0, 0x02, 0xfa, 0xf0, 0x53, 0xba, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a,
        0x72, 0x01, 0x89, 0x43, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a, 0x5c, 0x00, 0x00, 0x00, 0x06,
        0x00, 0x00, 0x00, 0x5c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x25, 0x61, 0x06, 0x00, 0x79, 0x9d,
        0xd2, 0xd4, 0x3c, 0x00, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x3c, 0x18, 0x2e, 0x40,
        0x00, 0x40, 0x06, 0x04, 0x25, 0x0a, 0x14, 0x07, 0x37, 0x0a, 0x14, 0x03, 0x0b, 0x8b, 0x42, 0x23, 0x84,
        0x34, 0xbb, 0xfc, 0x21, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0x4f, 0xce, 0x00, 0x00, 0x02,
        0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x72, 0x01, 0x8d, 0x2f, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03,
        0x03, 0x0a, 0x5c, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x5c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x25, 0x61, 0x06, 0x00, 0x0b, 0x4d, 0xe2, 0xd4, 0x3c, 0x00, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00,
        0x45, 0x00, 0x00, 0x3c, 0x18, 0x2f, 0x40, 0x00, 0x40, 0x06, 0x04, 0x24, 0x0a, 0x14, 0x07, 0x37, 0x0a,
        0x14, 0x03, 0x0b, 0x8b, 0x42, 0x23, 0x84, 0x34, 0xbb, 0xfc, 0x21, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x02,
        0xfa, 0xf0, 0x4b, 0xca, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x72, 0x01, 0x91,
        0x33, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a, 0x5c, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00,
        0x5c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x25, 0x61, 0x06, 0x00, 0x23, 0xed, 0xf1, 0xd4, 0x3c,
        0x00, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x3c, 0x18, 0x30, 0x40, 0x00, 0x40, 0x06,
        0x04, 0x23, 0x0a, 0x14, 0x07, 0x37, 0x0a, 0x14, 0x03, 0x0b, 0x8b, 0x42, 0x23, 0x84, 0x34, 0xbb, 0xfc,
        0x21, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0x47, 0xca, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4,
        0x04, 0x02, 0x08, 0x0a, 0x72, 0x01, 0x95, 0x33, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a, 0x5c,
        0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x5c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x25, 0x61,
        0x06, 0x00, 0x85, 0x7d, 0x01, 0xd5, 0x3c, 0x00, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00,
        0x3c, 0x18, 0x31, 0x40, 0x00, 0x40, 0x06, 0x04, 0x22, 0x0a, 0x14, 0x07, 0x37, 0x0a, 0x14, 0x03, 0x0b,
        0x8b, 0x42, 0x23, 0x84, 0x34, 0xbb, 0xfc, 0x21, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0x43,
        0xce, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x72, 0x01, 0x99, 0x2f, 0x00, 0x00,
        0x00, 0x00, 0x01, 0x03, 0x03, 0x0a, 0x5c, 0x00, 0x00, 0x00,
    ]
}
