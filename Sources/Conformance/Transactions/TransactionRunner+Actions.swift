import KafkaWire
import RawClient

// What is done between the requests of a case.
extension TransactionRunner {
    mutating func perform(_ action: JSONValue, expected: JSONValue?) throws -> JSONValue? {
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
}
