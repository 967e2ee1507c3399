import KafkaWire
import RawClient

// What a case asks of coordinators.
extension TransactionRunner {
    private func version(_ body: JSONValue, _ usual: Int16) -> Int16 { Int16(body["apiVersion"]?.int ?? Int64(usual)) }

    private mutating func coordinator(_ body: JSONValue) throws -> RawConnection {
        if let node = body["node"]?.int { return try connection(Int32(node)) }
        return try connection(coordinatorID(transactionalID(body) ?? "", type: 1))
    }

    private mutating func groupCoordinator(_ body: JSONValue) throws -> RawConnection {
        if let node = body["node"]?.int { return try connection(Int32(node)) }
        return try connection(coordinatorID(names.id(body["group"]?.string ?? ""), type: 0))
    }

    /// A transactional id as the case names it; nil for none.
    private func transactionalID(_ body: JSONValue) -> String? { body["transactionalId"]?.string.map(names.id) }

    /// The producer's id and epoch of a request; -1 where the case names none.
    private func producer(_ body: JSONValue) throws -> (id: Int64, epoch: Int16) {
        let id = try names.producerID(body["producer"])
        return (id, names.epoch(body["epoch"], of: id))
    }

    /// An answer that may give out an id.
    private mutating func granted(_ code: Int16, _ id: Int64, _ epoch: Int16) -> JSONValue {
        names.bind(id, epoch: epoch)
        return .object([
            "errorCode": .number(Int64(code)), "producer": names.letter(id), "epoch": names.told(Int64(epoch), of: id),
        ])
    }

    private static func error(_ code: Int16) -> JSONValue { .object(["errorCode": .number(Int64(code))]) }

    mutating func initProducerID(_ body: JSONValue) throws -> JSONValue {
        var request = InitProducerIdRequest()
        request.transactionalID = transactionalID(body)
        request.transactionTimeoutMs = Int32(truncatingIfNeeded: body["timeoutMs"]?.int ?? 60_000)
        (request.producerID, request.producerEpoch) = try producer(body)
        let answer = try coordinator(body).call(request, version: version(body, 5))
        return granted(answer.errorCode, answer.producerID, answer.producerEpoch)
    }

    private func grouped(_ partitions: JSONValue?) -> [(topic: String, indices: [Int32])] {
        var result: [(topic: String, indices: [Int32])] = []
        for (topic, index) in (partitions?.elements ?? []).map(names.partition) {
            if let place = result.firstIndex(where: { $0.topic == topic }) {
                result[place].indices.append(index)
            } else {
                result.append((topic, [index]))
            }
        }
        return result
    }

    /// Rows of an answer in the order of the recording: numbers, then names.
    private static func sorted(_ rows: [JSONValue]) -> JSONValue {
        .list(
            rows.sorted { left, right in
                let (one, other) = (left.elements.first ?? left, right.elements.first ?? right)
                if let a = one.int, let b = other.int { return a < b }
                return one.int != nil || (other.int == nil && one.description < other.description)
            })
    }

    private func row(_ topic: String, _ index: Int32, _ code: Int16) -> JSONValue {
        .list([names.name(topic, index), .number(Int64(code))])
    }

    mutating func addPartitions(_ body: JSONValue) throws -> JSONValue {
        let version = version(body, 3)
        let topics = grouped(body["partitions"]).map {
            AddPartitionsToTxnRequest.Topic(name: $0.topic, partitions: $0.indices)
        }
        let (id, epoch) = try producer(body)
        var request = AddPartitionsToTxnRequest()
        if version >= 4 {
            request.transactions = [
                .init(
                    transactionalID: transactionalID(body) ?? "", producerID: id, producerEpoch: epoch,
                    verifyOnly: body["verifyOnly"]?.isTrue ?? false, topics: topics)
            ]
        } else {
            request.transactionalID = transactionalID(body) ?? ""
            request.producerID = id
            request.producerEpoch = epoch
            request.topics = topics
        }
        let answer = try coordinator(body).call(request, version: version)
        let results = version >= 4 ? answer.transactions.flatMap(\.topics) : answer.results
        var result: [String: JSONValue] = [
            "partitions": Self.sorted(
                results.flatMap { topic in
                    topic.results.map { row(topic.name, $0.partitionIndex, $0.errorCode) }
                })
        ]
        if version >= 4 { result["errorCode"] = .number(Int64(answer.errorCode)) }
        return .object(result)
    }

    mutating func addOffsets(_ body: JSONValue) throws -> JSONValue {
        var request = AddOffsetsToTxnRequest()
        request.transactionalID = transactionalID(body) ?? ""
        (request.producerID, request.producerEpoch) = try producer(body)
        request.groupID = names.id(body["group"]?.string ?? "")
        return Self.error(try coordinator(body).call(request, version: version(body, 4)).errorCode)
    }

    mutating func txnOffsetCommit(_ body: JSONValue) throws -> JSONValue {
        var request = TxnOffsetCommitRequest()
        request.transactionalID = transactionalID(body) ?? ""
        (request.producerID, request.producerEpoch) = try producer(body)
        (request.groupID, request.generationID, request.memberID) = member(body)
        for offset in body["offsets"]?.elements ?? [] {
            let (topic, index) = names.partition(offset.elements[0])
            let part = TxnOffsetCommitRequest.Partition(
                partitionIndex: index, committedOffset: offset.elements[1].int ?? 0,
                committedMetadata: offset.elements.count > 2 ? offset.elements[2].string : nil)
            if let place = request.topics.firstIndex(where: { $0.name == topic }) {
                request.topics[place].partitions.append(part)
            } else {
                request.topics.append(.init(name: topic, partitions: [part]))
            }
        }
        let answer = try groupCoordinator(body).call(request, version: version(body, 4))
        return codes(answer.topics.map { ($0.name, $0.partitions) })
    }

    mutating func endTxn(_ body: JSONValue) throws -> JSONValue {
        var request = EndTxnRequest()
        request.transactionalID = transactionalID(body) ?? ""
        (request.producerID, request.producerEpoch) = try producer(body)
        request.committed = body["committed"]?.isTrue ?? false
        let version = version(body, 4)
        let answer = try coordinator(body).call(request, version: version)
        return version >= 5
            ? granted(answer.errorCode, answer.producerID, answer.producerEpoch) : Self.error(answer.errorCode)
    }

    mutating func describeTransaction(_ name: String) throws -> JSONValue {
        var request = DescribeTransactionsRequest()
        request.transactionalIDs = [names.id(name)]
        let connection = try connection(coordinatorID(names.id(name), type: 1))
        let answer = try connection.call(request, version: 0)
        guard let state = answer.transactionStates.first else {
            throw ConformanceError(description: "DescribeTransactions was answered without \(name)")
        }
        guard state.errorCode == 0 else { return Self.error(state.errorCode) }
        names.bind(state.producerID, epoch: state.producerEpoch)
        let partitions = state.topics.flatMap { topic in topic.partitions.map { names.name(topic.topic, $0) } }
        return .object([
            "errorCode": .number(0), "state": .text(state.transactionState),
            "producer": names.letter(state.producerID),
            "epoch": names.told(Int64(state.producerEpoch), of: state.producerID),
            "timeoutMs": .number(Int64(state.transactionTimeoutMs)),
            "started": .bool(state.transactionStartTimeMs != -1), "partitions": Self.sortedNames(partitions),
        ])
    }

    private static func sortedNames(_ list: [JSONValue]) -> JSONValue {
        func rank(_ value: JSONValue) -> Int {
            if value.int != nil { return 0 }
            return value.string == nil ? 1 : 2
        }
        return .list(
            list.sorted { left, right in
                if let a = left.int, let b = right.int { return a < b }
                return (rank(left), left.description) < (rank(right), right.description)
            })
    }

    mutating func listTransactions(_ body: JSONValue) throws -> JSONValue {
        var request = ListTransactionsRequest()
        request.stateFilters = body["states"]?.elements.compactMap(\.string) ?? []
        request.producerIDFilters = try (body["producers"]?.elements ?? []).map { try names.producerID($0) }
        request.durationFilter = body["duration"]?.int ?? -1
        let answer = try coordinator(body).call(request, version: version(body, 0))
        for one in answer.transactionStates { names.bind(one.producerID, epoch: 0) }
        let prefix = names.topic + "-"
        let rows = answer.transactionStates.filter { $0.transactionalID.hasPrefix(prefix) }.map { one in
            JSONValue.list([
                .text(String(one.transactionalID.dropFirst(prefix.count))), names.letter(one.producerID),
                .text(one.transactionState),
            ])
        }
        return .object([
            "errorCode": .number(Int64(answer.errorCode)),
            "transactions": .list(rows.sorted { $0.description < $1.description }),
            "unknownStates": .list(answer.unknownStateFilters.map { .text($0) }),
        ])
    }

    mutating func writeMarkers(_ body: JSONValue) throws -> JSONValue {
        let (id, epoch) = try producer(body)
        var request = WriteTxnMarkersRequest()
        let topics = grouped(body["partitions"])
        request.markers = [
            .init(
                producerID: id, producerEpoch: epoch, transactionResult: body["committed"]?.isTrue ?? false,
                topics: topics.map { .init(name: $0.topic, partitionIndexes: $0.indices) },
                coordinatorEpoch: Int32(body["coordinatorEpoch"]?.int ?? 0),
                transactionVersion: Int8(body["transactionVersion"]?.int ?? 0))
        ]
        let first = topics.first
        let connection = try leader(first?.topic ?? names.topic, first?.indices.first ?? 0)
        let answer = try connection.call(request, version: version(body, 1))
        return .object([
            "partitions": Self.sorted(
                answer.markers.flatMap(\.topics).flatMap { topic in
                    topic.partitions.map { row(topic.name, $0.partitionIndex, $0.errorCode) }
                })
        ])
    }

    mutating func findCoordinator(_ body: JSONValue) throws -> JSONValue {
        let version = version(body, 4)
        var request = FindCoordinatorRequest()
        request.key = transactionalID(body) ?? names.id(body["group"]?.string ?? "")
        request.keyType = body["transactionalId"] == nil ? 0 : 1
        request.coordinatorKeys = [request.key]
        let answer = try coordinator(body).call(request, version: version)
        let code = version >= 4 ? answer.coordinators.first?.errorCode ?? -1 : answer.errorCode
        let node = version >= 4 ? answer.coordinators.first?.nodeID ?? -1 : answer.nodeID
        return .object(["errorCode": .number(Int64(code)), "node": .number(Int64(node))])
    }

    mutating func joinGroup(_ body: JSONValue) throws -> JSONValue {
        let group = names.id(body["group"]?.string ?? "")
        let name = body["member"]?.string ?? ""
        var request = JoinGroupRequest()
        request.groupID = group
        request.sessionTimeoutMs = 30_000
        request.rebalanceTimeoutMs = 30_000
        request.memberID = names.members[name] ?? ""
        request.protocolType = "consumer"
        request.protocols = [.init(name: "range", metadata: [])]
        let connection = try groupCoordinator(body)
        var answer = try connection.call(request, version: 5)
        for _ in 0..<750 where [15, 16, 14, 79].contains(answer.errorCode) {
            if answer.errorCode == ErrorCode.memberIdRequired.rawValue { request.memberID = answer.memberID }
            Pause.sleep(ms: 20)
            answer = try connection.call(request, version: 5)
        }
        names.members[name] = answer.memberID
        var sync = SyncGroupRequest()
        sync.groupID = group
        sync.generationID = answer.generationID
        sync.memberID = answer.memberID
        sync.assignments = [.init(memberID: answer.memberID, assignment: [])]
        let code = answer.errorCode == 0 ? try connection.call(sync, version: 3).errorCode : answer.errorCode
        return .object(["errorCode": .number(Int64(code)), "generation": .number(Int64(answer.generationID))])
    }

    mutating func offsetCommit(_ body: JSONValue) throws -> JSONValue {
        var request = OffsetCommitRequest()
        (request.groupID, request.generationID, request.memberID) = member(body)
        for offset in body["offsets"]?.elements ?? [] {
            let (topic, index) = names.partition(offset.elements[0])
            request.topics.append(
                .init(
                    name: topic, topicID: topicID(topic),
                    partitions: [
                        .init(
                            partitionIndex: index, committedOffset: offset.elements[1].int ?? 0,
                            committedMetadata: offset.elements.count > 2 ? offset.elements[2].string : nil)
                    ]))
        }
        let answer = try groupCoordinator(body).call(request, version: version(body, 8))
        return codes(answer.topics.map { ($0.name, $0.partitions) })
    }

    mutating func offsetFetch(_ body: JSONValue) throws -> JSONValue {
        let version = version(body, 8)
        let topics = grouped(body["partitions"]).map {
            OffsetFetchRequest.Topic(name: $0.topic, topicID: topicID($0.topic), partitionIndexes: $0.indices)
        }
        var request = OffsetFetchRequest()
        request.requireStable = body["requireStable"]?.isTrue ?? false
        request.groupID = names.id(body["group"]?.string ?? "")
        request.topics = topics
        request.groups = [.init(groupID: request.groupID, topics: topics)]
        let answer = try groupCoordinator(body).call(request, version: version)
        let group = answer.groups.first
        let found = version >= 8 ? group?.topics ?? [] : answer.topics
        let rows = found.flatMap { topic in
            topic.partitions.map { part in
                JSONValue.list([
                    names.name(topic.name, part.partitionIndex), .number(part.committedOffset),
                    part.metadata.map { .text($0) } ?? .null, .number(Int64(part.errorCode)),
                ])
            }
        }
        let code = version >= 8 ? group?.errorCode ?? 0 : answer.errorCode
        return .object(["errorCode": .number(Int64(code)), "partitions": Self.sorted(rows)])
    }

    /// The errors of partitions, sorted.
    private func codes(_ topics: [(name: String, partitions: [PartitionError])]) -> JSONValue {
        .object([
            "partitions": Self.sorted(
                topics.flatMap { topic in
                    topic.partitions.map { row(topic.name, $0.partitionIndex, $0.errorCode) }
                })
        ])
    }

    /// The group, its generation and the member that a step speaks for.
    private func member(_ body: JSONValue) -> (group: String, generation: Int32, member: String) {
        let name = body["member"]?.string ?? ""
        return (
            names.id(body["group"]?.string ?? ""), Int32(body["generation"]?.int ?? -1), names.members[name] ?? name
        )
    }
}
