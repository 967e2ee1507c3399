import KafkaWire
import Testing

@testable import Relay

/// What a relay between clients and a broker elsewhere may change, and what it must not.
struct AddressRewriterTests {
    private static let links: [Int32: AddressRewriter.Address] = [
        7: .init(host: "198.18.1.1", port: 9092), 8: .init(host: "198.18.2.1", port: 9092),
    ]

    private static func request<R: KafkaRequest>(_ request: R, _ version: Int16, _ correlationID: Int32) throws
        -> [UInt8]
    {
        var writer = ByteWriter()
        try RequestHeader(apiKey: R.apiKey, apiVersion: version, correlationID: correlationID, clientID: "c")
            .write(to: &writer)
        try request.write(to: &writer, version: version)
        return writer.framed()
    }

    private static func response<M: KafkaMessage>(_ body: M, _ version: Int16, _ correlationID: Int32) throws
        -> [UInt8]
    {
        var writer = ByteWriter()
        ResponseHeader.write(to: &writer, correlationID: correlationID, apiKey: M.apiKey, apiVersion: version)
        try body.write(to: &writer, version: version)
        return writer.framed()
    }

    private static var metadata: MetadataResponse {
        var metadata = MetadataResponse()
        metadata.brokers = [
            .init(nodeID: 7, host: "broker.invalid", port: 1), .init(nodeID: 8, host: "10.0.0.8", port: 2),
        ]
        metadata.topics = [.init(name: "orders")]
        return metadata
    }

    @Test(arguments: Array(MetadataRequest.versions)) func metadataNamesTheLink(version: Int16) throws {
        let rewriter = AddressRewriter(addresses: Self.links)
        let question = try Self.request(MetadataRequest(), version, 5)
        #expect(rewriter.fromClient(question) == question)
        var expected = Self.metadata
        expected.brokers[0] = .init(nodeID: 7, host: "198.18.1.1", port: 9092)
        expected.brokers[1] = .init(nodeID: 8, host: "198.18.2.1", port: 9092)
        let changed = rewriter.fromBroker(try Self.response(Self.metadata, version, 5))
        #expect(changed == (try Self.response(expected, version, 5)))
    }

    @Test(arguments: Array(FindCoordinatorRequest.versions)) func coordinatorsAreOnTheLink(version: Int16) throws {
        let rewriter = AddressRewriter(addresses: Self.links)
        _ = rewriter.fromClient(try Self.request(FindCoordinatorRequest(), version, 9))
        var answer = FindCoordinatorResponse()
        answer.nodeID = 8
        answer.host = "10.0.0.8"
        answer.coordinators = [.init(key: "g", nodeID: 8, host: "10.0.0.8", port: 2)]
        let text = String(decoding: rewriter.fromBroker(try Self.response(answer, version, 9)), as: UTF8.self)
        #expect(text.contains("198.18.2.1") && !text.contains("10.0.0.8"))
    }

    /// The stream may be cut anywhere, and frames of other kinds pass at once.
    @Test func theSameComesOutHoweverTheStreamIsCut() throws {
        let questions =
            try Self.request(ApiVersionsRequest(), 0, 1) + Self.request(MetadataRequest(), 9, 2)
            + Self.request(ApiVersionsRequest(), 0, 3)
        let answers =
            try Self.response(ApiVersionsResponse(), 0, 1) + Self.response(Self.metadata, 9, 2)
            + Self.response(ApiVersionsResponse(), 0, 3)
        var results: Set<[UInt8]> = []
        for size in 1...answers.count {
            let rewriter = AddressRewriter(addresses: Self.links)
            var seen: [UInt8] = []
            for start in stride(from: 0, to: questions.count, by: size) {
                seen += rewriter.fromClient(Array(questions[start..<min(start + size, questions.count)]))
            }
            #expect(seen == questions)
            var output: [UInt8] = []
            for start in stride(from: 0, to: answers.count, by: size) {
                output += rewriter.fromBroker(Array(answers[start..<min(start + size, answers.count)]))
            }
            results.insert(output)
        }
        #expect(results.count == 1)
        let text = String(decoding: results.first ?? [], as: UTF8.self)
        #expect(text.contains("198.18.1.1") && !text.contains("broker.invalid"))
    }

    /// A new leader's address in the tagged fields of a Produce answer (KIP-951) would lead off the link.
    @Test func aProduceAnswerNamesNoAddress() throws {
        let rewriter = AddressRewriter(addresses: Self.links)
        _ = rewriter.fromClient(try Self.request(ProduceRequest(), 10, 4))
        var writer = ByteWriter()
        ResponseHeader.write(to: &writer, correlationID: 4, apiKey: .produce, apiVersion: 10)
        var body = ByteWriter()
        try ProduceResponse().write(to: &body, version: 10)
        // One tagged field, number 0, in place of none.
        writer.write(raw: body.bytes.dropLast() + [1, 0, 14] + Array("broker.invalid".utf8))
        let output = rewriter.fromBroker(writer.framed())
        #expect(output == (try Self.response(ProduceResponse(), 10, 4)))
    }

    @Test func whatIsNotKafkaPassesAsItIs() {
        for hello in [[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3], [0, 0, 0, 3, 1, 2, 3], [255, 255, 255, 255, 1, 2]] {
            let rewriter = AddressRewriter(addresses: Self.links)
            let bytes = hello.map(UInt8.init) + (0..<300).map { UInt8($0 & 255) }
            #expect(rewriter.fromClient(bytes) == bytes)
            let back = (0..<300).map { UInt8($0 * 7 & 255) }
            let output = back.reduce(into: [UInt8]()) { $0 += rewriter.fromBroker([$1]) }
            #expect(output == back || output == Array(back.prefix(output.count)))
        }
    }
}
