import CaptureSynthesis
import EvidenceModel
import KafkaWire
import Testing

@testable import WireObserver

/// A history for each finding that shows it, and that it does not come up without its cause.
struct FindingTests {
    /// Findings of a client-side capture of one connection.
    private func findings(_ body: (inout SyntheticConnection) throws -> Void) throws -> [WireEvidence.Finding] {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try body(&connection)
        }
        return try analyse(bytes, side: .client).evidence().findings
    }

    @Test func cleanTrafficHasNone() throws {
        let found = try findings { connection in
            for number: Int32 in 0..<10 {
                try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
            }
        }
        #expect(found.isEmpty)
    }

    /// No log can have such an offset: it is named and taken for none, so that nobody computes with it.
    @Test(arguments: [Int64.max, Int64.max - 1, (Int64(1) << 62) + 1] as [Int64])
    func anImpossibleOffsetIsNamed(offset: Int64) throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try connection.exchange(batch(0, count: 3), correlationID: 1, baseOffset: offset)
            try connection.exchange(batch(3, count: 3), correlationID: 2, baseOffset: 3)
        }
        let evidence = try analyse(bytes, side: .client).evidence()
        #expect(evidence.findings.map(\.kind) == ["impossible_offset"])
        #expect(evidence.findings.first?.detail.contains("\(offset)") == true)
        #expect(evidence.batches.map(\.baseOffset) == [nil, 3])
        #expect(evidence.batches[0].attempts[0].fate == .acknowledged)
    }

    /// What the receiver's kernel threw away must not be read: neither an acknowledgement nor bytes of a request.
    @Test func packetsWithWrongChecksumsAreLeftOut() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<10 {
                let request = try SyntheticKafka.request([batch(number)], correlationID: number, version: 9, acks: -1)
                // A flipped bit in the data, then one in the IP header's addresses; then the packet that TCP sends again.
                for place in [60, 14] {
                    var packet = SyntheticCapture.packet(
                        from: .init(0xC612_0001, 40_000), to: .init(0xC612_0101, 9092), flags: 0x18,
                        sequence: connection.clientNext, acknowledgement: connection.brokerNext, payload: request[...])
                    packet[place] ^= 4
                    capture.add(packet)
                }
                try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
            }
        }
        let analysis = try analyse(bytes, side: .broker)
        let evidence = analysis.evidence()
        #expect(evidence.findings.map(\.kind) == ["bad_checksums"])
        #expect(evidence.findings.first?.detail.hasPrefix("20 packets") == true)
        #expect(evidence.captures.first?.connections == 1)
        #expect(evidence.batches.count == 10)
    }

    /// A host that leaves checksums to its device shows wrong ones in its own captures.
    @Test func wrongChecksumsOfTheCapturingHostAreNoFault() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<10 {
                try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
            }
        }
        // Every packet from the client gets a wrong checksum, in its place in the file.
        var changed = bytes
        var at = 0
        let source: [UInt8] = [198, 18, 0, 1, 198, 18, 1, 1]
        while at + 40 < changed.count {
            if changed[at] == 0x45, Array(changed[(at + 12)..<(at + 20)]) == source {
                changed[at + 36] ^= 0x55
                at += 40
            } else {
                at += 1
            }
        }
        #expect(changed != bytes)
        let evidence = try analyse(changed, side: .client).evidence()
        #expect(evidence.findings.isEmpty)
        #expect(evidence.batches.count == 10)
    }

    @Test func aSequenceGap() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0, count: 5), correlationID: 1)
            try connection.exchange(batch(8), correlationID: 2, errorCode: 45)
        }
        #expect(found.map(\.kind).sorted() == ["not_appended", "sequence_error", "sequence_gap"])
        #expect(found.first { $0.kind == "sequence_gap" }?.detail.contains("sequences 5 to 7") == true)
        #expect(found.first { $0.kind == "sequence_gap" }?.batch == "orders-0/1000.0/seq 8")
    }

    @Test func aGapThatIsFilledLaterIsNone() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1)
            try connection.exchange(batch(2), correlationID: 2)
            try connection.exchange(batch(1), correlationID: 3)
        }
        #expect(found.isEmpty)
    }

    @Test func sequencesWrapWithoutAGap() throws {
        let found = try findings { connection in
            try connection.exchange(batch(.max - 1, count: 2), correlationID: 1)
            try connection.exchange(batch(0, count: 3), correlationID: 2)
        }
        #expect(found.isEmpty)
    }

    @Test func reuseOfASequenceRangeWithOtherRecords() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0, content: 1), correlationID: 1)
            try connection.exchange(batch(0, content: 2), correlationID: 2, logAppendTimeMs: 99)
        }
        #expect(found.map(\.kind) == ["sequence_reuse"])
        #expect(found.first?.detail.contains("these records are gone") == true)
    }

    @Test func aRetryWithOtherBounds() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0, count: 3), correlationID: 1)
            try connection.exchange(batch(1, count: 3), correlationID: 2, errorCode: 45)
        }
        #expect(found.map(\.kind).contains("retry_changed"))
    }

    @Test func epochsMustBeginAtZero() throws {
        let good = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1)
            try connection.exchange(batch(0, epoch: 1, content: 2), correlationID: 2)
        }
        #expect(good.map(\.kind) == ["epoch_bump"])
        #expect(good.first?.detail.contains("by the client itself") == true)
        let bad = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1)
            try connection.exchange(batch(1, epoch: 1, content: 2), correlationID: 2)
        }
        #expect(bad.map(\.kind).contains("epoch_not_restarted"))
    }

    @Test func theSameRecordsUnderTwoEpochs() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1)
            try connection.exchange(batch(0, epoch: 1), correlationID: 2, baseOffset: 1)
        }
        #expect(found.map(\.kind).sorted() == ["epoch_bump", "payload_under_two_epochs"])
        #expect(found.last?.detail.contains("duplicates") == true)
    }

    @Test func a46IsNotApacheKafkas() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1)
            try connection.exchange(batch(0), correlationID: 2, errorCode: 46)
        }
        #expect(found.map(\.kind).contains("foreign_46"))
    }

    @Test func aDeduplicationWithAnotherOffset() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1, baseOffset: 10)
            try connection.exchange(batch(0), correlationID: 2, baseOffset: 11, logAppendTimeMs: 5)
        }
        #expect(found.map(\.kind) == ["dedup_offset_mismatch"])
    }

    @Test func aBatchThatABrokerAppendsTwice() throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1, baseOffset: 10)
            try connection.exchange(batch(0), correlationID: 2, baseOffset: 11)
        }
        #expect(found.map(\.kind) == ["appended_twice"])
    }

    @Test func onALogAppendTimeTopicTheTimeIsNoSignOfADuplicate() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<6 {
                try connection.exchange(
                    batch(number), correlationID: number, baseOffset: Int64(number), logAppendTimeMs: 77)
            }
            try connection.exchange(batch(5), correlationID: 9, baseOffset: 5, logAppendTimeMs: 77)
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.batches.map(\.deduplicated) == [false, false, false, false, false, true])
        #expect(evidence.captures.first?.deduplicatedAnswers == 1)
    }

    @Test func manyOfAKindAreCutShort() throws {
        let found = try findings { connection in
            for number: Int32 in 0..<1200 {
                try connection.exchange(batch(0), correlationID: number, errorCode: 45)
            }
        }
        let errors = found.filter { $0.kind == "sequence_error" }
        #expect(errors.count == 1001)
        #expect(errors.last?.detail == "200 more of these")
    }

    /// A broker that answers one of these may have appended; after any other error it has not.
    @Test(arguments: [(7, true), (20, true), (-1, true), (6, false), (19, false), (45, false), (87, false)])
    func whetherARefusedBatchIsInTheLogDependsOnTheError(code: Int16, isUnknown: Bool) throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1, errorCode: code)
            connection.finish(fromClient: true)
        }
        #expect(found.contains { $0.kind == "outcome_unknown" } == isUnknown, "\(found.map(\.kind))")
        #expect(found.contains { $0.kind == "not_appended" } == !isUnknown, "\(found.map(\.kind))")
    }

    /// With transactions of version 2 each one has an epoch of its own (KIP-890): nobody gave up on a batch.
    @Test(arguments: [false, true]) func onlyAnEpochOutsideOfATransactionIsABump(isTransactional: Bool) throws {
        let found = try findings { connection in
            for epoch: Int16 in 0..<2 {
                connection.send(
                    try SyntheticKafka.request(
                        [batch(0, epoch: epoch, content: UInt8(epoch))], correlationID: Int32(epoch),
                        transactionalID: isTransactional ? "orders" : nil), fromClient: true)
                var answer = SyntheticKafka.Answer()
                answer.baseOffset = Int64(epoch)
                connection.send(
                    try SyntheticKafka.response([answer], correlationID: Int32(epoch)), fromClient: false)
                connection.acknowledge(fromClient: true)
            }
        }
        // Nobody ended the last one; that the one before was ended, the next epoch shows.
        #expect(found.map(\.kind) == (isTransactional ? ["transaction_open"] : ["epoch_bump"]))
    }

    @Test(arguments: [45, 46, 47, 59, 2, 19] as [Int16]) func sequenceErrorsAreToldFromOthers(code: Int16) throws {
        let found = try findings { connection in
            try connection.exchange(batch(0), correlationID: 1, errorCode: code)
            try connection.exchange(batch(0), correlationID: 2, baseOffset: 0)
        }
        let kind = [45, 46, 47, 59].contains(code) ? "sequence_error" : "error"
        #expect(found.filter { $0.kind.hasSuffix("error") }.map(\.kind) == [kind])
    }
}
