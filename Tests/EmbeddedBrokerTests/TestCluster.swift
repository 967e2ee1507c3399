import EmbeddedBroker
import KafkaWire
import RawClient

/// A cluster on loopback for one test.
struct TestCluster {
    let cluster: EmbeddedCluster

    init(
        release: String = "4.3", nodes: Int32 = 1, topics: [BrokerConfiguration.Topic] = [.init(name: "t")],
        properties: [String: String] = [:], limits: BrokerConfiguration.Limits = .init()
    ) throws {
        var configuration = BrokerConfiguration(
            release: Release(release)!,
            nodes: (1...nodes).map {
                .init(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
            }, topics: topics, properties: properties)
        configuration.limits = limits
        cluster = try EmbeddedCluster.launch(configuration)
    }

    func connect(_ node: Int32 = 1, timeout: Duration = .seconds(20)) throws -> RawConnection {
        try RawConnection(connectTo: "127.0.0.1", port: try cluster.port(of: node), timeout: timeout)
    }

    func reader(node: Int32 = 1) throws -> LogReader {
        LogReader(host: "127.0.0.1", port: try cluster.port(of: node))
    }

    func read(_ topic: String = "t", node: Int32 = 1) throws -> ReadLog {
        try reader(node: node).read(topics: [topic])
    }

    static func batch(_ values: [String], producer: Int64 = -1, sequence: Int32 = -1, timestamp: Int64 = 1000)
        -> [UInt8]
    {
        RecordBatchBuilder(
            values.map { Record(value: Array($0.utf8)) }, baseTimestamp: timestamp, producerID: producer,
            producerEpoch: producer < 0 ? -1 : 0, baseSequence: sequence
        ).build()
    }

    static func request(_ records: [UInt8]?, acks: Int16 = -1, timeoutMs: Int32 = 10_000) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = timeoutMs
        request.topics = [.init(name: "t", partitions: [.init(index: 0, records: records)])]
        return request
    }
}

extension RawConnection {
    /// Produces one batch to t-0; the partition's answer.
    func produce(
        _ records: [UInt8]?, acks: Int16 = -1, timeoutMs: Int32 = 10_000, version: Int16 = 8
    ) throws -> ProduceResponse.Partition {
        let request = TestCluster.request(records, acks: acks, timeoutMs: timeoutMs)
        let response = try produce(request, version: version)
        return response!.topics[0].partitions[0]
    }
}
