import EvidenceModel
import Testing
import WireObserver

@Suite(
    .enabled(if: GoldenSessions.folder != nil, "no golden captures; set CROSSWIND_SHARED to the folder that has them"))
struct GoldenCaptureTests {
    @Test(arguments: GoldenSessions.names)
    func countsOfBothEndsAgreeWithTheTruth(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        for (side, source) in [("client", GoldenSessions.client(name)), ("broker", GoldenSessions.broker(name))] {
            let capture = try #require(try WireAnalysis([source]).captures.first)
            #expect(capture.packets == truth.count(side, "packets"))
            #expect(capture.connections == truth.count(side, "connections"))
            #expect(capture.produceRequests == truth.count(side, "produceRequests"))
            #expect(capture.produceResponses == truth.count(side, "produceResponses"))
            #expect(capture.answers == truth.answers(side))
            #expect(capture.deduplicatedAnswers == truth.count(side, "answersWithLogAppendTimeSet"))
            #expect(capture.resets == truth.count(side, "connectionsWithReset"))
            #expect(capture.requests == truth.requests(side))
            #expect(capture.gaps == 0)
            #expect(capture.undecodableFrames == 0)
        }
    }

    @Test(arguments: GoldenSessions.names)
    func everyBatchOfTheLogIsFound(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        guard let rows = truth.rows else { return }
        let evidence = try WireAnalysis.evidence(of: [GoldenSessions.client(name), GoldenSessions.broker(name)])
        let appended = evidence.batches.filter { $0.baseOffset != nil }
        var found: Set<Truth.Row> = []
        for batch in appended {
            let offsets = Set(batch.attempts.filter { $0.errorCode == 0 }.compactMap(\.baseOffset))
            for offset in offsets {
                found.insert(
                    Truth.Row(
                        topic: batch.topic, partition: Int(batch.partition), baseOffset: Int(offset),
                        producerID: Int(batch.producerID), epoch: Int(batch.producerEpoch),
                        baseSequence: Int(batch.baseSequence), lastSequence: Int(batch.lastSequence),
                        count: Int(batch.recordCount)))
            }
        }
        let missing = Set(rows).subtracting(found)
        // Nothing tells the offset of a batch for which no answer was asked for.
        let unanswered = evidence.batches.filter { batch in batch.attempts.contains { $0.acks == 0 } }.count
        #expect(missing.count <= unanswered, "\(missing)")
        #expect(found.subtracting(rows).isEmpty)
    }
}

@Suite(
    .enabled(if: GoldenSessions.folder != nil, "no golden captures; set CROSSWIND_SHARED to the folder that has them"))
struct GoldenFateTests {
    @Test(arguments: GoldenSessions.names)
    func bothEndsTogetherTellWhatWasLostOnTheWay(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        let evidence = try WireAnalysis.evidence(of: [GoldenSessions.client(name), GoldenSessions.broker(name)])
        let attempts = evidence.batches.flatMap(\.attempts)
        #expect(attempts.count == truth.count("client", "partitionEntriesSent"))
        #expect(
            attempts.count { $0.requestReachedBrokerUs != nil } == truth.count("broker", "partitionEntriesSent"))
        let left = attempts.count { $0.ackLeftBrokerUs != nil }
        let reached = attempts.count { $0.ackReachedClientUs != nil }
        #expect(left == truth.answers("broker").values.reduce(0, +))
        #expect(reached == truth.answers("client").values.reduce(0, +))
        #expect(attempts.count { $0.fate == .ackLost } == left - reached)
        // What never reached the broker is lost: every session runs on until its connections are closed.
        #expect(
            attempts.count { $0.fate == .requestLost }
                == attempts.count { $0.requestReachedBrokerUs == nil && $0.acks != 0 })
        #expect(attempts.count(where: \.deduplicated) == truth.count("broker", "answersWithLogAppendTimeSet"))
        for attempt in attempts {
            let times = [
                attempt.requestLeftClientUs, attempt.requestReachedBrokerUs, attempt.ackLeftBrokerUs,
                attempt.ackReachedClientUs,
            ].compactMap(\.self)
            #expect(times == times.sorted(), "\(attempt)")
        }
    }

    @Test(arguments: GoldenSessions.names)
    func batchesSentMoreThanOnceAreJoined(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        for (side, source) in [("client", GoldenSessions.client(name)), ("broker", GoldenSessions.broker(name))] {
            let evidence = try WireAnalysis.evidence(of: [source])
            let repeated = evidence.batches.count { $0.producerID >= 0 && $0.attempts.count > 1 }
            #expect(repeated == truth.count(side, "sequencesSentMoreThanOnce"))
        }
    }

    /// An answer that reaches a socket its owner has closed is in the client's capture and was never read: the broker then
    /// deduplicates the retry, or the log holds the records twice.
    @Test(arguments: GoldenSessions.names)
    func anAcknowledgedBatchWasAcknowledgedOnce(_ name: String) throws {
        let evidence = try WireAnalysis.evidence(of: [GoldenSessions.client(name), GoldenSessions.broker(name)])
        guard !name.hasPrefix("raw") else { return }
        for batch in evidence.batches {
            #expect(batch.attempts.count { $0.fate == .acknowledged } <= 1, "\(batch.id)")
        }
    }

    @Test(arguments: GoldenSessions.names)
    func recordsReportedFailedThatAreInTheLogAreNamed(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        guard let failedInLog = truth.failedInLog, truth.isIdempotent else { return }
        for sources in [[GoldenSessions.client(name), GoldenSessions.broker(name)], [GoldenSessions.broker(name)]] {
            let evidence = try WireAnalysis.evidence(of: sources)
            let named = Set(evidence.findings.filter { $0.kind == "appended_unacknowledged" }.compactMap(\.batch))
            let records = evidence.batches.filter { named.contains($0.id) }.reduce(0) { $0 + Int($1.recordCount) }
            #expect(records == failedInLog)
        }
    }

    @Test(arguments: GoldenSessions.names)
    func theSideIsFoundFromThePackets(_ name: String) throws {
        for source in [GoldenSessions.client(name), GoldenSessions.broker(name)] {
            var unknown = source
            unknown.side = nil
            #expect(try WireAnalysis([unknown]).captures.first?.side == source.side)
        }
    }

    @Test func aCaptureCutTo160BytesStillCounts() throws {
        let name = "lib216-idem-clean"
        let truth = try GoldenSessions.truth(name)
        let file = "\(GoldenSessions.folder ?? "")/\(name)-snap160-client.pcapng"
        let evidence = try WireAnalysis.evidence(of: [CaptureSource(file, side: nil)])
        let capture = try #require(evidence.captures.first)
        #expect(capture.side == .client)
        #expect(capture.produceRequests == truth.count("client", "produceRequests"))
        #expect(capture.answers == truth.answers("client"))
        #expect(evidence.batches.count == truth.rows?.count)
        #expect(Set(evidence.batches.compactMap(\.baseOffset)) == Set(truth.rows?.map { Int64($0.baseOffset) } ?? []))
        #expect(evidence.findings.contains { $0.kind == "capture_cut" })
        #expect(!evidence.findings.contains { $0.batch != nil })
    }
}
