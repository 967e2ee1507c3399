import FoundationEssentials
import Glibc
import KafkaWire
import RawClient
import RunRecord
import ScenarioModel
import SystemCalls

/// Waits for a broker that is not ours and gives it its topics, by a way that no fault touches.
///
/// The readiness probe is the protocol itself: a connection, ApiVersions, and Metadata that names every node.
struct BrokerSetup: Sendable {
    /// The cell's broker section.
    let spec: BrokerSpec
    /// The broker for messages, for example `compose tansu`.
    let name: String
    /// Addresses of the nodes, node 1 first.
    let addresses: [(host: String, port: UInt16)]
    /// Connects to an address from inside its node's namespace.
    let connect: @Sendable (_ host: String, _ port: UInt16) throws -> Int32
    /// Why the broker will never answer; nil while it runs.
    let death: @Sendable () -> String?
    /// What to look at when it does not answer.
    var logHint = "see broker-1.log in the cell's directory"
    /// Called with a connection to the first node that answers, before the others are asked.
    var prepare: @Sendable (RawConnection) throws -> Void = { _ in }

    private static let pause: UInt32 = 20_000

    /// Returns when every node answers and every topic exists and each partition is served by its leader.
    ///
    /// - Throws: ``MissingRequirement`` when the broker does not come up in time or ends before.
    func run() async throws {
        try await WorkerThread.run { try runBlocking() }
    }

    private func runBlocking() throws {
        let deadline = ContinuousClock.now + spec.readyWithin
        let connection = try retry(until: deadline, "answer") { try allNodes() }
        defer { connection.close() }
        for topic in spec.topics {
            try retry(until: deadline, "create topic \(topic.name)") { try create(topic, connection) }
        }
        for topic in spec.topics {
            try retry(until: deadline, "serve every partition of \(topic.name)") {
                try reader.checkServed(topic: topic.name, partitions: topic.partitions)
            }
        }
    }

    /// A connection to a node whose Metadata names all of them, after every node has answered.
    private func allNodes() throws -> RawConnection {
        var last: RawConnection?
        for address in addresses {
            last?.close()
            let connection = try reader.connect(address.host, Int(address.port))
            last = connection
            if address.host == addresses[0].host { try prepare(connection) }
            let found = try connection.metadata(topics: []).brokers.count
            guard found >= addresses.count else {
                connection.close()
                throw HarnessError(
                    operation: "wait for", subject: name, reason: "\(found) of \(addresses.count) nodes are registered")
            }
        }
        guard let last else { throw HarnessError(operation: "wait for", subject: name, reason: "it has no node") }
        return last
    }

    private var reader: LogReader {
        let connect = connect
        return LogReader(
            host: addresses[0].host, port: Int(addresses[0].port), timeout: .seconds(5), login: spec.readerLogin
        ) { host, port in
            try connect(host, UInt16(clamping: port))
        }
    }

    private func create(_ topic: BrokerSpec.Topic, _ connection: RawConnection) throws {
        let there = try connection.metadata(topics: [topic.name]).topics.first
        if let there, there.errorCode == 0 {
            if there.partitions.count == topic.partitions { return }
            throw MissingRequirement(
                "topic \(topic.name) of \(name) exists with \(there.partitions.count) partitions, and the scenario wants "
                    + "\(topic.partitions): it is not Crosswind's to change; give broker.topic_prefix, so that topics of "
                    + "its own are made, or partitions: \(there.partitions.count)")
        }
        try connection.createTopic(
            topic.name, partitions: Int32(topic.partitions), replicationFactor: Int16(topic.replicas),
            properties: topic.config)
    }

    @discardableResult
    private func retry<Value>(
        until deadline: ContinuousClock.Instant, _ what: String, _ body: () throws -> Value
    ) throws -> Value {
        while true {
            do { return try body() } catch let error as MissingRequirement {
                throw error
            } catch {
                if let reason = death() {
                    throw MissingRequirement("broker \(name) ended before it was ready: \(reason)")
                }
                guard ContinuousClock.now < deadline else {
                    throw MissingRequirement(
                        "broker \(name) did not \(what) within \(spec.readyWithin): \(error); \(logHint), or raise "
                            + "broker.ready_within")
                }
                usleep(Self.pause)
            }
        }
    }
}

extension BrokerSpec {
    /// The login of the harness's own client.
    package var readerLogin: LogReader.Login? { login.map { .init(user: $0.username, password: $0.password) } }
}
