/// Names of topics, and what a cell puts before them.
enum TopicName {
    /// The word of `topic_prefix` that stands for what no other cell of any run has.
    static let runWord = "{run}"
    private static let longest = 249
    /// As long as what ``runWord`` becomes may be.
    private static let longestRun = 24

    /// Kafka's own rule for topic names.
    static func decode(_ value: ScenarioValue) throws -> String {
        let name = try value.text()
        guard isLegal(name), (1...longest).contains(name.utf8.count), name != ".", name != ".." else {
            throw value.error("\(value.shown) is not a topic name", allowed: "1 to 249 letters, digits, '.', '_', '-'")
        }
        return name
    }

    /// `topic_prefix`: with it every name must still be one.
    static func prefix(_ value: ScenarioValue, _ topics: [BrokerSpec.Topic]) throws -> String {
        let text = try value.text()
        let sample = text.replacing(runWord, with: String(repeating: "x", count: longestRun))
        let longestName = topics.map { $0.name.utf8.count }.max() ?? 0
        guard !text.isEmpty, isLegal(sample), sample.utf8.count + longestName <= longest else {
            throw value.error(
                "\(value.shown) cannot begin a topic name",
                allowed: "letters, digits, '.', '_', '-' and {run}, with the topic at most 249")
        }
        return text
    }

    private static func isLegal(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

extension ScenarioCell {
    /// The cell with the names that its topics have on the broker: `broker.topic_prefix` before each, also where faults name
    /// them.
    ///
    /// - Parameter run: at most 24 letters and digits that no other cell of any run has.
    package func withTopicPrefix(run: String) -> ScenarioCell {
        guard let prefix = broker.topicPrefix?.replacing(TopicName.runWord, with: run) else { return self }
        var cell = self
        for index in cell.broker.topics.indices {
            cell.broker.topics[index].name = prefix + cell.broker.topics[index].name
        }
        for index in cell.faults.indices {
            if case .message(var match) = cell.faults[index].trigger, let topic = match.topic {
                match.topic = prefix + topic
                cell.faults[index].trigger = .message(match)
            }
        }
        return cell
    }
}
