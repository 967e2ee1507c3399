import KafkaWire
import RawClient

/// Runs one case and notes every difference from what was recorded.
struct CaseRunner {
    private let one: SequenceCase
    private let target: any ConformanceTarget
    private let topic: String
    private var maker: BatchMaker
    private var connection: RawConnection
    private var place: (host: String, port: Int)
    /// Where the case began: the leader.
    private let leader: (host: String, port: Int)
    private var topicID = KafkaUUID.zero
    private var differences: [Difference] = []
    private var observed: [Observed] = []

    /// What later steps refer to: by partition, of each step.
    struct Observed {
        var maxTimestamps: [Int32: Int64] = [:]
        var logAppendTimes: [Int32: Int64] = [:]
    }

    /// The producer id that nobody handed out.
    private static let unknownProducerID: Int64 = 987_654_321_012
    /// How long the recording waited before it said "no answer".
    private static let patience = Duration.seconds(15)

    /// Runs `one` on `target` with a topic of this name.
    static func run(_ one: SequenceCase, on target: any ConformanceTarget, topic: String) -> CaseOutcome {
        if let reason = target.reasonToSkip(one) { return CaseOutcome(one, .skipped(reason)) }
        if let reason = one.notRun { return CaseOutcome(one, .skipped("was not recorded: \(reason)")) }
        defer { target.finish() }
        do {
            var runner = try CaseRunner(one, target, topic)
            try runner.runSteps()
            let differences = runner.differences
            return CaseOutcome(one, differences.isEmpty ? .passed : .failed(differences))
        } catch {
            return CaseOutcome(
                one, .failed([Difference(place: "run", expected: "the case runs", got: "\(error)")]))
        }
    }

    private init(_ one: SequenceCase, _ target: any ConformanceTarget, _ topic: String) throws {
        self.one = one
        self.target = target
        self.topic = topic
        leader = try target.prepare(one, topic: topic)
        place = leader
        connection = try RawConnection(connectTo: place.host, port: place.port, timeout: Self.patience)
        var producers = ["U": Self.unknownProducerID]
        for alias in Self.aliases(one) { producers[alias] = try connection.initProducerID(within: Self.patience).id }
        let metadata = try connection.metadata(topics: [topic])
        topicID = metadata.topics.first?.topicID ?? .zero
        maker = BatchMaker(startMs: Pause.nowMs, producers: producers)
    }

    private static func aliases(_ one: SequenceCase) -> [String] {
        let names = (one.steps ?? []).flatMap { step in
            (step.produce?.entries ?? []).flatMap { ($0.batches ?? []).compactMap(\.producer?.name) }
        }
        return Set(names).filter { Int64($0) == nil && $0 != "U" }.sorted()
    }

    private mutating func runSteps() throws {
        for (index, step) in (one.steps ?? []).enumerated() {
            observed.append(Observed())
            if let produce = step.produce {
                try send(produce, expecting: step.answer ?? AnswerSpec(), step: index)
            } else if let action = step.action {
                try perform(action, expecting: step.result, step: index)
            }
        }
        try checkEnd()
    }

    private mutating func reconnect() throws {
        connection.close()
        connection = try RawConnection(connectTo: place.host, port: place.port, timeout: Self.patience)
    }

    private mutating func differ(_ place: String, _ expected: String, _ got: String) {
        differences.append(Difference(place: place, expected: expected, got: got))
    }

    // MARK: Requests

    private func request(_ spec: ProduceSpec) throws -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = spec.acks
        request.timeoutMs = spec.timeoutMs ?? 10_000
        request.transactionalID = spec.transactionalId
        for entry in spec.entries {
            let name = entry.topic ?? topic
            let partition = ProduceRequest.Partition(index: entry.partition, records: try maker.records(entry.batches))
            if let last = request.topics.indices.last, request.topics[last].name == name {
                request.topics[last].partitions.append(partition)
            } else {
                let id = entry.topic == nil ? topicID : KafkaUUID(high: 0x6162, low: 0x6364)
                request.topics.append(.init(name: name, topicID: id, partitions: [partition]))
            }
        }
        return request
    }

    private mutating func send(_ spec: ProduceSpec, expecting answer: AnswerSpec, step: Int) throws {
        for entry in spec.entries {
            if let batch = entry.batches?.last {
                observed[step].maxTimestamps[entry.partition] = maker.maxTimestamp(batch)
            }
        }
        let version = spec.apiVersion ?? 8
        connection.timeout = max(Self.patience, .milliseconds(Int64(spec.timeoutMs ?? 0) + 5000))
        let got: Got
        do {
            let correlationID = try connection.post(try request(spec), version: version)
            if spec.acks == 0 {
                got = try afterUnanswered(answer, version, correlationID)
            } else {
                got = .answer(
                    try connection.receive(ProduceRequest.self, version: version, correlationID: correlationID))
            }
        } catch RawClientError.closed {
            got = .closed
        } catch RawClientError.timedOut {
            got = .nothing
        }
        compare(answer, got, step: step)
        if case .answer = got { return }
        if case .open = got { return }
        try reconnect()
    }

    /// What came of a request.
    private enum Got {
        case answer(ProduceResponse)
        case open
        case closed
        case nothing
    }

    /// acks=0: nothing should come; a request behind it shows whether the connection lives.
    private func afterUnanswered(_ expected: AnswerSpec, _ version: Int16, _ correlationID: Int32) throws -> Got {
        if expected.noAnswer == false {
            return .answer(
                try connection.receive(ProduceRequest.self, version: version, correlationID: correlationID))
        }
        _ = try connection.call(ApiVersionsRequest(), version: 0)
        return .open
    }

    private mutating func compare(_ expected: AnswerSpec, _ got: Got, step: Int) {
        let place = "step \(step)"
        switch got {
        case .closed:
            if expected.connection != "closed" { differ(place, Self.text(expected), "connection closed") }
        case .nothing:
            if expected.connection?.hasPrefix("no answer") != true { differ(place, Self.text(expected), "no answer") }
        case .open:
            if expected.noAnswer != true { differ(place, Self.text(expected), "connection open, no answer") }
        case .answer(let response):
            if expected.noAnswer == false, expected.entries == nil { return }
            let partitions = response.topics.flatMap(\.partitions)
            guard let entries = expected.entries else {
                return differ(place, Self.text(expected), partitions.map(Comparison.text).joined(separator: "; "))
            }
            let comparison = Comparison(topic: topic, observed: observed)
            differences += comparison.compare(entries, partitions, step: step)
            for partition in partitions { observed[step].logAppendTimes[partition.index] = partition.logAppendTimeMs }
        }
    }

    private static func text(_ answer: AnswerSpec) -> String {
        if let entries = answer.entries { return entries.map(Comparison.text).joined(separator: "; ") }
        return answer.noAnswer == true ? "connection open, no answer" : answer.connection ?? "an answer"
    }

    // MARK: Actions

    private mutating func perform(_ action: ActionSpec, expecting result: [String: Int64]?, step: Int) throws {
        if let milliseconds = action.sleepMs {
            Pause.sleep(ms: milliseconds)
        } else if let offset = action.deleteRecordsBefore {
            let answer = try connection.deleteRecords(topic: topic, partition: 0, before: offset)
            let got = ["errorCode": Int64(answer.errorCode), "lowWatermark": answer.lowWatermark]
            if let result, result != got { differ("step \(step)", "\(result)", "\(got)") }
        } else if let wanted = action.waitLogStart {
            var start: Int64 = -1
            for _ in 0..<600 where start != wanted {
                start = try connection.offset(topic: topic, partition: 0, timestamp: -2)
                if start != wanted { Pause.sleep(ms: 50) }
            }
            if start != wanted { differ("step \(step)", "log start \(wanted)", "log start \(start) after 30 s") }
        } else if let moved = try target.perform(action) {
            place = moved
            try reconnect()
        }
    }

    // MARK: The end

    private func currentLeader() throws -> (host: String, port: Int) {
        let metadata = try connection.metadata(topics: [topic])
        let id = metadata.topics.first?.partitions.first { $0.partitionIndex == 0 }?.leaderID
        guard let node = metadata.brokers.first(where: { $0.nodeID == id }) else {
            throw ConformanceError(description: "\(topic)-0 has no leader")
        }
        return (node.host, Int(node.port))
    }

    private mutating func checkEnd() throws {
        let wanted = one.logEndOffset?.values ?? []
        // Whoever leads at the end knows the end; a case may have made that another node.
        let now = try? currentLeader()
        if now == nil || place != now! {
            place = now ?? leader
            try reconnect()
        }
        for (partition, expected) in wanted.enumerated() {
            let got = try connection.offset(topic: topic, partition: Int32(partition), timestamp: -1)
            if got != expected { differ("log end of partition \(partition)", "\(expected)", "\(got)") }
        }
        guard let log = one.log else { return }
        let read = try LogReader(host: place.host, port: place.port).read(topics: [topic])
        var names = [Int64: String]()
        for (alias, id) in maker.producers { names[id] = alias }
        for (partition, rows) in log.partitions.enumerated() {
            let start = read.startOffsets[topic]?[Int32(partition)] ?? 0
            let got = read.batches.filter { $0.partition == partition }.map { batch in
                SequenceCase.LogRow(
                    baseOffset: batch.header.baseOffset,
                    lastOffset: batch.header.baseOffset + Int64(batch.header.lastOffsetDelta),
                    producer: names[batch.header.producerID] ?? "\(batch.header.producerID)",
                    epoch: Int64(batch.header.producerEpoch), baseSequence: Int64(batch.header.baseSequence),
                    count: Int64(batch.header.recordCount))
            }
            // Rows below the log start may still be in the files; no client can read them.
            let expected = rows.filter { $0.lastOffset >= start }
            if got != expected { differ("log of partition \(partition)", "\(expected)", "\(got)") }
        }
    }
}
