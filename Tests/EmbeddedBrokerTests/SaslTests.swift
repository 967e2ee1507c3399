import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// A listener that wants a login.
@Suite(.serialized) struct SaslTests {
    private func cluster(release: String = "4.3") throws -> TestCluster {
        try TestCluster(
            release: release,
            properties: ["sasl.enabled.mechanisms": "PLAIN", "crosswind.sasl.users": "alice:secret,bob:a:b"])
    }

    @Test(arguments: [("alice", "secret"), ("bob", "a:b")])
    func whoKnowsTheWordsIsLetIn(user: String, password: String) throws {
        let broker = try cluster()
        defer { broker.cluster.end() }
        let connection = try broker.connect()
        try connection.authenticatePlain(user: user, password: password)
        #expect(try connection.metadata(topics: ["t"]).topics.first?.errorCode == 0)
        #expect(try connection.produce(TestCluster.batch(["a"])).errorCode == 0)
    }

    @Test func aWrongPasswordIsAnsweredAndTheConnectionClosed() throws {
        let broker = try cluster()
        defer { broker.cluster.end() }
        let connection = try broker.connect()
        let error = #expect(throws: RawClientError.self) {
            try connection.authenticatePlain(user: "alice", password: "wrong")
        }
        guard case .refused(_, let code)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(code == .saslAuthenticationFailed)
        #expect(throws: RawClientError.self) { try connection.metadata(topics: nil) }
    }

    @Test func withoutALoginOnlyVersionsAreTold() throws {
        let broker = try cluster()
        defer { broker.cluster.end() }
        let connection = try broker.connect()
        try connection.negotiate()
        #expect(connection.offered[.saslAuthenticate] == 0...2)
        #expect(throws: RawClientError.self) { try connection.metadata(topics: nil) }
    }

    @Test func anotherMechanismIsRefusedWithTheOnesThereAre() throws {
        let broker = try cluster()
        defer { broker.cluster.end() }
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "SCRAM-SHA-256"
        let response = try broker.connect().call(handshake, version: 1)
        #expect(response.errorCode == ErrorCode.unsupportedSaslMechanism.rawValue && response.mechanisms == ["PLAIN"])
    }

    /// Before KIP-152 the token came without a Kafka header.
    @Test func theOldHandshakeTakesABareToken() throws {
        let broker = try cluster(release: "0.11")
        defer { broker.cluster.end() }
        let connection = try broker.connect()
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        #expect(try connection.call(handshake, version: 0).errorCode == 0)
        let token = [0] + Array("alice".utf8) + [0] + Array("secret".utf8)
        try connection.send([0, 0, 0, UInt8(token.count)] + token)
        #expect(try connection.receiveFrame() == [])
        #expect(try connection.metadata(topics: ["t"]).topics.first?.errorCode == 0)
    }

    @Test(arguments: [
        ["sasl.enabled.mechanisms": "GSSAPI"], ["sasl.enabled.mechanisms": "PLAIN"],
        ["sasl.enabled.mechanisms": "PLAIN", "crosswind.sasl.users": "alice"],
    ])
    func whatCannotBeUsedIsRefused(properties: [String: String]) {
        #expect(throws: BrokerConfigurationError.self) { try TestCluster(properties: properties) }
    }
}
