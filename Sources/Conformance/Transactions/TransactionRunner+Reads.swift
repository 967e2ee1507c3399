import KafkaWire
import RawClient

// What the log of a case says: Fetch, ListOffsets, DescribeProducers.
extension TransactionRunner {
    mutating func fetch(_ body: JSONValue) throws -> JSONValue {
        let topic = names.topic(body["topic"]?.string)
        return try fetch(
            topic, Int32(body["partition"]?.int ?? 0), from: body["offset"]?.int ?? 0,
            isolation: Int8(body["isolation"]?.int ?? 0), version: Int16(body["apiVersion"]?.int ?? 11),
            maxBytes: Int32(body["maxBytes"]?.int ?? 1 << 20))
    }

    private mutating func fetch(
        _ topic: String, _ index: Int32, from offset: Int64, isolation: Int8, version: Int16, maxBytes: Int32 = 1 << 20
    ) throws -> JSONValue {
        var request = FetchRequest()
        request.maxWaitMs = 0
        request.minBytes = 0
        request.isolationLevel = isolation
        request.topics = [
            .init(
                topic: topic, topicID: topicID(topic),
                partitions: [.init(partition: index, fetchOffset: offset, partitionMaxBytes: maxBytes)])
        ]
        let answer = try leader(topic, index).call(request, version: version)
        guard let part = answer.responses.first?.partitions.first else {
            throw ConformanceError(description: "Fetch was answered without the partition: \(answer.errorCode)")
        }
        var result: [String: JSONValue] = [
            "errorCode": .number(Int64(part.errorCode)), "highWatermark": .number(part.highWatermark),
            "lastStableOffset": .number(part.lastStableOffset),
        ]
        guard part.errorCode == 0 else { return .object(result) }
        result["logStartOffset"] = version >= 5 ? .number(part.logStartOffset) : .null
        result["abortedTransactions"] =
            part.abortedTransactions.map { list in
                .list(list.map { .list([names.letter($0.producerID), .number($0.firstOffset)]) })
            } ?? .null
        let (rows, visible) = try (part.records ?? []).withUnsafeBytes { raw in
            try read(raw, from: offset, aborted: isolation == 1 ? part.abortedTransactions ?? [] : [])
        }
        result["batches"] = .list(rows)
        result["visible"] = .list(visible)
        return .object(result)
    }

    /// The batches of an answer, and the records that a consumer hands to the application.
    private func read(
        _ section: UnsafeRawBufferPointer, from offset: Int64, aborted: [FetchResponse.Aborted]
    ) throws -> ([JSONValue], [JSONValue]) {
        var rows: [JSONValue] = []
        var visible: [JSONValue] = []
        var left = aborted.sorted { $0.firstOffset < $1.firstOffset }
        var inside: Set<Int64> = []
        for batch in RecordBatchSequence(section) where batch.isWhole {
            let header = batch.header
            let last = header.baseOffset + Int64(header.lastOffsetDelta)
            while let next = left.first, next.firstOffset <= last {
                inside.insert(next.producerID)
                left.removeFirst()
            }
            var row: [JSONValue] = [
                .number(header.baseOffset), .number(last), names.letter(header.producerID),
                names.told(Int64(header.producerEpoch), of: header.producerID), .number(Int64(header.baseSequence)),
                .number(Int64(header.recordCount)),
            ]
            if header.isControl {
                let (kind, epoch) = try Self.marker(batch)
                row += [.text(kind), .number(Int64(epoch))]
                if kind == "ABORT" { inside.remove(header.producerID) }
            } else {
                row.append(.text(header.isTransactional ? "T" : ""))
                if !(header.isTransactional && inside.contains(header.producerID)) {
                    try RecordView.forEach(in: batch.records, count: header.recordCount) { record in
                        let place = header.baseOffset + Int64(record.offsetDelta)
                        guard place >= offset else { return }
                        let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
                        visible.append(.list([.number(place), .text(value)]))
                    }
                }
            }
            rows.append(.list(row))
        }
        return (rows, visible)
    }

    private static func marker(_ batch: RecordBatchView) throws -> (String, Int32) {
        var kind = "?"
        var epoch: Int32 = -1
        try RecordView.forEach(in: batch.records, count: batch.header.recordCount) { record in
            guard let key = record.key, let value = record.value, key.count >= 4, value.count >= 6 else { return }
            kind = key[3] == 1 ? "COMMIT" : "ABORT"
            epoch = Int32(bigEndian: value.loadUnaligned(fromByteOffset: 2, as: Int32.self))
        }
        return (kind, epoch)
    }

    mutating func listOffsets(_ body: JSONValue) throws -> JSONValue {
        try listOffsets(
            names.topic(body["topic"]?.string), Int32(body["partition"]?.int ?? 0),
            isolation: Int8(body["isolation"]?.int ?? 0), timestamp: body["timestamp"]?.int ?? -1,
            version: Int16(body["apiVersion"]?.int ?? 5))
    }

    private mutating func listOffsets(
        _ topic: String, _ index: Int32, isolation: Int8, timestamp: Int64, version: Int16
    ) throws -> JSONValue {
        var request = ListOffsetsRequest()
        request.isolationLevel = isolation
        request.timeoutMs = 10_000
        request.topics = [.init(name: topic, partitions: [.init(partitionIndex: index, timestamp: timestamp)])]
        let answer = try leader(topic, index).call(request, version: version)
        guard let part = answer.topics.first?.partitions.first else {
            throw ConformanceError(description: "ListOffsets was answered without the partition")
        }
        return .object(["errorCode": .number(Int64(part.errorCode)), "offset": .number(part.offset)])
    }

    mutating func describeProducers(_ body: JSONValue) throws -> JSONValue {
        let topic = names.topic(body["topic"]?.string)
        let index = Int32(body["partition"]?.int ?? 0)
        var request = DescribeProducersRequest()
        request.topics = [.init(name: topic, partitionIndexes: [index])]
        let answer = try leader(topic, index).call(request, version: 0)
        guard let part = answer.topics.first?.partitions.first else {
            throw ConformanceError(description: "DescribeProducers was answered without the partition")
        }
        let rows = part.activeProducers.map { one in
            JSONValue.list([
                names.letter(one.producerID), names.told(Int64(one.producerEpoch), of: one.producerID),
                .number(Int64(one.lastSequence)), .number(Int64(one.coordinatorEpoch)),
                .number(one.currentTxnStartOffset),
            ])
        }
        return .object([
            "errorCode": .number(Int64(part.errorCode)),
            "producers": .list(rows.sorted { $0.description < $1.description }),
        ])
    }

    /// What stands in the log at the end, and who sees it.
    mutating func endOfPartition(_ index: Int32) throws -> JSONValue {
        let start = try listOffsets(names.topic, index, isolation: 0, timestamp: -2, version: 5)["offset"]?.int ?? 0
        let all = try fetch(names.topic, index, from: start, isolation: 0, version: 11)
        let committed = try fetch(names.topic, index, from: start, isolation: 1, version: 11)
        return .object([
            "logStartOffset": all["logStartOffset"] ?? .null, "highWatermark": all["highWatermark"] ?? .null,
            "lastStableOffset": all["lastStableOffset"] ?? .null, "log": all["batches"] ?? .null,
            "abortedTransactions": committed["abortedTransactions"] ?? .null,
            "committed": committed["visible"] ?? .null,
        ])
    }
}
