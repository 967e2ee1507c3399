import KafkaWire
import RawClient

/// Runs one case of transactional producers and notes every difference from what was recorded.
struct TransactionRunner {
    let one: TransactionCase
    let target: any TransactionTarget
    var names: TransactionNames
    private var connections: [String: RawConnection] = [:]
    private(set) var topicIDs: [String: KafkaUUID] = [:]
    /// Nodes that the cluster named, by what they lead or coordinate.
    var nodes: [String: Int32] = [:]
    let startMs = Pause.nowMs
    /// What came, by step; nil where nothing is compared.
    private var got: [(place: String, expected: JSONValue, got: JSONValue)] = []

    static let patience = Duration.seconds(20)

    /// Runs `one` on `target` with topics of this name. A race may end in several ways: the case passes when one of them
    /// is as recorded.
    static func run(_ one: TransactionCase, on target: any TransactionTarget, topic: String) -> CaseOutcome {
        func outcome(_ result: CaseOutcome.Result) -> CaseOutcome {
            CaseOutcome(group: one.group, name: one.name, result)
        }
        do {
            if let reason = try target.reasonToSkip(one) { return outcome(.skipped(reason)) }
        } catch {
            return outcome(.failed([Difference(place: "run", expected: "the broker answers", got: "\(error)")]))
        }
        var first: [Difference]?
        for (number, timing) in target.timings(one).enumerated() {
            let differences = run(one, on: target, topic: "\(topic)-\(number)", timing)
            if differences.isEmpty { return outcome(.passed) }
            if first == nil { first = differences }
        }
        return outcome(.failed(first ?? []))
    }

    private static func run(
        _ one: TransactionCase, on target: any TransactionTarget, topic: String, _ timing: RaceTiming
    ) -> [Difference] {
        defer { target.finish() }
        do {
            try target.prepare(one, timing)
            var runner = TransactionRunner(one: one, target: target, names: TransactionNames(topic: topic))
            defer { runner.closeAll() }
            try runner.makeTopics()
            for index in one.steps.indices { try runner.run(one.steps[index], at: "step \(index)") }
            try runner.readEnd()
            return runner.differences()
        } catch {
            return [Difference(place: "run", expected: "the case runs", got: "\(error)")]
        }
    }

    private init(one: TransactionCase, target: any TransactionTarget, names: TransactionNames) {
        self.one = one
        self.target = target
        self.names = names
    }

    private func differences() -> [Difference] {
        let lowest = got.compactMap(\.got.lowestCoordinatorEpoch).min() ?? 0
        let recorded = got.compactMap(\.expected.lowestCoordinatorEpoch).min() ?? 0
        let comparison = TransactionComparison(topic: names.topic)
        return got.compactMap { row in
            let expected = row.expected.lessCoordinatorEpoch(recorded)
            let came = row.got.lessCoordinatorEpoch(lowest)
            guard !comparison.matches(expected, came) else { return nil }
            return Difference(place: row.place, expected: "\(expected)", got: "\(came)")
        }
    }

    private mutating func note(_ place: String, _ expected: JSONValue?, _ value: JSONValue) {
        if let expected, expected != .null { got.append((place, expected, value)) }
    }

    // MARK: Connections

    /// The connection to a node; nil stands for where everything is asked that names none.
    mutating func connection(_ node: Int32? = nil) throws -> RawConnection {
        let (host, port) = try target.address(node)
        let key = "\(host):\(port)"
        if let known = connections[key] { return known }
        let fresh = try RawConnection(connectTo: host, port: port, timeout: Self.patience)
        connections[key] = fresh
        return fresh
    }

    mutating func drop(_ connection: RawConnection) {
        connection.close()
        connections = connections.filter { $0.value !== connection }
    }

    mutating func closeAll() {
        for connection in connections.values { connection.close() }
        connections = [:]
    }

    /// The connection to the leader of a partition.
    mutating func leader(_ topic: String, _ index: Int32) throws -> RawConnection {
        if target.findsNodes { return try connection(leaderID(topic, index)) }
        guard topic == names.topic, one.leaders.indices.contains(Int(index)) else { return try connection() }
        return try connection(one.leaders[Int(index)])
    }

    /// The node that leads a partition, as the cluster says; nil for an unknown one, about which any node may be asked.
    private mutating func leaderID(_ topic: String, _ index: Int32) throws -> Int32? {
        let key = "\(topic)-\(index)"
        if let known = nodes[key] { return known }
        let described = try connection().metadata(topics: [topic]).topics.first
        guard let node = described?.partitions.first(where: { $0.partitionIndex == index })?.leaderID, node >= 0 else {
            return nil
        }
        nodes[key] = node
        return node
    }

    /// The node that coordinates a transactional id (type 1) or a group (type 0), as the cluster says.
    mutating func coordinatorID(_ key: String, type: Int8) throws -> Int32? {
        guard target.findsNodes, !key.isEmpty else { return nil }
        if let known = nodes["\(type) \(key)"] { return known }
        var request = FindCoordinatorRequest()
        request.key = key
        request.keyType = type
        let connection = try connection()
        for _ in 0..<300 {
            let answer = try connection.call(request, atMost: 3)
            if answer.errorCode == 0 {
                nodes["\(type) \(key)"] = answer.nodeID
                return answer.nodeID
            }
            Pause.sleep(ms: 50)
        }
        throw ConformanceError(description: "\(key) has no coordinator after 15 s")
    }

    // MARK: Topics

    private mutating func makeTopics() throws {
        var assignments = one.leaders.isEmpty ? nil : one.leaders.map { [$0] }
        if target.findsNodes {
            // One request may name several partitions: one node leads them all.
            let nodes = try connection().metadata(topics: []).brokers.map(\.nodeID)
            assignments = nodes.min().map { Array(repeating: [$0], count: one.partitions) }
        }
        try makeTopic(names.topic, partitions: one.partitions, properties: one.topicConfig, assignments: assignments)
        for other in one.otherTopics {
            try makeTopic(names.topic(other), partitions: 1, properties: one.topicConfig, assignments: nil)
        }
    }

    mutating func makeTopic(
        _ name: String, partitions: Int, properties: [String: String], assignments: [[Int32]]?
    ) throws {
        try connection().createTopic(
            name, partitions: Int32(partitions), properties: properties, assignments: assignments)
        // A broker may know a new topic some time after it said that it made it.
        for _ in 0..<200 {
            if let topic = try connection().metadata(topics: [name]).topics.first, topic.errorCode == 0,
                topic.partitions.count == partitions, topic.partitions.allSatisfy({ $0.leaderID >= 0 })
            {
                topicIDs[name] = topic.topicID
                return
            }
            Pause.sleep(ms: 50)
        }
        throw ConformanceError(description: "topic \(name) was created and has no leader after 10 s")
    }

    /// The id of a topic; one that nobody has where there is none.
    func topicID(_ name: String) -> KafkaUUID { topicIDs[name] ?? KafkaUUID(high: 0x6162, low: 0x6364) }

    // MARK: Steps

    private mutating func run(_ step: TransactionStep, at place: String) throws {
        if step.kind == "action" {
            let result = try perform(step.body, expected: step.expected)
            if let result { note(place + " " + (step.body.members.keys.first ?? ""), step.expected, result) }
            return
        }
        let codes = Set(step.body["retryOn"]?.elements.compactMap(\.int) ?? [])
        let deadline = Pause.nowMs + (one.transactionVersion == 0 ? 600 : 15_000)
        var answer = try ask(step)
        let firstCode = Self.code(answer)
        var tries = 1
        while let code = Self.code(answer), codes.contains(code), Pause.nowMs < deadline {
            Pause.sleep(ms: 20)
            answer = try ask(step)
            tries += 1
        }
        if tries > 1, let firstCode, case .object(var members) = answer {
            members["firstErrorCode"] = .number(firstCode)
            answer = .object(members)
        }
        note(place + " " + step.kind, step.expected, answer)
    }

    /// The code that says whether a request is sent again: its own, or that of its first partition.
    private static func code(_ answer: JSONValue) -> Int64? {
        if let row = answer["partitions"]?.elements.first, let code = row.elements.last?.int { return code }
        return answer["errorCode"]?.int
    }

    private mutating func ask(_ step: TransactionStep) throws -> JSONValue {
        switch step.kind {
        case "produce":
            guard let produce = step.produce else { throw ConformanceError(description: "a produce without entries") }
            return try self.produce(produce, node: step.body["node"]?.int.map(Int32.init))
        case "fetch": return try fetch(step.body)
        case "listOffsets": return try listOffsets(step.body)
        case "initProducerId": return try initProducerID(step.body)
        case "addPartitionsToTxn": return try addPartitions(step.body)
        case "addOffsetsToTxn": return try addOffsets(step.body)
        case "txnOffsetCommit": return try txnOffsetCommit(step.body)
        case "endTxn": return try endTxn(step.body)
        case "describeTransactions": return try describeTransaction(step.body["transactionalId"]?.string ?? "")
        case "listTransactions": return try listTransactions(step.body)
        case "describeProducers": return try describeProducers(step.body)
        case "writeTxnMarkers": return try writeMarkers(step.body)
        case "findCoordinator": return try findCoordinator(step.body)
        case "joinGroup": return try joinGroup(step.body)
        case "offsetCommit": return try offsetCommit(step.body)
        case "offsetFetch": return try offsetFetch(step.body)
        default: throw ConformanceError(description: "the step \(step.kind) is not known")
        }
    }

    // MARK: The end

    private mutating func readEnd() throws {
        for (index, expected) in one.end.enumerated() {
            note("end of partition \(index)", expected, try endOfPartition(Int32(index)))
        }
        for (id, expected) in one.endTransactions.sorted(by: { $0.key < $1.key }) {
            note("end of transactional id \(id)", expected, try describeTransaction(id))
        }
    }
}
