/// What brokers say about a topic or about themselves, as kafka-topics and kafka-configs print it.
struct TopicFacts: Sendable, Equatable {
    /// A partition's replicas and those in sync.
    struct Partition: Sendable, Equatable {
        var replicas: Int
        var inSync: Int
        var evidence: Evidence
    }

    var topic: String
    var replicationFactor: Int?
    var minInSync: Int?
    var evidence: Evidence
    var partitions: [Partition] = []

    /// Reads the output of `kafka-topics --describe`.
    static func read(_ text: String, file: String) -> [TopicFacts] {
        var topics: [TopicFacts] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(5000).enumerated() {
            let words = LineText(String(line))
            guard let name = words.word(after: "Topic: ") else { continue }
            let evidence = Evidence(source: file, line: index + 1, text: words.text())
            if words.contains("PartitionCount:") || words.contains("ReplicationFactor:") {
                topics.append(
                    TopicFacts(
                        topic: name, replicationFactor: words.number(after: "ReplicationFactor:").map { Int($0) },
                        minInSync: words.number(after: "min.insync.replicas=").map { Int($0) }, evidence: evidence))
            } else if words.contains("Isr:"), let last = topics.indices.last {
                topics[last].partitions.append(
                    .init(
                        replicas: count(words, "Replicas:"), inSync: count(words, "Isr:"), evidence: evidence))
            }
        }
        return topics
    }

    /// The entries of a list such as `Isr: 1,2,3`.
    private static func count(_ line: LineText, _ key: String) -> Int {
        guard let found = line.find(key) else { return 0 }
        var at = found + key.utf8.count
        while at < line.bytes.count, line.bytes[at] == 0x20 { at += 1 }
        var entries = 0
        var isInside = false
        while at < line.bytes.count, line.bytes[at] == 0x2C || LineText.isDigit(line.bytes[at]) {
            if LineText.isDigit(line.bytes[at]) {
                if !isInside { entries += 1 }
                isInside = true
            } else {
                isInside = false
            }
            at += 1
        }
        return entries
    }

    /// Reads the output of `kafka-configs --describe`: settings of topics, brokers, users and clients.
    static func readConfigs(_ text: String, file: String) -> Configuration {
        var configuration = Configuration(file: file, syntax: .properties)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(5000).enumerated() {
            for word in line.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" }) {
                let parts = word.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let name = PropertyName.brokerProperty(String(parts[0])) else { continue }
                let known = configuration.brokerSettings.contains { $0.name == name && $0.line == index + 1 }
                if known { continue }
                configuration.brokerSettings.append(
                    Setting(
                        name: name, written: String(parts[0]), value: String(parts[1]), file: file, line: index + 1))
            }
        }
        return configuration
    }
}

/// A program's source: how it sends.
struct SourceFacts: Sendable, Equatable {
    /// A flush or a wait within a few lines of a send, in a loop.
    var waitsForEach: Evidence?
    /// A send.
    var sends: Evidence?
    /// A flush or a close anywhere.
    var closes = false

    /// Reads a program's text.
    static func read(_ text: String, file: String) -> SourceFacts {
        var facts = SourceFacts()
        var lastSend: Int?
        var loopIndent: Int?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(20_000).enumerated() {
            let words = LineText(String(line))
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            let trimmed = line.trimmedBlanks
            let evidence = Evidence(source: file, line: index + 1, text: words.text())
            if trimmed.hasPrefix("for ") || trimmed.hasPrefix("for(") || trimmed.hasPrefix("while")
                || trimmed.hasPrefix("async for")
            {
                loopIndent = indent
            } else if let loop = loopIndent, !trimmed.isEmpty, indent <= loop, !trimmed.hasPrefix("}") {
                loopIndent = nil
            }
            let isSend = words.contains(".send(") || words.contains(".produce(") || words.contains("send_and_wait(")
            if isSend {
                lastSend = index
                if facts.sends == nil { facts.sends = evidence }
            }
            let waits = words.contains(".flush(") || words.contains(".get(") || words.contains("send_and_wait(")
            if words.contains(".flush(") || words.contains(".close(") || words.contains(".stop(") {
                facts.closes = true
            }
            if waits, let lastSend, index - lastSend <= 3, let loop = loopIndent, indent > loop,
                facts.waitsForEach == nil
            {
                facts.waitsForEach = evidence
            }
        }
        return facts
    }
}
