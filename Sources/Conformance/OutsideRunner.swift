import KafkaWire
import RawClient
import RecordCompression

/// Asks a broker the questions of an ``OutsideRecord`` and compares the answers.
struct OutsideRunner {
    private typealias Value = JSONValue

    private let place: (host: String, port: Int)
    private let tag: String
    private var connection: RawConnection
    private var lastProducerID: Int64?
    /// The topic whose records are deleted, once it is made.
    private var deletedTopic: String?
    private var outcomes: [CaseOutcome] = []

    private static let patience = Duration.seconds(15)

    /// The outcomes, one for each answer.
    static func run(_ record: OutsideRecord, host: String, port: Int, tag: String) -> [CaseOutcome] {
        do {
            var runner = OutsideRunner(
                place: (host, port), tag: tag,
                connection: try RawConnection(connectTo: host, port: port, timeout: patience))
            runner.awaitProducerIDs()
            for (name, answer) in record.questions { runner.ask(name, answer) }
            return runner.outcomes
        } catch {
            return record.questions.map {
                CaseOutcome(
                    group: "outside", name: $0.name,
                    .failed([Difference(place: "run", expected: "\($0.answer)", got: "\(error)")]))
            }
        }
    }

    private init(place: (host: String, port: Int), tag: String, connection: RawConnection) {
        self.place = place
        self.tag = tag
        self.connection = connection
    }

    private mutating func ask(_ name: String, _ answer: Value) {
        if let match = name.wholeMatch(of: #/topic (.+)/#) { return askTopic(name, String(match.1), answer) }
        settle(name, answer) { runner in
            if name == "apiVersions" { return try runner.apiVersions() }
            if let match = name.wholeMatch(of: #/apiVersions v(\d+)/#) {
                return try runner.apiVersions(version: Int16(match.1) ?? .max)
            }
            if name == "produce v(max+1)" { return try runner.produceBeyond() }
            if let match = name.wholeMatch(of: #/initProducerId v(\d+)(, empty transactional id)?/#) {
                let version = Int16(match.1) ?? .max
                return match.2 == nil
                    ? try runner.initProducerID(version, answer) : try runner.emptyTransactionalID(version)
            }
            if let match = name.wholeMatch(of: #/deleteRecords before (-?\d+) of (\d+)/#) {
                return try runner.deleteRecords(Int64(match.1) ?? 0, of: Int(match.2) ?? 0)
            }
            if name == "listOffsets" { return try runner.listOffsets() }
            return nil
        }
    }

    /// Notes the outcome of one question. `ask` returns nil for a question that is not understood.
    private mutating func settle(_ name: String, _ expected: Value, _ ask: (inout OutsideRunner) throws -> Value?) {
        var got: Value?
        do {
            got = try ask(&self)
        } catch RawClientError.closed {
            got = .object(["connection": .text("closed")])
        } catch RawClientError.timedOut {
            got = .object(["connection": .text("no answer")])
        } catch {
            got = .text("\(error)")
        }
        guard let got else {
            return note(name, .skipped("the question is not understood"))
        }
        // Whatever happened to the connection, the next question has a good one.
        connection.close()
        if let fresh = try? RawConnection(connectTo: place.host, port: place.port, timeout: Self.patience) {
            connection = fresh
        }
        let isSame = got == expected
        note(
            name,
            isSame ? .passed : .failed([Difference(place: "answer", expected: "\(expected)", got: "\(got)")]))
    }

    private mutating func note(_ name: String, _ result: CaseOutcome.Result) {
        outcomes.append(CaseOutcome(group: "outside", name: name, result))
    }

    // MARK: Api versions

    private func apiVersions() throws -> Value {
        let response = try connection.call(ApiVersionsRequest(), version: 0)
        return .object(
            response.apis.reduce(into: [:]) {
                $0["\($1.apiKey)"] = .list([.number(Int64($1.minVersion)), .number(Int64($1.maxVersion))])
            })
    }

    private func apiVersions(version: Int16) throws -> Value {
        try sendBare(.apiVersions, version)
        let frame = try connection.receiveFrame("ApiVersions")
        return try frame.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            _ = try ResponseHeader.read(from: &reader, apiKey: .apiVersions, apiVersion: 0)
            let response = try ApiVersionsResponse(from: &reader, version: 0)
            return .object([
                "raw": .text("error \(response.errorCode)"),
                "listed": .list(
                    response.apis.map {
                        .list([.number(Int64($0.apiKey)), .number(Int64($0.minVersion)), .number(Int64($0.maxVersion))])
                    }),
            ])
        }
    }

    private func produceBeyond() throws -> Value {
        try connection.negotiate()
        try sendBare(.produce, (connection.offered[.produce]?.upperBound ?? 0) + 1)
        _ = try connection.receiveFrame("Produce")
        return .object(["connection": .text("open")])
    }

    /// A request without a body.
    private func sendBare(_ api: APIKey, _ version: Int16) throws {
        var writer = ByteWriter()
        try RequestHeader(apiKey: api, apiVersion: version, correlationID: 1, clientID: "conform").write(to: &writer)
        try connection.send(writer.framed())
    }

    // MARK: Producer ids

    /// A broker that has just started answers 14 for a while, which no record holds. One that knows no producer ids, or
    /// refuses them, is asked in earnest later.
    private func awaitProducerIDs() {
        guard let own = try? RawConnection(connectTo: place.host, port: place.port, timeout: Self.patience) else {
            return
        }
        _ = try? own.initProducerID(within: Self.patience)
        own.close()
    }

    private mutating func initProducerID(_ version: Int16, _ expected: Value) throws -> Value {
        let answer = try connection.call(InitProducerIdRequest(), version: version)
        var members: [String: Value] = [
            "errorCode": .number(Int64(answer.errorCode)), "epoch": .number(Int64(answer.producerEpoch)),
        ]
        if let last = lastProducerID { members["idIsLastPlus"] = .number(answer.producerID - last) }
        lastProducerID = answer.producerID
        for name in expected.members.keys.sorted(by: >) {
            guard let match = name.wholeMatch(of: #/with (its own id|an id nobody handed out)(?:,| and) epoch (\d+)/#)
            else { continue }
            var request = InitProducerIdRequest()
            request.producerID = match.1.hasPrefix("its") ? answer.producerID : 987_654_321_012
            request.producerEpoch = Int16(match.2) ?? 0
            let other = try connection.call(request, version: version)
            members[name] = .object([
                "errorCode": .number(Int64(other.errorCode)),
                "id": .number(other.producerID - (lastProducerID ?? 0)),
                "epoch": .number(Int64(other.producerEpoch)),
            ])
            lastProducerID = other.producerID
        }
        return .object(members)
    }

    private func emptyTransactionalID(_ version: Int16) throws -> Value {
        var request = InitProducerIdRequest()
        request.transactionalID = ""
        request.transactionTimeoutMs = 10_000
        let answer = try connection.call(request, version: version)
        return .object([
            "errorCode": .number(Int64(answer.errorCode)), "epoch": .number(Int64(answer.producerEpoch)),
        ])
    }

    // MARK: Offsets

    private mutating func deleteRecords(_ before: Int64, of count: Int) throws -> Value {
        if deletedTopic == nil {
            let name = "conform-\(tag)-deleted"
            try create(name, [:])
            let answer = try produce(name, try batch(count: count), version: nil)
            guard answer.errorCode == 0 else {
                throw ConformanceError(description: "the records to delete were refused with \(answer.errorCode)")
            }
            deletedTopic = name
        }
        let answer = try connection.deleteRecords(topic: deletedTopic!, partition: 0, before: before)
        return .object([
            "errorCode": .number(Int64(answer.errorCode)), "lowWatermark": .number(answer.lowWatermark),
        ])
    }

    private func listOffsets() throws -> Value {
        guard let topic = deletedTopic else {
            throw ConformanceError(description: "listOffsets needs deleteRecords before it")
        }
        return .list(
            try [-2, -1].map { .number(try connection.offset(topic: topic, partition: 0, timestamp: $0)) })
    }
}

// MARK: - Topics

extension OutsideRunner {
    /// The settings that a topic's label stands for; nil for a label that is not understood.
    private static func settings(_ label: String) -> [String: String]? {
        var result: [String: String] = [:]
        for part in label.split(separator: #/, | and /#) {
            if part == "default" { continue }
            if let match = part.wholeMatch(of: #/downconversion (on|off)/#) {
                result["message.downconversion.enable"] = match.1 == "on" ? "true" : "false"
            } else if let match = part.wholeMatch(of: #/format (\S+)/#) {
                result["message.format.version"] = String(match.1)
            } else {
                return nil
            }
        }
        return result
    }

    private mutating func askTopic(_ title: String, _ label: String, _ expected: JSONValue) {
        guard let settings = Self.settings(label) else {
            return note(title, .skipped("the topic is not understood"))
        }
        let topic = "conform-\(tag)-\(label.filter { $0.isLetter || $0.isNumber })"
        let members = expected.members
        settle("\(title): create", members["create"] ?? .text("created")) { runner in
            do {
                try runner.create(topic, settings)
                return .text("created")
            } catch RawClientError.refused(_, let code) {
                return .text("CreateTopics: \(code.rawValue)")
            }
        }
        guard members["create"] == nil else { return }
        // That a topic could be made was not recorded on its own: what follows shows it.
        if outcomes.last?.result == .passed { outcomes.removeLast() }
        let producing = ["idempotent batch", "plain batch", "gzip batch", "magic 1 by v2"]
        for kind in producing where members[kind] != nil {
            settle("\(title): \(kind)", members[kind]!) { try $0.send(kind, to: topic) }
        }
        let fetches = members.keys.compactMap { key in
            key.wholeMatch(of: #/fetch v(\d+)/#).flatMap { Int16($0.1) }
        }
        for version in fetches.sorted() {
            settle("\(title): fetch v\(version)", members["fetch v\(version)"]!) { try $0.fetch(topic, version) }
        }
        for key in members.keys.sorted() where !producing.contains(key) && !key.hasPrefix("fetch v") {
            note("\(title): \(key)", .skipped("the question is not understood"))
        }
    }

    private func create(_ name: String, _ settings: [String: String]) throws {
        try connection.createTopic(name, partitions: 1, properties: settings)
        try BootstrapTarget.awaitTopic(name, partitions: 1, LogReader(host: place.host, port: place.port))
    }

    private func batch(count: Int, idempotent: Bool = false, gzip: Bool = false) throws -> [UInt8] {
        let id = idempotent ? try connection.initProducerID(within: Self.patience).id : -1
        var builder = RecordBatchBuilder(
            (0..<count).map { Record(value: Array("value-\($0)".utf8)) }, baseTimestamp: Pause.nowMs, producerID: id,
            producerEpoch: idempotent ? 0 : -1, baseSequence: idempotent ? 0 : -1)
        if gzip, let packed = Compressor.compress(builder.records, .gzip) {
            builder.records = packed
            builder.header.attributes = Int16(Compression.gzip.rawValue)
        }
        return builder.build()
    }

    private func produce(_ topic: String, _ records: [UInt8], version: Int16?) throws -> ProduceResponse.Partition {
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 10_000
        request.topics = [.init(name: topic, partitions: [.init(index: 0, records: records)])]
        let version = try version ?? connection.version(of: ProduceRequest.self, atMost: 8)
        guard let answer = try connection.call(request, version: version).topics.first?.partitions.first else {
            throw ConformanceError(description: "Produce was answered without a partition")
        }
        return answer
    }

    private func send(_ kind: String, to topic: String) throws -> JSONValue {
        let answer: ProduceResponse.Partition
        if kind.hasPrefix("magic") {
            var writer = ByteWriter()
            Message(magic: 1, timestamp: Pause.nowMs, value: Array("value-0".utf8)).write(to: &writer)
            answer = try produce(topic, writer.bytes, version: 2)
        } else {
            let records = try batch(
                count: 2, idempotent: kind.hasPrefix("idempotent"), gzip: kind.hasPrefix("gzip"))
            answer = try produce(topic, records, version: nil)
        }
        return .list([.number(Int64(answer.errorCode)), .number(answer.baseOffset)])
    }

    private func fetch(_ topic: String, _ version: Int16) throws -> JSONValue {
        var request = FetchRequest()
        request.maxWaitMs = 500
        request.minBytes = 1
        var id = KafkaUUID.zero
        if version >= 13 { id = try connection.metadata(topics: [topic]).topics.first?.topicID ?? .zero }
        request.topics = [.init(topic: topic, topicID: id, partitions: [.init(partition: 0)])]
        let response = try connection.call(request, version: version)
        guard let answer = response.responses.first?.partitions.first else {
            throw ConformanceError(description: "Fetch was answered without a partition")
        }
        var members: [String: JSONValue] = [
            "errorCode": .number(Int64(answer.errorCode)), "highWatermark": .number(answer.highWatermark),
            "records": .list(Self.describe(answer.records ?? []).map { .text($0) }),
        ]
        if version >= 5 { members["logStartOffset"] = .number(answer.logStartOffset) }
        if version >= 7 { members["topErrorCode"] = .number(Int64(response.errorCode)) }
        return .object(members)
    }

    /// What a records section holds, batch by batch and message by message; `partial` for what is not whole.
    private static func describe(_ records: [UInt8]) -> [String] {
        var result: [String] = []
        records.withUnsafeBytes { raw in
            var position = 0
            while position < raw.count {
                let rest = UnsafeRawBufferPointer(rebasing: raw[position...])
                var reader = ByteReader(rest)
                guard let offset = try? reader.read(Int64.self, "offset"),
                    let size = try? reader.read(Int32.self, "size"), size >= 5, Int(size) + 12 <= rest.count
                else { return result.append("partial") }
                let magic = rest[RecordBatchHeader.magicOffset]
                if magic < 2 {
                    result.append("magic \(magic): \(offset) codec \(rest[RecordBatchHeader.magicOffset + 1] & 7)")
                } else if let header = RecordBatchHeader(rest) {
                    let last = header.baseOffset + Int64(header.lastOffsetDelta)
                    result.append(
                        "magic 2: \(header.baseOffset)-\(last) x\(header.recordCount) codec \(header.attributes & 7)")
                }
                position += Int(size) + 12
            }
        }
        return result
    }
}
