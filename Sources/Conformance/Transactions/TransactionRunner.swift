import KafkaWire
import RawClient

/// Runs one case of transactional producers and notes every difference from what was recorded.
struct TransactionRunner {
    let one: TransactionCase
    let target: any TransactionTarget
    var names: TransactionNames
    private var connections: [String: RawConnection] = [:]
    private var topicIDs: [String: KafkaUUID] = [:]
    /// Nodes that the cluster named, by what they lead or coordinate.
    private var nodes: [String: Int32] = [:]
    private let startMs = Pause.nowMs
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

    private mutating func closeAll() {
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
        let assignments = one.leaders.isEmpty ? nil : one.leaders.map { [$0] }
        try makeTopic(names.topic, partitions: one.partitions, properties: one.topicConfig, assignments: assignments)
        for other in one.otherTopics {
            try makeTopic(names.topic(other), partitions: 1, properties: one.topicConfig, assignments: nil)
        }
    }

    private mutating func makeTopic(
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

    // MARK: Produce

    private mutating func produce(_ spec: ProduceSpec, node: Int32?) throws -> JSONValue {
        let version = spec.apiVersion ?? 11
        var request = ProduceRequest()
        request.acks = spec.acks
        request.timeoutMs = spec.timeoutMs ?? 10_000
        request.transactionalID = spec.transactionalId.map(names.id)
        let maker = BatchMaker(startMs: startMs, producers: names.producers)
        for entry in spec.entries {
            let name = names.topic(entry.topic)
            let batches = try entry.batches.map { try $0.map(onWire) }
            let partition = ProduceRequest.Partition(index: entry.partition, records: try maker.records(batches))
            if let last = request.topics.indices.last, request.topics[last].name == name {
                request.topics[last].partitions.append(partition)
            } else {
                request.topics.append(.init(name: name, topicID: topicID(name), partitions: [partition]))
            }
        }
        let first = spec.entries.first
        let connection =
            node == nil && target.findsNodes
            ? try leader(names.topic(first?.topic), first?.partition ?? 0) : try connection(node)
        do {
            let correlationID = try connection.post(request, version: version)
            guard spec.acks != 0 else {
                _ = try connection.call(ApiVersionsRequest(), version: 0)
                return .object(["connection": .text("open"), "noAnswer": .bool(true)])
            }
            let answer = try connection.receive(ProduceRequest.self, version: version, correlationID: correlationID)
            return .object(["entries": .list(rows(answer, version))])
        } catch RawClientError.closed {
            drop(connection)
            return .object(["connection": .text("closed")])
        }
    }

    /// A batch with the epoch that stands on the wire.
    private func onWire(_ batch: BatchSpec) throws -> BatchSpec {
        guard let alias = batch.producer, let id = names.producers[alias.name], let epoch = batch.epoch else {
            return batch
        }
        var copy = batch
        copy.epoch = names.epoch(.number(Int64(epoch)), of: id)
        return copy
    }

    private func rows(_ answer: ProduceResponse, _ version: Int16) -> [JSONValue] {
        let all = answer.topics.flatMap { topic in
            topic.partitions.map { part in
                var row: [String: JSONValue] = [
                    "partition": .number(Int64(part.index)), "errorCode": .number(Int64(part.errorCode)),
                    "baseOffset": .number(part.baseOffset), "logAppendTimeMs": .number(part.logAppendTimeMs),
                    "recordErrors": .list(
                        part.recordErrors.map {
                            .list([.number(Int64($0.batchIndex)), $0.message.map { .text($0) } ?? .null])
                        }),
                ]
                if version >= 5 { row["logStartOffset"] = .number(part.logStartOffset) }
                if version >= 8 { row["errorMessage"] = part.errorMessage.map { .text($0) } ?? .null }
                let name = version >= 13 ? topicIDs.first { $0.value == topic.topicID }?.key ?? "" : topic.name
                if name != names.topic, case .list(let parts) = names.name(name, part.index) { row["topic"] = parts[0] }
                return (name == names.topic ? "" : name, part.index, JSONValue.object(row))
            }
        }
        return all.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    // MARK: Actions

    private mutating func perform(_ action: JSONValue, expected: JSONValue?) throws -> JSONValue? {
        if let milliseconds = action["sleepMs"]?.int {
            Pause.sleep(ms: milliseconds)
        } else if let id = action["waitTransaction"]?.string {
            return try wait(for: id, action, expected)
        } else if let offset = action["deleteRecordsBefore"]?.int {
            let answer = try leader(names.topic, 0).deleteRecords(topic: names.topic, partition: 0, before: offset)
            return .object([
                "errorCode": .number(Int64(answer.errorCode)), "lowWatermark": .number(answer.lowWatermark),
            ])
        } else if let bump = action["bumpEpochTo"] {
            return try bumpEpoch(bump)
        } else if let name = action["deleteTopic"]?.string {
            try deleteTopic(names.topic(name))
        } else if let name = action["createTopic"]?.string {
            try makeTopic(names.topic(name), partitions: 1, properties: one.topicConfig, assignments: nil)
        } else {
            if try target.perform(onWire(action)) { closeAll() }
            if action["stop"] != nil { return .object(["leaders": .list(try leaders())]) }
        }
        return nil
    }

    /// An action with the ids and epochs that stand on the wire.
    private func onWire(_ action: JSONValue) throws -> JSONValue {
        guard case .object(var members) = action, case .object(var end)? = members["endTxnThenKill"] else {
            return action
        }
        let id = try names.producerID(end["producer"])
        end["epoch"] = .number(Int64(names.epoch(end["epoch"], of: id)))
        end["producer"] = .number(id)
        end["transactionalId"] = .text(names.id(end["transactionalId"]?.string ?? ""))
        members["endTxnThenKill"] = .object(end)
        return .object(members)
    }

    private mutating func wait(for id: String, _ action: JSONValue, _ expected: JSONValue?) throws -> JSONValue {
        let usual = ["CompleteCommit", "CompleteAbort", "Empty"]
        let until = Set(action["until"]?.elements.compactMap(\.string) ?? usual)
        let errors = Set(
            action["untilError"]?.elements.compactMap(\.int) ?? action["untilError"]?.int.map { [$0] } ?? [])
        let patience: Int64 = expected?["timedOut"]?.isTrue == true ? 2000 : 30_000
        let deadline = Pause.nowMs + patience
        while true {
            let answer = try describeTransaction(id)
            var result: [String: JSONValue] = ["errorCode": answer["errorCode"] ?? .null]
            if let state = answer["state"] { result["state"] = state }
            let isDone =
                answer["state"]?.string.map(until.contains) ?? answer["errorCode"]?.int.map(errors.contains) ?? false
            if isDone { return .object(result) }
            if Pause.nowMs >= deadline {
                result["timedOut"] = .bool(true)
                return .object(result)
            }
            Pause.sleep(ms: 20)
        }
    }

    private mutating func bumpEpoch(_ bump: JSONValue) throws -> JSONValue {
        let wanted = bump["epoch"]?.int ?? 0
        var request = InitProducerIdRequest()
        request.transactionalID = names.id(bump["transactionalId"]?.string ?? "")
        request.transactionTimeoutMs = 60_000
        let connection = try connection(coordinatorID(request.transactionalID ?? "", type: 1))
        while true {
            let answer = try connection.call(request, version: 5)
            guard answer.errorCode == 0 || answer.errorCode == ErrorCode.concurrentTransactions.rawValue else {
                throw ConformanceError(description: "InitProducerId: \(ErrorCode(rawValue: answer.errorCode))")
            }
            names.bind(answer.producerID, epoch: answer.producerEpoch)
            let told = names.told(Int64(answer.producerEpoch), of: answer.producerID)
            if answer.errorCode == 0, (told.int ?? 0) >= wanted {
                return .object(["producer": names.letter(answer.producerID), "epoch": told])
            }
        }
    }

    private mutating func deleteTopic(_ name: String) throws {
        var request = DeleteTopicsRequest()
        request.topicNames = [name]
        request.topics = [.init(name: name)]
        request.timeoutMs = 10_000
        nodes = nodes.filter { !$0.key.hasPrefix(name) }
        let connection = try connection()
        let answer = try connection.call(request, atMost: 5)
        guard answer.responses.first?.errorCode == 0 else {
            throw ConformanceError(description: "topic \(name) was not deleted: \(answer.responses)")
        }
        for _ in 0..<200 {
            if try connection.metadata(topics: [name]).topics.first?.errorCode != 0 { return }
            Pause.sleep(ms: 50)
        }
    }

    private mutating func leaders() throws -> [JSONValue] {
        let topic = try connection().metadata(topics: [names.topic]).topics.first
        return (topic?.partitions ?? []).sorted { $0.partitionIndex < $1.partitionIndex }
            .map { .number(Int64($0.leaderID)) }
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
