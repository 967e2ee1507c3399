import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

struct LimitTests {
    @Test func logMemoryIsBoundedWithAnError() throws {
        var limits = BrokerConfiguration.Limits()
        limits.logBytes = 10_000
        let cluster = try TestCluster(limits: limits)
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        let batch = TestCluster.batch([String(repeating: "x", count: 4000)])
        #expect(try connection.produce(batch).errorCode == 0)
        #expect(try connection.produce(batch).errorCode == 0)
        #expect(try connection.produce(batch).errorCode == ErrorCode.kafkaStorageError.rawValue)
    }

    @Test func requestMemoryIsBounded() throws {
        var limits = BrokerConfiguration.Limits()
        limits.requestMemoryBytes = 300_000
        let cluster = try TestCluster(limits: limits)
        defer { cluster.cluster.end() }
        // Requests that are announced larger than they come: nothing can be worked on.
        let greedy = try (0..<4).map { _ in try cluster.connect(timeout: .seconds(5)) }
        var closed = 0
        for connection in greedy {
            try connection.send([0, 0x0f, 0, 0] + [UInt8](repeating: 0, count: 100_000))
        }
        for connection in greedy {
            connection.timeout = .milliseconds(500)
            do { _ = try connection.receiveFrame() } catch RawClientError.closed { closed += 1 } catch {}
        }
        #expect(closed >= 1 && closed < 4)
        #expect(try cluster.connect().produce(TestCluster.batch(["a"])).errorCode == 0)
    }

    @Test func connectionsAreBounded() throws {
        var limits = BrokerConfiguration.Limits()
        limits.connections = 3
        let cluster = try TestCluster(limits: limits)
        defer { cluster.cluster.end() }
        let open = try (0..<3).map { _ in try cluster.connect() }
        for connection in open { try connection.negotiate() }
        let refused = try cluster.connect()
        #expect(throws: RawClientError.self) { try refused.negotiate() }
        try open[0].negotiate()
    }

    @Test func hundredsOfConnectionsAreServed() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connections = try (0..<400).map { _ in try cluster.connect() }
        for connection in connections { try connection.negotiate() }
        #expect(try connections[399].produce(TestCluster.batch(["a"])).errorCode == 0)
    }

    /// A client that asks for much and reads nothing must not hold up another.
    @Test func aSlowReaderDoesNotStallOthers() throws {
        var limits = BrokerConfiguration.Limits()
        limits.unsentBytes = 1 << 20
        let cluster = try TestCluster(limits: limits)
        defer { cluster.cluster.end() }
        let writer = try cluster.connect()
        let large = TestCluster.batch([String(repeating: "x", count: 900_000)])
        for _ in 0..<8 { #expect(try writer.produce(large).errorCode == 0) }
        let slow = try cluster.connect()
        var fetch = FetchRequest()
        fetch.minBytes = 0
        fetch.maxBytes = 8 << 20
        fetch.topics = [.init(topic: "t", partitions: [.init(partition: 0, partitionMaxBytes: 8 << 20)])]
        for _ in 0..<20 { try slow.post(fetch, version: 11) }
        let other = try cluster.connect()
        for _ in 0..<50 { #expect(try other.produce(TestCluster.batch(["a"])).errorCode == 0) }
    }

    @Test func maxMessageBytesAndTimestampsAreHeld() throws {
        let cluster = try TestCluster(topics: [.init(name: "t", properties: ["max.message.bytes": "200"])])
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        let answer = try connection.produce(TestCluster.batch([String(repeating: "x", count: 300)]))
        #expect(answer.errorCode == ErrorCode.messageTooLarge.rawValue && answer.logStartOffset == -1)
        let future = TestCluster.batch(["a"], timestamp: 99_999_999_999_999)
        let late = try connection.produce(future)
        #expect(late.errorCode == ErrorCode.invalidTimestamp.rawValue && late.recordErrors.count == 1)
    }

    @Test func unreadableSettingsAreNamed() {
        #expect(throws: BrokerConfigurationError.self) {
            _ = try TestCluster(topics: [.init(name: "t", properties: ["max.message.bytes": "many"])])
        }
        #expect(throws: BrokerConfigurationError.self) {
            _ = try TestCluster(properties: ["replica.lag.time.max.ms": "0"])
        }
        #expect(throws: BrokerConfigurationError.self) { _ = try TestCluster(topics: [.init(name: "bad name")]) }
    }
}
