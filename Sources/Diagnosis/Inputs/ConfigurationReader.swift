/// Reads settings out of text in any of the forms that people keep them in. Line by line: what does not look like a
/// setting is passed over, so that an excerpt, a comment or half a file does no harm.
enum ConfigurationReader {
    /// The most lines that are read; a configuration is never longer.
    static let mostLines = 20_000

    /// How many lines hold a setting of a known name.
    static func countSettings(_ lines: [LineText]) -> Int {
        lines.reduce(0) { count, line in
            let text = String(decoding: line.bytes, as: UTF8.self)
            return count + (setting(in: text) == nil && environmentName(text) == nil ? 0 : 1)
        }
    }

    /// Reads a configuration.
    static func read(_ text: String, file: String) -> Configuration {
        let lines = text.split(separator: "\n", maxSplits: mostLines, omittingEmptySubsequences: false)
            .prefix(mostLines).map { $0.hasSuffix("\r") ? String($0.dropLast()) : String($0) }
        var configuration = Configuration(file: file, syntax: syntax(of: lines))
        configuration.lines = lines
        var paths = YAMLPath()
        var pendingName: (name: String, line: Int)?
        for (index, line) in lines.enumerated() {
            let number = index + 1
            noteRemarks(line, &configuration)
            if configuration.syntax == .yaml { paths.take(line) }
            if let named = environmentName(line) {
                pendingName = (named, number)
                continue
            }
            guard let found = setting(in: line) ?? unknown(in: line) else { continue }
            if let pending = pendingName, found.written == "value" {
                take(pending.name, found, number, paths, &configuration)
                pendingName = nil
                continue
            }
            take(found.written, found, number, paths, &configuration)
        }
        if configuration.client == nil { configuration.client = tellingClient(configuration) }
        return configuration
    }

    private static func take(
        _ written: String, _ found: Found, _ line: Int, _ paths: YAMLPath, _ configuration: inout Configuration
    ) {
        let isEnvironment = written.contains("_") && written == written.uppercased()
        let name = isEnvironment ? environmentProperty(written) : withoutPrefix(written)
        var setting = Setting(
            name: name, written: written, value: found.value, file: configuration.file, line: line,
            valueBytes: found.valueBytes)
        if let broker = PropertyName.brokerProperty(name) {
            setting.name = broker
            configuration.brokerSettings.append(setting)
            return
        }
        let canonical = PropertyName.canonical(name)
        if PropertyName.isKnown(canonical), !paths.isForeign, !written.hasPrefix("spring.datasource") {
            setting.name = canonical
            configuration.settings.append(setting)
            if configuration.client == nil, paths.isSpring || written.hasPrefix("spring.") {
                configuration.client = .kafkaClients
            }
        } else if written == "image" {
            noteImage(found.value, &configuration)
        } else if configuration.passedOver.count < 50 {
            configuration.passedOver.append("line \(line): \(written.prefix(60))")
        }
    }

    /// `spring.kafka.producer.acks` and the like without what stands before the property.
    static func withoutPrefix(_ written: String) -> String {
        for prefix in [
            "spring.kafka.producer.properties.", "spring.kafka.producer.", "spring.kafka.properties.", "spring.kafka.",
            "kafka.producer.", "kafka.", "producer.", "quarkus.kafka.",
        ] where written.hasPrefix(prefix) {
            return String(written.dropFirst(prefix.count))
        }
        return written
    }

    /// Prefixes of environment variables are taken away.
    private static func environmentProperty(_ written: String) -> String {
        var rest = written[...]
        for prefix in [
            "SPRING_KAFKA_PRODUCER_PROPERTIES_", "SPRING_KAFKA_PRODUCER_", "SPRING_KAFKA_", "KAFKA_PRODUCER_",
            "CONNECT_PRODUCER_", "PRODUCER_", "KAFKA_", "RDKAFKA_", "KAFKA_CONFIG_",
        ] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        return rest.lowercased()
    }

    /// `- name: KAFKA_ACKS` of Kubernetes, whose value stands in the next line.
    private static func environmentName(_ line: String) -> String? {
        let trimmed = line.trimmedBlanks
        guard trimmed.hasPrefix("- name:") || trimmed.hasPrefix("name:") else { return nil }
        let name = trimmed.drop { $0 != ":" }.dropFirst().trimmedBlanks.filter { $0 != "\"" && $0 != "'" }
        return name.contains("_") && name == name.uppercased() ? name : nil
    }

    private static func tellingClient(_ configuration: Configuration) -> ClientFamily? {
        var votes: [ClientFamily: Int] = [:]
        for setting in configuration.settings {
            if let client = PropertyName.client(of: setting.written) { votes[client, default: 0] += 1 }
        }
        let python = configuration.settings.contains {
            $0.written.contains("_") && $0.written == $0.written.lowercased()
        }
        if python, configuration.syntax == .python { return .kafkaPython }
        return votes.max { $0.value < $1.value }?.key
    }

    private static func noteImage(_ value: String, _ configuration: inout Configuration) {
        guard value.contains("kafka"), let colon = value.lastIndex(of: ":") else { return }
        if value.contains("apache/kafka") || value.contains("bitnami/kafka") {
            configuration.brokerRelease = ReleaseNumber(value[value.index(after: colon)...])
        }
    }

    /// Remarks and imports that say which client it is.
    private static func noteRemarks(_ line: String, _ configuration: inout Configuration) {
        if line.contains("aiokafka") || line.contains("AIOKafkaProducer") {
            configuration.client = .aiokafka
        } else if line.contains("confluent_kafka") || line.contains("rdkafka") || line.contains("confluent-kafka") {
            configuration.client = .librdkafka
        } else if line.contains("from kafka ") || line.contains("import kafka") || line.contains("KafkaProducer(")
            || line.contains("kafka-python")
        {
            if configuration.client == nil { configuration.client = .kafkaPython }
        } else if line.contains("kcat") {
            configuration.client = .librdkafka
        } else if line.contains("kafka-clients") || line.contains("JAVA_TOOL_OPTIONS") || line.contains("-Xmx") {
            configuration.client = .kafkaClients
        }
        let isRemark = line.hasPrefix("#") || line.hasPrefix("//")
        guard isRemark, let mention = ReleaseMention.all(in: line).first else { return }
        if mention.isBroker {
            configuration.brokerRelease = mention.release
        } else {
            configuration.release = mention.release
            if let client = mention.client { configuration.client = client }
        }
    }
}
