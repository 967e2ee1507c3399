import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// What no client should send closes its connection, and nothing else.
struct HostileInputTests {
    private func expectClosed(_ cluster: TestCluster, _ bytes: [UInt8]) throws {
        let connection = try cluster.connect()
        try connection.send(bytes)
        #expect(throws: RawClientError.self) { _ = try connection.receiveFrame() }
        // The broker lives.
        try cluster.connect().negotiate()
    }

    @Test func framesThatAreTooLargeOrNegativeClose() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        try expectClosed(cluster, [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        try expectClosed(cluster, [0xff, 0xff, 0xff, 0xff])
        try expectClosed(cluster, [0, 0, 0, 0])
    }

    @Test func unknownApisAndVersionsClose() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        for (api, version) in [(999, 0), (3, 99), (0, 2), (0, -1), (1, 3)] as [(Int16, Int16)] {
            var writer = ByteWriter()
            try RequestHeader(apiKey: APIKey(rawValue: api), apiVersion: version, correlationID: 1).write(to: &writer)
            try expectClosed(cluster, writer.framed())
        }
    }

    @Test func anUnsupportedApiVersionsIsAnsweredWith35() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        var writer = ByteWriter()
        try RequestHeader(apiKey: .apiVersions, apiVersion: 77, correlationID: 5).write(to: &writer)
        try connection.send(writer.framed())
        let frame = try connection.receiveFrame()
        try frame.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            #expect(try reader.read(Int32.self, "correlationId") == 5)
            let response = try ApiVersionsResponse(from: &reader, version: 0)
            #expect(response.errorCode == 35)
            #expect(response.apis.map(\.apiKey) == [18])
        }
    }

    @Test func randomFramesNeverEndTheBroker() throws {
        let cluster = try TestCluster()
        defer { cluster.cluster.end() }
        var random = SystemRandomNumberGenerator()
        var valid = ByteWriter()
        try RequestHeader(apiKey: .produce, apiVersion: 8, correlationID: 1, clientID: "x").write(to: &valid)
        try TestCluster.request(TestCluster.batch(["a", "b"])).write(to: &valid, version: 8)
        for _ in 0..<500 {
            var frame = valid.bytes
            for _ in 0..<3 {
                frame[Int.random(in: 0..<frame.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            let connection = try cluster.connect(timeout: .milliseconds(2))
            var writer = ByteWriter()
            writer.write(raw: frame)
            try connection.send(writer.framed())
            _ = try? connection.receiveFrame()
        }
        #expect(try cluster.connect().produce(TestCluster.batch(["z"])).errorCode == 0)
    }
}
