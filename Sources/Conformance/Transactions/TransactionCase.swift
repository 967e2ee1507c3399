import FoundationEssentials

/// One recorded case of transactional producers: a fresh topic, fresh transactional ids and groups, then the steps in order.
public struct TransactionCase: Sendable {
    /// What the case is about, for example `fence`.
    public var group: String
    /// Unique in its group.
    public var name: String
    /// Level of the cluster's feature `transaction.version`.
    var transactionVersion: Int16
    /// The same steps may come out otherwise, as they depend on timing.
    var isRace: Bool
    var topicConfig: [String: String]
    var brokerConfig: [String: String]
    var partitions: Int
    var otherTopics: [String]
    /// Nodes that lead partition 0, 1, …; empty for one node.
    var leaders: [Int32]
    var steps: [TransactionStep]
    /// By partition, what was read at the end.
    var end: [JSONValue]
    /// By transactional id, what its coordinator said at the end.
    var endTransactions: [String: JSONValue]

    /// About how long it waits, milliseconds.
    var weight: Int64 {
        steps.reduce(0) { sum, step in
            let action = step.kind == "action" ? step.body : .null
            let bump = (action["bumpEpochTo"]?["epoch"]?.int ?? 0) / 4
            return sum + (action["sleepMs"]?.int ?? 0) + (action["downMs"]?.int ?? 0) + bump
                + (action["waitTransaction"] == nil ? 0 : 50)
        }
    }

    private struct File: Decodable {
        struct Case: Decodable {
            var steps: [Shadow]
        }

        struct Shadow: Decodable {
            var produce: ProduceSpec?
        }

        var cases: [Case]
    }

    /// The cases of a file; nil when it is not one of transactions.
    static func cases(in data: Data) -> [TransactionCase]? {
        guard let root = try? JSONDecoder().decode(JSONValue.self, from: data), let list = root["cases"]?.elements,
            list.first?["transactionVersion"] != nil,
            let file = try? JSONDecoder().decode(File.self, from: data), file.cases.count == list.count
        else { return nil }
        return zip(list, file.cases).map { value, shadow in
            TransactionCase(value, produces: shadow.steps.map(\.produce))
        }
    }

    private init(_ value: JSONValue, produces: [ProduceSpec?]) {
        group = value["group"]?.string ?? ""
        name = value["name"]?.string ?? ""
        transactionVersion = Int16(value["transactionVersion"]?.int ?? 2)
        isRace = value["race"]?.isTrue ?? false
        topicConfig = Self.texts(value["topicConfig"])
        brokerConfig = Self.texts(value["brokerConfig"])
        partitions = Int(value["partitions"]?.int ?? 1)
        otherTopics = value["otherTopics"]?.elements.compactMap(\.string) ?? []
        leaders = value["leaders"]?.elements.compactMap(\.int).map(Int32.init) ?? []
        partitions = max(partitions, leaders.count)
        steps = zip(value["steps"]?.elements ?? [], produces).map(TransactionStep.init)
        end = value["end"]?.elements ?? []
        endTransactions = value["endTransactions"]?.members ?? [:]
    }

    private static func texts(_ value: JSONValue?) -> [String: String] {
        (value?.members ?? [:]).mapValues { $0.string ?? "\($0)" }
    }
}

/// A step: a request with its answer, or something done.
struct TransactionStep: Sendable {
    /// For example `endTxn`.
    var kind: String
    var body: JSONValue
    /// What was answered or came out; nil where nothing was noted.
    var expected: JSONValue?
    var produce: ProduceSpec?

    init(_ value: JSONValue, _ produce: ProduceSpec?) {
        self.produce = produce
        expected = value["answer"] ?? value["result"]
        let members = value.members.filter { $0.key != "answer" && $0.key != "result" }
        kind = members.keys.first ?? ""
        body = members.values.first ?? .null
    }
}
