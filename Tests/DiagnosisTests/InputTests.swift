import Testing

@testable import Diagnosis

/// Configurations in every form that people keep them in, and what is said of inputs that are none.
@Suite struct InputTests {
    private func read(_ text: String) -> Configuration { ConfigurationReader.read(text, file: "f") }

    private func kind(_ text: String) -> InputKind { Array(text.utf8).withUnsafeBytes { InputKind.recognise($0) } }

    @Test(arguments: [
        ("acks=1\nlinger.ms = 5\nkey.serializer=a.B\n", ClientFamily.kafkaClients),
        ("# librdkafka 2.2\nacks=1\nqueue.buffering.max.ms=5\n", .librdkafka),
        ("{\n  \"acks\": 1,\n  \"linger.ms\": 5,\n  \"message.timeout.ms\": 9000\n}\n", .librdkafka),
        ("from kafka import KafkaProducer\np = KafkaProducer(\n    acks=1,\n    linger_ms=5,\n)\n", .kafkaPython),
        ("from aiokafka import AIOKafkaProducer\np = AIOKafkaProducer(acks=1, x=2)\n    linger_ms=5,\n", .aiokafka),
        ("spring.kafka.producer.acks=1\nspring.kafka.producer.properties.linger.ms=5\n", .kafkaClients),
        ("spring:\n  kafka:\n    producer:\n      acks: 1\n      properties:\n        linger.ms: 5\n", .kafkaClients),
    ])
    func formsOfConfigurations(_ text: String, _ client: ClientFamily) {
        let configuration = read(text)
        #expect(kind(text) == .configuration)
        #expect(configuration.client == client)
        #expect(configuration.setting("linger.ms")?.number == 5)
        if client != .aiokafka { #expect(configuration.setting("acks")?.value == "1") }
    }

    @Test func environmentVariables() {
        let compose = read(
            "services:\n  a:\n    environment:\n      KAFKA_LINGER_MS: \"7\"\n      KAFKA_ACKS: \"all\"\n")
        #expect(compose.setting("linger.ms")?.number == 7)
        #expect(compose.setting("acks")?.value == "all")
        let list = read("environment:\n  - PRODUCER_LINGER_MS=8\n")
        #expect(list.setting("linger.ms")?.number == 8)
        let deployment =
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n    - name: app\n      image: r/app:1\n"
            + "      env:\n        - name: KAFKA_LINGER_MS\n          value: \"9\"\n        - name: KAFKA_ACKS\n"
            + "          value: \"1\"\n"
        #expect(kind(deployment) == .configuration)
        let kubernetes = read(deployment)
        #expect(kubernetes.setting("acks")?.value == "1")
        #expect(kubernetes.setting("linger.ms")?.number == 9)
        let broker = read("environment:\n  KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092\n")
        #expect(broker.settings.isEmpty)
        #expect(broker.brokerSettings.first?.name == "advertised.listeners")
    }

    @Test func strimziAndJavaCode() {
        let strimzi = read("spec:\n  producerConfig:\n    config:\n      acks: all\n      linger.ms: 3\n")
        #expect(strimzi.setting("linger.ms")?.number == 3)
        let code = read("  props.put(\"acks\", \"1\");\n  props.put(\"linger.ms\", 4);\n")
        #expect(code.setting("acks")?.value == "1")
        #expect(code.setting("linger.ms")?.number == 4)
    }

    @Test func aliasesAreOneProperty() {
        #expect(PropertyName.canonical("message.timeout.ms") == "delivery.timeout.ms")
        #expect(PropertyName.canonical("delivery_timeout_ms") == "delivery.timeout.ms")
        #expect(PropertyName.spelling("delivery.timeout.ms", .librdkafka) == "message.timeout.ms")
        #expect(PropertyName.spelling("delivery.timeout.ms", .kafkaPython) == "delivery_timeout_ms")
    }

    @Test func quantities() {
        #expect(Setting.number("16KB") == 16_384)
        #expect(Setting.number("5s") == 5_000)
        #expect(Setting.number("5_000") == 5_000)
        #expect(Setting.number("all") == nil)
        #expect(Setting.number("99999999999999999999") == nil)
    }

    @Test func brokersTools() {
        let topics = TopicFacts.read(
            "Topic: a\tTopicId: x\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n"
                + "\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,3\n", file: "t")
        #expect(topics.first?.minInSync == 2)
        #expect(topics.first?.replicationFactor == 3)
        #expect(topics.first?.partitions.first?.inSync == 2)
        let configs = TopicFacts.readConfigs(
            "Dynamic configs for topic a are:\n  max.message.bytes=99 sensitive=false synonyms={X:max.message.bytes=99}\n",
            file: "c")
        #expect(configs.brokerSettings.map(\.value) == ["99"])
    }

    @Test func releasesByTheNearestWord() {
        func all(_ text: String) -> [String] {
            ReleaseMention.all(in: text).map {
                "\($0.isBroker ? "broker" : $0.client?.rawValue ?? "client") \($0.release)"
            }
        }
        #expect(
            all("Our librdkafka 2.16 writes to the old cluster (0.11.0.2).") == ["librdkafka 2.16", "broker 0.11.0.2"])
        #expect(all("We are on Kafka client 4.3, brokers are 3.9") == ["kafka-clients 4.3", "broker 3.9"])
        #expect(all("At 10.20.3.11 it took 3.5 s") == [])
        #expect(ReleaseNumber(2, 9) < ReleaseNumber(2, 16))
        #expect(ReleaseNumber(2, 3) == ReleaseNumber(2, 3, 0))
    }

    @Test func timesOfLines() {
        func us(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes { LineTime.us($0) } }
        #expect(us("1970-01-02 00:00:01,250 INFO") == 86_401_250_000)
        #expect(us("[2026-11-26 03:50:04,212] INFO") == us("2026-11-26T03:50:04.212Z INFO"))
        #expect(us("2026-11-26T03:50:04.212Z INFO") == 1_795_665_004_212_000)
        #expect(us("%4|1795665004.212|FAIL|x") == 1_795_665_004_212_000)
        #expect(us("03:24:49.066 [main]") == 12_289_066_000)
        #expect(us("no time at all here") == nil)
    }

    @Test func matcherFindsOverlappingTexts() {
        let matcher = PatternMatcher(["he", "she", "hers"])
        var found: [Int] = []
        _ = Array("ushers".utf8).withUnsafeBytes { matcher.scan($0, from: 0) { found.append($0) } }
        #expect(found.sorted() == [0, 1, 2])
        var second: [Int] = []
        let state = Array("us".utf8).withUnsafeBytes { matcher.scan($0, from: 0) { second.append($0) } }
        _ = Array("he".utf8).withUnsafeBytes { matcher.scan($0, from: state) { second.append($0) } }
        #expect(second.sorted() == [0, 1], "a text that is cut by the end of a chunk")
    }

    @Test func logsCutAnywhereSayTheSame() {
        let text = Array(SyntheticInput.all[0].files["app.log"]!.utf8)
        var whole = LogScanner(file: "f", isBroker: false)
        text.withUnsafeBytes { whole.feed($0) }
        whole.finish()
        for step in [1, 7, 100] {
            var parts = LogScanner(file: "f", isBroker: false)
            var at = 0
            while at < text.count {
                let end = min(at + step, text.count)
                text[at..<end].withUnsafeBytes { parts.feed($0) }
                at = end
            }
            parts.finish()
            #expect(parts.facts.lines == whole.facts.lines)
            #expect(parts.facts.signs.mapValues(\.count) == whole.facts.signs.mapValues(\.count), "\(step)")
            #expect(parts.facts.lastLine == whole.facts.lastLine)
        }
    }
}

/// Input that nobody sends on purpose ends in a clear sentence.
@Suite struct HostileInputTests {
    private func diagnose(_ bytes: [UInt8]) -> Diagnosis {
        var file = CaseFile()
        var intake = InputIntake("f")
        bytes.withUnsafeBytes { intake.feed($0) }
        intake.finish(into: &file)
        return Diagnosis(file)
    }

    @Test func binary() {
        let diagnosis = diagnose((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        #expect(diagnosis.verdict == .unreadable)
        #expect(diagnosis.inputs.first?.passedOver == "it is neither text nor a capture")
    }

    @Test func packedAndEmpty() {
        #expect(diagnose([0x1F, 0x8B, 8, 0, 0, 0, 0, 0]).inputs.first?.passedOver.contains("zcat f") == true)
        #expect(diagnose([]).inputs.first?.passedOver == "it is empty")
    }

    @Test func whatIsAboutNoProducerIsNotHealthy() {
        let diagnosis = diagnose(Array("2026-11-26 03:00:00 INFO web: GET /index.html 200\n".utf8))
        #expect(diagnosis.verdict == .undecided && diagnosis.exitCode == 2)
        #expect(diagnosis.text().contains("To be handed in: the producer's configuration"))
        #expect(diagnose(Array("Our Kafka is slow.\n".utf8)).exitCode == 2)
    }

    @Test func brokenUTF8() {
        let line = Array("2026-11-26 03:00:00,000 ERROR app: delivery of event 1 failed: Local: Queue full ".utf8)
        let diagnosis = diagnose(line + [0xC3, 0x28, 0xFF, 0x0A])
        #expect(diagnosis.causes.first?.cause.id == "buffer-exhausted")
        #expect(diagnosis.inputs.first?.passedOver.contains("broken UTF-8 in 1 lines was replaced") == true)
    }

    @Test func oneLongLineIsNotKept() {
        var scanner = LogScanner(file: "f", isBroker: false)
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<64 { chunk.withUnsafeBytes { scanner.feed($0) } }
        Array(" Local: Queue full\n".utf8).withUnsafeBytes { scanner.feed($0) }
        scanner.finish()
        #expect(scanner.facts.lines == 1)
        #expect(scanner.facts.longestLine == (64 << 20) + 18)
        #expect(scanner.facts.signs[.bufferExhausted]?.count == 1)
        #expect((scanner.facts.lastLine?.text.utf8.count ?? 0) < 300)
    }

    @Test func manyLinesAreCountedNotKept() {
        var scanner = LogScanner(file: "f", isBroker: false)
        let line = Array("2026-11-26 03:00:00,000 ERROR app: Local: Queue full\n".utf8)
        for _ in 0..<10_000 { line.withUnsafeBytes { scanner.feed($0) } }
        scanner.finish()
        #expect(scanner.facts.signs[.bufferExhausted]?.count == 10_000)
        #expect(scanner.facts.signs[.bufferExhausted]?.samples.count == SignRecord.mostSamples)
    }
}
