import EvidenceModel
import KafkaWire

/// The stage that makes attempts of requests, and tells them what the responses say.
final class FrameStage {
    private let tally: CaptureTally
    private let log: ObservationLog
    private(set) var unmatchedResponses = 0
    /// Partition answers whose base offset no log can have, and the first of them with its time.
    private(set) var impossibleOffsets = 0
    private(set) var firstImpossibleOffset: (offset: Int64, timeNs: Int64)?
    private(set) var unknownRequests = 0
    /// Partition answers with success, and with each error.
    @exclusivity(unchecked) private var successes = 0
    private var errors: [Int16: Int] = [:]
    /// Requests by api key (upper half) and version.
    @exclusivity(unchecked) private(set) var requestCounts: [Int32: Int] = [:]

    init(tally: CaptureTally, log: ObservationLog) {
        self.tally = tally
        self.log = log
    }

    /// The capture has ended: the tables of requests and answers are complete.
    func finish() {
        tally.counts.answers = Dictionary(uniqueKeysWithValues: errors.map { (String($0.key), $0.value) })
        if successes > 0 { tally.counts.answers["0"] = successes }
        tally.counts.requests = Dictionary(
            uniqueKeysWithValues: requestCounts.map { key, count in
                (APIKey(rawValue: Int16(key >> 16)).name + " v\(key & 0xffff)", count)
            })
    }

    /// The connection is over: what could not be read of it counts.
    func settle(_ connection: Connection) {
        tally.counts.undecodableFrames += connection.doubtful.undecodable
        unknownRequests += connection.doubtful.unknownRequests
        unmatchedResponses += connection.doubtful.unmatchedResponses
        connection.doubtful = Connection.Doubtful()
    }

    // MARK: Requests

    /// Takes what the scanner of requests has completed.
    func afterRequests(_ connection: Connection) {
        if connection.requests.isSynchronised, connection.role == .unknown { log.becomeKafka(connection) }
        if connection.requests.undecodable > 0 {
            if connection.role == .kafka { connection.doubtful.undecodable += connection.requests.undecodable }
            connection.requests.undecodable = 0
        }
        if connection.requests.unknownRequests > 0 {
            connection.doubtful.unknownRequests += connection.requests.unknownRequests
            connection.requests.unknownRequests = 0
        }
        if connection.requests.hidden.any {
            if connection.role == .kafka {
                let lastNs = connection.summary.lastNs
                log.noteHidden(
                    min(connection.requests.timeNs, lastNs)...lastNs, counts: connection.requests.hidden.counts)
            }
            connection.requests.hidden = RequestScanner.Hidden()
        }
        guard !connection.requests.completed.isEmpty else { return }
        if connection.summary.clientID == nil { connection.summary.clientID = connection.requests.clientID }
        connection.rawTokensAllowed = connection.requests.rawTokensAllowed
        for request in connection.requests.completed { complete(request, connection) }
        connection.requests.clearCompleted()
    }

    private func complete(_ request: RequestScanner.Request, _ connection: Connection) {
        let first = log.nextAttempt
        connection.summary.lastRequestNs = request.timeNs
        requestCounts[Int32(request.apiKey) << 16 | Int32(request.version), default: 0] += 1
        if request.apiKey == APIKey.produce.rawValue {
            tally.counts.produceRequests += 1
            log.trim()
            for index in request.firstEntry..<request.firstEntry + request.entryCount {
                append(connection.requests.entries[index], request, connection)
            }
            if request.entryCount > 0 {
                let message = Connection.Message(
                    start: request.start, end: request.end, firstAttempt: first, count: request.entryCount)
                log.watch?.note(.request, message, request.timeNs)
                StreamStage.track(message, in: &connection.client, .requestAcknowledged, log)
            }
        }
        guard request.apiKey != APIKey.produce.rawValue || request.acks != 0 else { return }
        var waiting = Connection.Outstanding(
            correlationID: request.correlationID, apiKey: request.apiKey, version: request.version,
            firstAttempt: first, count: request.entryCount)
        if !request.body.isEmpty, case .everything = log.retention {
            let calls = TransactionCall.read(request, connection.index)
            waiting.firstAttempt = log.transactionCalls.count
            waiting.count = calls.count
            log.transactionCalls += calls
        }
        connection.wait(for: waiting)
    }

    private func append(
        _ entry: RequestScanner.Entry, _ request: RequestScanner.Request, _ connection: Connection
    ) {
        var attempt = ObservedAttempt(
            requestNs: request.timeNs, producerID: entry.producerID, payload: entry.payload, identity: entry.identity,
            baseTimestampMs: entry.baseTimestampMs, connection: connection.index,
            correlationID: request.correlationID, topic: entry.topic, partition: entry.partition,
            baseSequence: entry.baseSequence, lastSequence: entry.lastSequence, recordCount: entry.recordCount,
            producerEpoch: entry.producerEpoch, apiVersion: request.version, acks: request.acks)
        if request.isTransactional { attempt.flags.insert(.transactional) }
        if !entry.isHeaderWhole { attempt.flags.insert(.headerCut) }
        log.append(attempt)
    }

    // MARK: Responses

    /// Takes what the scanner of responses has completed.
    func afterResponses(_ connection: Connection) {
        if connection.responses.undecodable > 0 {
            if connection.role == .kafka { connection.doubtful.undecodable += connection.responses.undecodable }
            connection.responses.undecodable = 0
        }
        guard !connection.responses.completed.isEmpty else { return }
        let completed = connection.responses.completed
        connection.responses.completed.removeAll(keepingCapacity: true)
        for response in completed { complete(response, connection) }
    }

    private func complete(_ response: ResponseScanner.Response, _ connection: Connection) {
        guard let found = connection.outstandingIndex(response.correlationID) else {
            connection.doubtful.unmatchedResponses += 1
            return
        }
        if connection.responses.takeHidden() { answerHidden(before: found, response, connection) }
        let request = connection.take(found)
        switch APIKey(rawValue: request.apiKey) {
        case .produce: answer(request, response, connection)
        case .metadata: readMetadata(request, response)
        case .initProducerId: readGrant(request, response, connection)
        default: break
        }
        guard request.count > 0, TransactionCall.isKept(request.apiKey, request.version) else { return }
        for place in request.firstAttempt..<request.firstAttempt + request.count {
            log.transactionCalls[place].take(response)
        }
    }

    /// Answers that were cut off or lost in the capture: a broker answers in order, so that a request before one that was
    /// answered was answered too, with what is not known.
    private func answerHidden(before found: Int, _ response: ResponseScanner.Response, _ connection: Connection) {
        for place in connection.outstandingHead..<max(found, connection.outstandingHead) {
            let request = connection.outstanding[place]
            guard request.apiKey == APIKey.produce.rawValue else { continue }
            for index in log.indices(request.firstAttempt, request.count) {
                log.attempts[index].flags.insert(.answered)
                log.attempts[index].answerNs = response.timeNs
            }
        }
    }

    private func answer(
        _ request: Connection.Outstanding, _ response: ResponseScanner.Response, _ connection: Connection
    ) {
        tally.counts.produceResponses += 1
        let range = log.indices(request.firstAttempt, request.count)
        for index in range {
            log.attempts[index].flags.insert(.answered)
            log.attempts[index].answerNs = response.timeNs
        }
        do {
            try response.body.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                reader.flexible = APIKey.produce.isFlexible(request.version)
                try reader.tags()
                try ProduceResponseWalk.walk(&reader, version: request.version) { take($0, range) }
            }
        } catch {
            if response.isWhole { tally.counts.undecodableFrames += 1 }
        }
        if request.count > 0 {
            let message = Connection.Message(
                start: response.start, end: response.end, firstAttempt: request.firstAttempt, count: request.count)
            log.watch?.note(.answer, message, response.timeNs)
            StreamStage.track(message, in: &connection.broker, .answerAcknowledged, log)
        }
    }

    private func take(_ answer: ProducePartitionAnswer, _ range: Range<Int>) {
        if answer.errorCode == 0 { successes += 1 } else { errors[answer.errorCode, default: 0] += 1 }
        let isDeduplicated = answer.errorCode == 0 && answer.logAppendTimeMs >= 0
        if isDeduplicated { tally.counts.deduplicatedAnswers += 1 }
        log.live.note(errorCode: answer.errorCode, isDeduplicated: isDeduplicated)
        // Brokers answer the partitions of a request in any order.
        let topic =
            answer.topicName.isEmpty ? log.topics.index(id: answer.topicID) : log.topics.index(name: answer.topicName)
        for index in range
        where log.attempts[index].partition == answer.partition && log.attempts[index].topic == topic
            && !log.attempts[index].flags.contains(.decoded)
        {
            log.attempts[index].flags.insert(.decoded)
            if isDeduplicated { log.attempts[index].flags.insert(.deduplicated) }
            log.attempts[index].errorCode = answer.errorCode
            if answer.baseOffset <= RecordBatchHeader.offsets.upperBound {
                log.attempts[index].baseOffset = answer.baseOffset
            } else {
                // No log can have it: it is named, and nothing is computed with it.
                impossibleOffsets += 1
                firstImpossibleOffset = firstImpossibleOffset ?? (answer.baseOffset, log.attempts[index].answerNs)
            }
            if answer.errorCode == 0 { log.live.acknowledgedRecords += Int(log.attempts[index].recordCount) }
            return
        }
    }

    private func readMetadata(_ request: Connection.Outstanding, _ response: ResponseScanner.Response) {
        guard response.isWhole, request.version >= 10 else { return }
        response.body.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            reader.flexible = true
            guard (try? reader.tags()) != nil,
                let answer = try? MetadataResponse(from: &reader, version: request.version)
            else { return }
            for topic in answer.topics {
                if let name = topic.name { log.topics.name(topic.topicID, name) }
            }
        }
    }

    private func readGrant(
        _ request: Connection.Outstanding, _ response: ResponseScanner.Response, _ connection: Connection
    ) {
        guard response.isWhole else { return }
        response.body.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            reader.flexible = ResponseHeader.isFlexible(.initProducerId, request.version)
            guard (try? reader.tags()) != nil,
                let answer = try? InitProducerIdResponse(from: &reader, version: request.version),
                answer.errorCode == 0
            else { return }
            log.add(
                ObservationLog.ProducerGrant(
                    timeNs: response.timeNs, connection: connection.index, producerID: answer.producerID,
                    epoch: answer.producerEpoch))
        }
    }
}
