import EmbeddedBroker
import Foundation
import KafkaWire
import RawClient
import Testing

/// Real clients from their packages against the embedded broker: each produces, idempotent and plain, with every codec, and
/// consumes all of it back; then the log is read by our own client.
@Suite(.serialized) struct ClientCompatibilityTests {
    static let cache =
        ProcessInfo.processInfo.environment["CROSSWIND_CACHE"]
        ?? (ProcessInfo.processInfo.environment["HOME"] ?? "") + "/.cache/crosswind"

    private static func version(_ client: String) -> String? {
        try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(client)")
            .max { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    static let hasJava = version("kafka-clients") != nil
    static let hasKafkaPython = version("kafka-python") != nil && hasCodecs
    static let hasAiokafka = version("aiokafka") != nil && hasCodecs
    static let hasCodecs = FileManager.default.fileExists(atPath: "\(cache)/python-codecs")
    static let hasNewLibrdkafka = hasKcat && version("librdkafka") != nil
    static let hasKcat = FileManager.default.isExecutableFile(atPath: "/usr/bin/kcat")
    static let codecs = ["none", "gzip", "snappy", "lz4", "zstd"]
    static let count = 500

    private func cluster(_ topics: [String]) throws -> EmbeddedCluster {
        try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))],
                topics: topics.map { .init(name: $0) }))
    }

    @discardableResult private func run(
        _ words: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let name = FileManager.default.temporaryDirectory.appending(path: "client-input-\(UUID().uuidString)")
        try input.write(to: name, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: name) }
        process.standardInput = try FileHandle(forReadingFrom: name)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(words.prefix(3)): \(text.suffix(2000))")
        return text
    }

    private static var clients: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients").path
    }

    /// Runs `produceAndConsume` for every codec, idempotent and plain, and checks the log.
    private func check(
        _ produceAndConsume: (_ address: String, _ topic: String, _ codec: String, _ idempotent: Bool) throws -> Void
    ) throws {
        let combinations = Self.codecs.flatMap { codec in [true, false].map { (codec, $0) } }
        let cluster = try cluster(combinations.map { "\($0.0)-\($0.1)" })
        defer { cluster.end() }
        let port = try cluster.port(of: 1)
        for (codec, idempotent) in combinations {
            let topic = "\(codec)-\(idempotent)"
            try produceAndConsume("127.0.0.1:\(port)", topic, codec, idempotent)
            let batches = try LogReader(host: "127.0.0.1", port: port).read(topics: [topic]).batches
            let records = batches.reduce(0) { $0 + $1.records.count }
            let allOpened = batches.allSatisfy { $0.isOpened }
            let rightProducers = batches.allSatisfy { ($0.header.producerID >= 0) == idempotent }
            let rightCodec = batches.contains { ($0.header.compression == Compression.none) == (codec == "none") }
            #expect(records == Self.count, "\(topic)")
            #expect(allOpened && rightProducers && rightCodec, "\(topic)")
        }
    }

    private func kcat(_ library: [String: String]) throws {
        let lines = (0..<Self.count).map { "value-\($0)" }.joined(separator: "\n") + "\n"
        try check { address, topic, codec, idempotent in
            try run(
                [
                    "timeout", "60", "kcat", "-P", "-b", address, "-t", topic, "-p", "0", "-z", codec, "-X",
                    "enable.idempotence=\(idempotent)",
                ], environment: library, input: lines)
            let consumed = try run(
                ["timeout", "60", "kcat", "-C", "-q", "-e", "-b", address, "-t", topic, "-p", "0"], environment: library
            )
            #expect(consumed == lines, "\(topic)")
        }
    }

    @Test(.enabled(if: hasKcat, "needs kcat; make setup")) func librdkafkaOfDebian() throws { try kcat([:]) }

    @Test(.enabled(if: hasNewLibrdkafka, "needs kcat and librdkafka from its wheel; make clients"))
    func newLibrdkafka() throws {
        try kcat(["LD_LIBRARY_PATH": "\(Self.cache)/librdkafka/\(Self.version("librdkafka")!)"])
    }

    @Test(.enabled(if: hasKafkaPython, "needs kafka-python and codecs; make clients")) func kafkaPython() throws {
        try python("kafka-python", "kafka_python_client.py")
    }

    @Test(.enabled(if: hasAiokafka, "needs aiokafka and codecs; make clients")) func aiokafka() throws {
        try python("aiokafka", "aiokafka_client.py")
    }

    private func python(_ client: String, _ program: String) throws {
        let path = "\(Self.cache)/\(client)/\(Self.version(client)!):\(Self.cache)/python-codecs"
        try check { address, topic, codec, idempotent in
            try run(
                [
                    "timeout", "60", "\(Self.cache)/python/bin/python3", "\(Self.clients)/\(program)", address, topic,
                    codec, "\(idempotent)", "\(Self.count)",
                ], environment: ["PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"])
        }
    }

    @Test(.enabled(if: hasJava, "needs kafka-clients and a JDK; make clients")) func kafkaClients() throws {
        let jars = "\(Self.cache)/kafka-clients/\(Self.version("kafka-clients")!)/*"
        let classes = FileManager.default.temporaryDirectory.appending(path: "client-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: classes) }
        try run(["javac", "-cp", jars, "-d", classes, "\(Self.clients)/JavaClient.java"])
        try check { address, topic, codec, idempotent in
            try run([
                "timeout", "60", "java", "-XX:TieredStopAtLevel=1", "-cp", "\(classes):\(jars)", "JavaClient", address,
                topic, codec, "\(idempotent)", "\(Self.count)",
            ])
        }
    }
}
