import KafkaWire
import RawClient

// Produce requests of a case, and their answers as the case writes them.
extension TransactionRunner {
    mutating func produce(_ spec: ProduceSpec, node: Int32?) throws -> JSONValue {
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
}
