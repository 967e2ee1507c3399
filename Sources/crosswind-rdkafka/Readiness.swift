import CRdkafka
import Glibc
import SystemCalls

/// Waits for the steady state that time zero of a timeline means: connected, metadata of every topic, producer id in
/// hand, and a connection to the leader of every partition.
struct Readiness {
    private let client: Client
    private let configuration: Configuration
    /// One round of waiting: how long a call may block before the end of the harness is looked at again.
    private let roundMs: Int32 = 1000
    /// Between two looks at something that is not there yet.
    private let retryMs: Int32 = 20

    init(_ client: Client, _ configuration: Configuration) {
        self.client = client
        self.configuration = configuration
    }

    /// Returns when the client is ready; how long that may take is for the harness to decide.
    func wait() throws(DriverFailure) {
        var leaders: [Leader] = []
        for index in configuration.topics.indices {
            while true {
                if let found = try metadata(index) {
                    leaders += found
                    break
                }
                try pause()
            }
        }
        if client.isTransactional { try initTransactions() }
        while client.isIdempotent && !client.isTransactional && !client.hasProducerID { try pause() }
        connect(to: leaders)
    }

    /// The leader of a partition.
    private struct Leader {
        var node: Int32
        var topic: String
        var partition: Int32
        var isBootstrap: Bool
    }

    /// The leaders of a topic's partitions, or nil while the cluster does not name them all.
    private func metadata(_ index: Int) throws(DriverFailure) -> [Leader]? {
        let topic = configuration.topics[index]
        var pointer: UnsafePointer<rd_kafka_metadata>?
        let error = rd_kafka_metadata(client.handle, 0, client.topics[index], &pointer, roundMs)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata = pointer?.pointee else { return nil }
        defer { rd_kafka_metadata_destroy(pointer) }
        guard metadata.topic_cnt == 1, metadata.topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let partitions = UnsafeBufferPointer(
            start: metadata.topics[0].partitions, count: Int(metadata.topics[0].partition_cnt))
        guard partitions.count >= topic.partitions, partitions.allSatisfy({ $0.leader >= 0 }) else { return nil }
        var bootstrapNodes: Set<Int32> = []
        if metadata.broker_cnt == 1 {
            let broker = metadata.brokers[0]
            if "\(String(cString: broker.host)):\(broker.port)" == configuration.bootstrap {
                bootstrapNodes.insert(broker.id)
            }
        }
        return partitions.map {
            Leader(
                node: $0.leader, topic: topic.name, partition: $0.id, isBootstrap: bootstrapNodes.contains($0.leader))
        }
    }

    /// The blocking way to a producer id that transactional producers have.
    private func initTransactions() throws(DriverFailure) {
        while let error = rd_kafka_init_transactions(client.handle, roundMs) {
            defer { rd_kafka_error_destroy(error) }
            guard rd_kafka_error_is_retriable(error) != 0 else {
                throw DriverFailure(
                    name: ErrorName.of(rd_kafka_error_code(error)),
                    message: String(cString: rd_kafka_error_string(error)))
            }
            try pause()
        }
    }

    /// librdkafka connects to a leader when it has something to say to it. Asking each one for an offset makes it do so
    /// now, so that the first record does not measure a handshake. The bootstrap node is connected already.
    private func connect(to leaders: [Leader]) {
        var asked: Set<Int32> = []
        for leader in leaders where !leader.isBootstrap && asked.insert(leader.node).inserted {
            var low: Int64 = 0
            var high: Int64 = 0
            let error = rd_kafka_query_watermark_offsets(
                client.handle, leader.topic, leader.partition, &low, &high, 2 * roundMs)
            if error != RD_KAFKA_RESP_ERR_NO_ERROR {
                client.writer.line(
                    Driver.logLine(
                        level: "warning",
                        message: "no answer from node \(leader.node) before the start: \(ErrorName.of(error))"))
            }
        }
    }

    /// Serves callbacks for a moment.
    private func pause() throws(DriverFailure) {
        Driver.endIfAsked(client)
        rd_kafka_poll(client.handle, retryMs)
        client.noteFatalError()
        if client.isFatal {
            client.writer.flush()
            ProcessEnd.atOnce(EXIT_FAILURE)
        }
    }
}
