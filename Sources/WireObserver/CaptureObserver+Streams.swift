import EvidenceModel
import KafkaWire
import PacketWire

extension CaptureObserver {
    private static let maximumUnacknowledged = 4096

    /// Puts a segment's payload in its place and reads what is in order.
    func receive(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool, timeNs: Int64) {
        if !connection.began {
            connection.began = true
            if !connection.sawStart {
                connection.requests.startSearching()
                connection.responses.startSearching()
            }
        }
        noteSize(connection, segment, fromClient: fromClient, timeNs: timeNs)
        let before = fromClient ? connection.client.stream.repeatedSegments : connection.broker.stream.repeatedSegments
        let arrival =
            fromClient
            ? connection.client.stream.accept(
                sequence: segment.sequence, payload: segment.payload, length: segment.payloadLength, timeNs: timeNs)
            : connection.broker.stream.accept(
                sequence: segment.sequence, payload: segment.payload, length: segment.payloadLength, timeNs: timeNs)
        let after = fromClient ? connection.client.stream.repeatedSegments : connection.broker.stream.repeatedSegments
        if after != before { noteRepeat(connection, segment, fromClient: fromClient) }
        if case .next(let skip) = arrival {
            let captured = segment.payload.count
            if skip < captured {
                let bytes = skip == 0 ? segment.payload : UnsafeRawBufferPointer(rebasing: segment.payload[skip...])
                feed(connection, bytes, fromClient: fromClient, timeNs: timeNs)
            }
            let cut = segment.payloadLength - max(captured, skip)
            if cut > 0 { miss(connection, cut, fromClient: fromClient, timeNs: timeNs) }
        }
        if fromClient ? connection.client.stream.isHolding : connection.broker.stream.isHolding {
            drain(connection, fromClient: fromClient)
        }
    }

    /// Reads what came in order because a hole was filled or given up.
    func drain(_ connection: Connection, fromClient: Bool) {
        while let piece = fromClient ? connection.client.stream.nextHeld() : connection.broker.stream.nextHeld() {
            switch piece {
            case .bytes(let bytes, let timeNs, let cut):
                bytes.withUnsafeBytes { feed(connection, $0, fromClient: fromClient, timeNs: timeNs) }
                if cut > 0 { miss(connection, cut, fromClient: fromClient, timeNs: timeNs) }
            case .gap(let count):
                counts.gaps += 1
                gapBytes += Int64(count)
                noteMissing(connection, count, fromClient: fromClient)
                connection.summary.hadGap = true
                miss(connection, count, fromClient: fromClient, timeNs: 0)
            }
        }
    }

    /// Where a stretch is missing, so that a judge can ask whether a fault took it.
    private func noteMissing(_ connection: Connection, _ count: Int, fromClient: Bool) {
        let stream = fromClient ? connection.client.stream : connection.broker.stream
        guard counts.missing?.count ?? 0 < WireEvidence.Capture.mostMissing,
            let sequence = stream.sequence(at: stream.next - Int64(count))
        else { return }
        counts.missing =
            (counts.missing ?? []) + [
                WireEvidence.MissingStretch(
                    connection: WireAnalysis.text(connection.summary.client) + ">"
                        + WireAnalysis.text(connection.summary.broker),
                    direction: fromClient ? .clientToBroker : .brokerToClient, sequence: sequence, lengthBytes: count,
                    isReceived: !isClosing || stream.isAcknowledgedPastHole)
            ]
    }

    @inline(__always)
    private func noteSize(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool, timeNs: Int64) {
        if fromClient {
            guard let start = connection.client.stream.position(of: segment.sequence) else { return }
            connection.client.waiting.sent(start, segment.payloadLength, timeNs, connection.sizes.up)
        } else {
            guard let start = connection.broker.stream.position(of: segment.sequence) else { return }
            connection.broker.waiting.sent(start, segment.payloadLength, timeNs, connection.sizes.down)
        }
    }

    private func feed(_ connection: Connection, _ bytes: UnsafeRawBufferPointer, fromClient: Bool, timeNs: Int64) {
        if fromClient {
            connection.requests.feed(bytes, timeNs: timeNs)
            afterRequests(connection)
        } else {
            connection.responses.rawTokensAllowed = connection.rawTokensAllowed
            connection.responses.feed(bytes, timeNs: timeNs) { correlationID, isAligned in
                interest(connection, correlationID, isAligned: isAligned)
            }
            afterResponses(connection)
        }
    }

    private func miss(_ connection: Connection, _ count: Int, fromClient: Bool, timeNs: Int64) {
        if fromClient {
            connection.requests.missing(count, timeNs: timeNs)
            afterRequests(connection)
        } else {
            connection.responses.missing(count, timeNs: timeNs)
            afterResponses(connection)
        }
    }

    // MARK: Requests

    private func afterRequests(_ connection: Connection) {
        if connection.requests.isSynchronised, connection.role == .unknown { becomeKafka(connection) }
        if connection.requests.undecodable > 0 {
            if connection.role == .kafka { counts.undecodableFrames += connection.requests.undecodable }
            connection.requests.undecodable = 0
        }
        if connection.requests.unknownRequests > 0 {
            unknownRequests += connection.requests.unknownRequests
            connection.requests.unknownRequests = 0
        }
        guard !connection.requests.completed.isEmpty else { return }
        if connection.summary.clientID == nil { connection.summary.clientID = connection.requests.clientID }
        connection.rawTokensAllowed = connection.requests.rawTokensAllowed
        for request in connection.requests.completed { complete(request, connection) }
        connection.requests.clearCompleted()
    }

    private func complete(_ request: RequestScanner.Request, _ connection: Connection) {
        let first = firstAttempt + attempts.count
        connection.summary.lastRequestNs = request.timeNs
        requestCounts[Int32(request.apiKey) << 16 | Int32(request.version), default: 0] += 1
        if request.apiKey == APIKey.produce.rawValue {
            counts.produceRequests += 1
            trim()
            for index in request.firstEntry..<request.firstEntry + request.entryCount {
                append(connection.requests.entries[index], request, connection)
            }
            if request.entryCount > 0 {
                let message = Connection.Message(
                    start: request.start, end: request.end, firstAttempt: first, count: request.entryCount)
                watch?.note(.request, message, request.timeNs)
                track(message, in: &connection.client, .requestAcknowledged)
            }
        }
        guard request.apiKey != APIKey.produce.rawValue || request.acks != 0 else { return }
        connection.wait(
            for: Connection.Outstanding(
                correlationID: request.correlationID, apiKey: request.apiKey, version: request.version,
                firstAttempt: first, count: request.entryCount))
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
        if !entry.isHeaderWhole {
            attempt.flags.insert(.headerCut)
            cutHeaders += 1
        }
        attempts.append(attempt)
        guard case .recent = retention else { return }
        live.requests += 1
        live.records += Int(entry.recordCount)
        if sequences.isRepeat(attempt) { live.retries += 1 }
    }

    /// A live observer lets go of old attempts; their answers are counted without them.
    private func trim() {
        guard case .recent(let limit) = retention, attempts.count > 2 * limit else { return }
        firstAttempt += attempts.removeFirstSegments(keeping: limit)
    }

    // MARK: Responses

    private func afterResponses(_ connection: Connection) {
        if connection.responses.undecodable > 0 {
            if connection.role == .kafka { counts.undecodableFrames += connection.responses.undecodable }
            connection.responses.undecodable = 0
        }
        guard !connection.responses.completed.isEmpty else { return }
        let completed = connection.responses.completed
        connection.responses.completed.removeAll(keepingCapacity: true)
        for response in completed { complete(response, connection) }
    }

    private func interest(
        _ connection: Connection, _ correlationID: Int32, isAligned: Bool
    ) -> ResponseScanner.Interest {
        let interest = connection.interest(correlationID)
        guard interest == .unknown, isAligned, connection.client.stream.isHolding else { return interest }
        // The broker has read a request that is incomplete here: its missing bytes will not come any more.
        while connection.client.stream.isHolding {
            connection.client.stream.abandonHole()
            drain(connection, fromClient: true)
        }
        return connection.interest(correlationID)
    }

    private func complete(_ response: ResponseScanner.Response, _ connection: Connection) {
        guard let found = connection.outstandingIndex(response.correlationID) else {
            unmatchedResponses += 1
            return
        }
        let request = connection.take(found)
        switch APIKey(rawValue: request.apiKey) {
        case .produce: answer(request, response, connection)
        case .metadata: readMetadata(request, response)
        case .initProducerId: readGrant(request, response, connection)
        default: break
        }
    }

    private func answer(
        _ request: Connection.Outstanding, _ response: ResponseScanner.Response, _ connection: Connection
    ) {
        counts.produceResponses += 1
        let range =
            max(
                request.firstAttempt - firstAttempt, 0)..<max(
                request.firstAttempt + request.count - firstAttempt, 0)
        for index in range {
            attempts[index].flags.insert(.answered)
            attempts[index].answerNs = response.timeNs
        }
        do {
            try response.body.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                reader.flexible = APIKey.produce.isFlexible(request.version)
                try reader.tags()
                try ProduceResponseWalk.walk(&reader, version: request.version) { take($0, range) }
            }
        } catch {
            if response.isWhole { counts.undecodableFrames += 1 }
        }
        if request.count > 0 {
            let message = Connection.Message(
                start: response.start, end: response.end, firstAttempt: request.firstAttempt, count: request.count)
            watch?.note(.answer, message, response.timeNs)
            track(message, in: &connection.broker, .answerAcknowledged)
        }
    }

    private func take(_ answer: ProducePartitionAnswer, _ range: Range<Int>) {
        if answer.errorCode == 0 { successes += 1 } else { errors[answer.errorCode, default: 0] += 1 }
        let isDeduplicated = answer.errorCode == 0 && answer.logAppendTimeMs >= 0
        if isDeduplicated { counts.deduplicatedAnswers += 1 }
        live.note(errorCode: answer.errorCode, isDeduplicated: isDeduplicated)
        // Brokers answer the partitions of a request in any order.
        let topic = answer.topicName.isEmpty ? topics.index(id: answer.topicID) : topics.index(name: answer.topicName)
        for index in range
        where attempts[index].partition == answer.partition && attempts[index].topic == topic
            && !attempts[index].flags.contains(.decoded)
        {
            attempts[index].flags.insert(.decoded)
            if isDeduplicated { attempts[index].flags.insert(.deduplicated) }
            attempts[index].errorCode = answer.errorCode
            if answer.baseOffset <= RecordBatchHeader.offsets.upperBound {
                attempts[index].baseOffset = answer.baseOffset
            } else {
                // No log can have it: it is named, and nothing is computed with it.
                impossibleOffsets += 1
                firstImpossibleOffset = firstImpossibleOffset ?? (answer.baseOffset, attempts[index].answerNs)
            }
            if answer.errorCode == 0 { live.acknowledgedRecords += Int(attempts[index].recordCount) }
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
                if let name = topic.name { topics.name(topic.topicID, name) }
            }
        }
    }

    private func readGrant(
        _ request: Connection.Outstanding, _ response: ResponseScanner.Response, _ connection: Connection
    ) {
        guard response.isWhole, grants.count < 100_000 else { return }
        response.body.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            reader.flexible = ResponseHeader.isFlexible(.initProducerId, request.version)
            guard (try? reader.tags()) != nil,
                let answer = try? InitProducerIdResponse(from: &reader, version: request.version),
                answer.errorCode == 0
            else { return }
            grants.append(
                ProducerGrant(
                    timeNs: response.timeNs, connection: connection.index, producerID: answer.producerID,
                    epoch: answer.producerEpoch))
        }
    }

    // MARK: Repeats and acknowledgements

    /// Keeps a message until the receiver has acknowledged it, so that repeats of its segments are counted for it.
    private func track(
        _ message: Connection.Message, in half: inout Connection.Half, _ flag: ObservedAttempt.Flags
    ) {
        for range in half.earlyRepeats where range.lowerBound < message.end && range.upperBound >= message.start {
            addRepeat(message, flag)
        }
        half.earlyRepeats.removeAll { $0.upperBound < message.end }
        half.unacknowledged.append(message)
        if half.unacknowledged.count > Self.maximumUnacknowledged { half.unacknowledged.removeFirst() }
    }

    private func noteRepeat(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool) {
        counts.retransmittedSegments += 1
        let timeNs = connection.summary.lastNs
        let stream = fromClient ? connection.client.stream : connection.broker.stream
        guard let start = stream.position(of: segment.sequence) else { return }
        let end = start + Int64(segment.payloadLength)
        let flag: ObservedAttempt.Flags = fromClient ? .requestAcknowledged : .answerAcknowledged
        let half = fromClient ? connection.client : connection.broker
        for message in half.acknowledged + half.unacknowledged where message.start < end && message.end > start {
            addRepeat(message, flag)
            watch?.note(fromClient ? .requestRepeated : .answerRepeated, message, timeNs)
        }
        let present = fromClient ? connection.requests.frameStart : connection.responses.frameStart
        guard end > present else { return }
        if fromClient, connection.client.earlyRepeats.count < 256 {
            connection.client.earlyRepeats.append(start...end - 1)
        } else if !fromClient, connection.broker.earlyRepeats.count < 256 {
            connection.broker.earlyRepeats.append(start...end - 1)
        }
    }

    private func addRepeat(_ message: Connection.Message, _ flag: ObservedAttempt.Flags) {
        for number in message.firstAttempt..<message.firstAttempt + message.count where number >= firstAttempt {
            let index = number - firstAttempt
            if flag == .requestAcknowledged {
                attempts[index].requestRetransmissions &+= 1
            } else {
                attempts[index].answerRetransmissions &+= 1
            }
        }
    }

    /// One side acknowledged what the other had sent.
    func acknowledge(_ connection: Connection, by fromClient: Bool, _ sequence: UInt32, _ timeNs: Int64) {
        if fromClient {
            if let position = connection.broker.stream.position(of: sequence) {
                connection.broker.waiting.acknowledge(position, timeNs, connection.sizes.down)
            }
            acknowledge(&connection.broker, sequence, timeNs, .answerAcknowledged)
        } else {
            if let position = connection.client.stream.position(of: sequence) {
                connection.client.waiting.acknowledge(position, timeNs, connection.sizes.up)
            }
            acknowledge(&connection.client, sequence, timeNs, .requestAcknowledged)
        }
    }

    private func acknowledge(
        _ half: inout Connection.Half, _ sequence: UInt32, _ timeNs: Int64, _ flag: ObservedAttempt.Flags
    ) {
        half.stream.acknowledged(sequence, timeNs: timeNs)
        guard let first = half.unacknowledged.first, let position = half.stream.position(of: sequence),
            first.end <= position
        else { return }
        var done = 0
        while done < half.unacknowledged.count, half.unacknowledged[done].end <= position {
            let message = half.unacknowledged[done]
            watch?.note(flag == .requestAcknowledged ? .requestAcknowledged : .answerAcknowledged, message, timeNs)
            for number in message.firstAttempt..<message.firstAttempt + message.count where number >= firstAttempt {
                attempts[number - firstAttempt].flags.insert(flag)
            }
            done += 1
        }
        if half.acknowledged.count > 64 { half.acknowledged.removeFirst(32) }
        half.acknowledged += half.unacknowledged.prefix(min(done, 32))
        half.unacknowledged.removeFirst(done)
    }
}
