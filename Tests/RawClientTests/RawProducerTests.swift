import EmbeddedBroker
import KafkaWire
import Testing

@testable import RawClient

/// The producer against the embedded broker, on loopback.
@Suite(.serialized) struct RawProducerTests {
    private static let nobody: Int32 = -1

    private static func cluster(nodes: Int32 = 1, partitions: Int = 1) throws -> EmbeddedCluster {
        try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: (1...nodes).map {
                    .init(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
                }, topics: [.init(name: "t", partitions: partitions)]))
    }

    private static func producer(
        _ cluster: EmbeddedCluster, _ words: [String: String], partitions: Int = 1
    ) throws -> RawProducer {
        RawProducer(
            try RawProducerProperties(words, bootstrap: "127.0.0.1:\(try cluster.port(of: 1))"),
            topics: [.init(name: "t", partitions: partitions)])
    }

    /// Works until `done` says so; false when that takes longer than half a minute.
    private static func work(_ producer: RawProducer, until done: (RawProducer) -> Bool) -> Bool {
        let end = RawProducer.nowNs() + 30_000_000_000
        while !done(producer) {
            guard RawProducer.nowNs() < end else { return false }
            _ = producer.wait(alsoFor: nobody, untilNs: RawProducer.nowNs() + 5_000_000)
        }
        return true
    }

    private static func offer(_ count: Int, to producer: RawProducer, partitions: Int = 1) {
        for id in 0..<count {
            _ = producer.offer(
                id: Int64(id), topic: 0, partition: Int32(id % partitions), value: Array("value \(id)".utf8))
        }
        producer.isFlushing = true
    }

    @Test func everyRecordIsWrittenOnceAndInOrder() throws {
        let cluster = try Self.cluster(nodes: 3, partitions: 6)
        defer { cluster.end() }
        let producer = try Self.producer(cluster, ["batch.num.messages": "7"], partitions: 6)
        #expect(Self.work(producer, until: \.isReady))
        Self.offer(1000, to: producer, partitions: 6)
        var offsets: [Int64: Int64] = [:]
        let all = Self.work(producer) { producer in
            for case .acknowledged(let id, _, _, let offset) in producer.takeReports() { offsets[id] = offset }
            return offsets.count == 1000
        }
        #expect(all, "\(offsets.count) of 1000")
        let log = try LogReader(host: "127.0.0.1", port: try cluster.port(of: 1)).read(topics: ["t"])
        for partition in 0..<6 {
            let values = log.batches.filter { $0.partition == Int32(partition) }.flatMap(\.records)
            let expected = stride(from: partition, to: 1000, by: 6).map { Array("value \($0)".utf8) }
            #expect(values.compactMap(\.value) == expected)
        }
    }

    @Test(arguments: [1, 5, 6, 10, 20]) func soManyRequestsAreInFlightOnOneConnection(limit: Int) throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let producer = try Self.producer(
            cluster, ["batch.num.messages": "1", "max.in.flight.requests.per.connection": "\(limit)"])
        #expect(Self.work(producer, until: \.isReady))
        // A paused node reads nothing and answers nothing: what is sent stays in flight.
        try cluster.pause(node: 1)
        Self.offer(50, to: producer)
        var connections: [PipelinedConnection] { producer.nodes.values.compactMap(\.connection) }
        #expect(Self.work(producer) { _ in connections.contains { $0.produceInFlight >= limit } })
        // Whatever it is asked to do now, it sends no further one.
        for _ in 0..<20 { _ = producer.wait(alsoFor: Self.nobody, untilNs: RawProducer.nowNs() + 1_000_000) }
        #expect(connections.map(\.produceInFlight).max() == limit)
        #expect(connections.filter { $0.produceInFlight > 0 }.count == 1)
        try cluster.resume(node: 1)
        var acknowledged = 0
        let all = Self.work(producer) { producer in
            for case .acknowledged in producer.takeReports() { acknowledged += 1 }
            return acknowledged == 50
        }
        #expect(all, "\(acknowledged) of 50")
    }

    @Test func whatNoNodeTakesIsGivenUpAtTheDeliveryTimeout() throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let producer = try Self.producer(cluster, ["batch.num.messages": "1", "delivery.timeout.ms": "200"])
        #expect(Self.work(producer, until: \.isReady))
        try cluster.pause(node: 1)
        Self.offer(8, to: producer)
        var certain: [Int64: Bool] = [:]
        let all = Self.work(producer) { producer in
            for case .failed(let id, _, _, let error, let isCertain) in producer.takeReports()
            where error == "DELIVERY_TIMEOUT" {
                certain[id] = isCertain
            }
            return certain.count == 8
        }
        // Five were in flight and may be written yet; three never left.
        #expect(all && certain.values.filter { $0 }.count == 3, "\(certain)")
    }

    @Test func anAnswerThatDoesNotComeEndsTheConnectionAndTheBatchGoesOutAgain() throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let producer = try Self.producer(cluster, ["batch.num.messages": "1", "request.timeout.ms": "200"])
        #expect(Self.work(producer, until: \.isReady))
        try cluster.pause(node: 1)
        Self.offer(3, to: producer)
        var timedOut = false
        let noticed = Self.work(producer) { producer in
            for case .log(_, let message) in producer.takeReports() where message.contains("without an answer") {
                timedOut = true
            }
            return timedOut
        }
        #expect(noticed)
        try cluster.resume(node: 1)
        var acknowledged: Set<Int64> = []
        let all = Self.work(producer) { producer in
            for case .acknowledged(let id, _, _, _) in producer.takeReports() { acknowledged.insert(id) }
            return acknowledged.count == 3
        }
        #expect(all)
        let log = try LogReader(host: "127.0.0.1", port: try cluster.port(of: 1)).read(topics: ["t"])
        #expect(log.batches.flatMap(\.records).count == 3, "idempotence writes each record once")
    }
}
