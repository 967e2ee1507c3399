import EmbeddedBroker
import Glibc
import KafkaWire
import RawClient
import Testing

func usleepMs(_ milliseconds: UInt32) { _ = usleep(milliseconds * 1000) }

struct OldReleaseTests {
    private func messages(_ magic: Int8) -> [UInt8] {
        var writer = ByteWriter()
        for index in 0..<3 {
            Message(offset: Int64(index), magic: magic, timestamp: 1000 + Int64(index), value: [UInt8(index)]).write(
                to: &writer)
        }
        return writer.bytes
    }

    @Test(arguments: ["0.11", "1.1", "2.5", "3.9"]) func messageSetsAreTakenBefore40(release: String) throws {
        let cluster = try TestCluster(release: release)
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        for (version, magic) in [(0, 0), (1, 0), (2, 1)] as [(Int16, Int8)] {
            #expect(try connection.produce(messages(magic), version: version).errorCode == 0)
        }
        let log = try cluster.read()
        #expect(log.endOffsets["t"]?[0] == 9)
        #expect(log.batches.allSatisfy { $0.isOpened && $0.records.count == 3 && $0.header.magic == 2 })
        #expect(log.batches.map(\.records[2].timestampMs) == [-1, -1, 1002])
    }

    @Test func damagedMessagesAreRefusedWith2() throws {
        let cluster = try TestCluster(release: "2.5")
        defer { cluster.cluster.end() }
        var damaged = messages(1)
        damaged[damaged.count - 1] ^= 1
        #expect(try cluster.connect().produce(damaged, version: 2).errorCode == 2)
    }

    @Test(arguments: [0, 2, 3] as [Int16]) func oldFetchIsConvertedDown(version: Int16) throws {
        let cluster = try TestCluster(release: "2.5")
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        #expect(try connection.produce(TestCluster.batch(["a", "b"])).errorCode == 0)
        var seen: [String] = []
        let answer = try fetch(connection, version)
        try (answer.records ?? []).withUnsafeBytes { raw in
            // What follows the messages is filled up with one that is not whole (KIP-283).
            try MessageView.forEach(in: raw, partialEnd: true) {
                #expect($0.isCRCValid && $0.magic == (version < 2 ? 0 : 1))
                seen.append(String(decoding: $0.value!, as: UTF8.self))
            }
        }
        #expect(seen == ["a", "b"])
    }

    @Test func conversionCanBeSwitchedOff() throws {
        let cluster = try TestCluster(
            release: "2.5", topics: [.init(name: "t", properties: ["message.downconversion.enable": "false"])])
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        #expect(try connection.produce(TestCluster.batch(["a"])).errorCode == 0)
        #expect(try fetch(connection, 2).errorCode == 35)
        #expect(try fetch(connection, 4).errorCode == 0)
    }

    /// What a scenario's `workload.fetch` reads: the whole log, by consumers of every age.
    @Test(arguments: [true, false]) func consumersOfEveryAge(converts: Bool) throws {
        let cluster = try TestCluster(
            release: "3.9", topics: [.init(name: "t", properties: ["message.downconversion.enable": "\(converts)"])])
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        for value in ["a", "b", "c"] {
            #expect(try connection.produce(TestCluster.batch([value, value])).errorCode == 0)
        }
        for version in [0, 1, 2, 3, 4, 11, 12] as [Int16] {
            let got = try cluster.reader().fetch(topics: ["t"], version: version)
            let isRefused = version < 4 && !converts
            #expect(got.error == (isRefused ? .unsupportedVersion : .none), "\(version)")
            let values = got.batches.flatMap(\.records).map { String(decoding: $0.value ?? [], as: UTF8.self) }
            #expect(values == (isRefused ? [] : ["a", "a", "b", "b", "c", "c"]), "\(version)")
            #expect(got.batches.allSatisfy { $0.header.magic == (version < 2 ? 0 : version < 4 ? 1 : 2) })
        }
    }

    @Test func aVersionThatIsNotOfferedIsReportedAsSuch() throws {
        let cluster = try TestCluster(release: "4.3")
        defer { cluster.cluster.end() }
        let got = try cluster.reader().fetch(topics: ["t"], version: 3)
        #expect(got.error == .unsupportedVersion)
        #expect(got.detail.hasPrefix("the broker offers Fetch 4"))
    }

    private func fetch(_ connection: RawConnection, _ version: Int16) throws -> FetchResponse.Partition {
        var request = FetchRequest()
        request.minBytes = 0
        request.topics = [.init(topic: "t", partitions: [.init(partition: 0)])]
        return try connection.call(request, version: version).responses[0].partitions[0]
    }

    @Test func acksZeroErrorsCloseTheConnection() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        #expect(
            try connection.produce(
                TestCluster.request(TestCluster.batch(["a"], producer: 3, sequence: 0), acks: 0), version: 8) == nil)
        try connection.negotiate()
        #expect(
            try connection.produce(
                TestCluster.request(TestCluster.batch(["a"], producer: 3, sequence: 9), acks: 0), version: 8) == nil)
        #expect(throws: RawClientError.self) { try connection.negotiate() }
    }

    /// A client reports what it sent with acks=0 as delivered, and leaves.
    @Test func acksZeroRequestsBeforeTheEndOfAConnectionAreAppended() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let count = 2000
        var bytes: [UInt8] = []
        for index in 0..<count {
            var writer = ByteWriter()
            try RequestHeader(apiKey: .produce, apiVersion: 8, correlationID: Int32(index), clientID: "x")
                .write(to: &writer)
            try TestCluster.request(TestCluster.batch(["\(index)"]), acks: 0).write(to: &writer, version: 8)
            bytes += writer.framed()
        }
        let connection = try cluster.connect()
        try connection.send(bytes)
        connection.close()
        var log = try cluster.read()
        for _ in 0..<100 where log.batches.count < count {
            usleep(50_000)
            log = try cluster.read()
        }
        #expect(log.batches.count == count)
    }

    @Test func logAppendTimeIsTheBrokersClock() throws {
        let cluster = try TestCluster(topics: [
            .init(name: "t", properties: ["message.timestamp.type": "LogAppendTime"])
        ])
        defer { cluster.cluster.end() }
        let answer = try cluster.connect().produce(TestCluster.batch(["a"], timestamp: 5))
        #expect(answer.logAppendTimeMs > 1_600_000_000_000)
        let log = try cluster.read()
        #expect(log.batches[0].records[0].timestampMs == answer.logAppendTimeMs)
    }

    /// A socket that was bound elsewhere survives a kill and a start with its port.
    @Test func aHandedSocketIsListenedOnAgain() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var port: UInt16 = 0
        for candidate in UInt16(28_000)..<29_000 where port == 0 {
            address.sin_port = candidate.bigEndian
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if bound == 0 { port = candidate }
        }
        listen(descriptor, 16)
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .socket(descriptor))],
                topics: [.init(name: "t")]))
        defer { cluster.end() }
        #expect(try cluster.port(of: 1) == Int(port))
        func connect() throws -> RawConnection { try RawConnection(connectTo: "127.0.0.1", port: Int(port)) }
        #expect(try connect().produce(TestCluster.batch(["a"])).baseOffset == 0)
        try cluster.stop(node: 1, .kill)
        #expect(throws: RawClientError.self) { _ = try connect() }
        try cluster.start(node: 1)
        #expect(try connect().produce(TestCluster.batch(["b"])).baseOffset == 1)
    }
}
