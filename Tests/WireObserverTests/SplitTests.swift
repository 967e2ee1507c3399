import CaptureSynthesis
import EvidenceModel
import Foundation
import KafkaWire
import Testing

@testable import WireObserver

/// Batches that were refused as too large and sent again in pieces (KIP-126).
struct SplitTests {
    private func evidence(
        _ body: (inout SyntheticConnection) throws -> Void
    ) throws -> (evidence: WireEvidence, summary: String) {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try body(&connection)
        }
        let analysis = try analyse(bytes, side: .client)
        return (analysis.evidence(), analysis.summary())
    }

    /// A capture of kafka-clients 4.3 against a topic with max.message.bytes=4000: 20 records in one batch of 16 kB.
    @Test func theJavaClientsSplitIsTold() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().path() + "Fixtures/batch-split.pcapng"
        let analysis = try WireAnalysis([CaptureSource(path, side: .client)])
        let evidence = analysis.evidence()
        #expect(analysis.summary().contains("acked     20 of 20 records"))
        #expect(evidence.batches.count { $0.isSplit == true } == 3)
        let kinds = Set(evidence.findings.map(\.kind))
        #expect(kinds == ["batch_split", "error"])
        #expect(evidence.findings.first { $0.kind == "batch_split" }?.detail.contains("(KIP-126)") == true)
    }

    @Test func piecesOfPiecesAreTold() throws {
        let (evidence, summary) = try evidence { connection in
            try connection.exchange(batch(0, count: 8), correlationID: 1, errorCode: 10)
            try connection.exchange(batch(0, count: 4), correlationID: 2, errorCode: 10)
            try connection.exchange(batch(0, count: 2), correlationID: 3, baseOffset: 0)
            try connection.exchange(batch(2, count: 2), correlationID: 4, baseOffset: 2)
            try connection.exchange(batch(4, count: 4), correlationID: 5, baseOffset: 4)
            try connection.exchange(batch(8, count: 1), correlationID: 6, baseOffset: 8)
        }
        #expect(summary.contains("acked     9 of 9 records"))
        #expect(evidence.findings.filter { $0.kind == "batch_split" }.count == 2)
        #expect(!evidence.findings.contains { ["retry_changed", "not_appended", "sequence_gap"].contains($0.kind) })
    }

    @Test func aBatchOfWhichAPieceIsMissingIsNotTakenForSplit() throws {
        let (evidence, summary) = try evidence { connection in
            try connection.exchange(batch(0, count: 8), correlationID: 1, errorCode: 10)
            try connection.exchange(batch(0, count: 4), correlationID: 2, baseOffset: 0)
        }
        #expect(summary.contains("acked     4 of 12 records"))
        #expect(evidence.findings.contains { $0.kind == "not_appended" })
        #expect(evidence.findings.contains { $0.kind == "retry_changed" })
    }

    /// Another error is no reason to split: the retry was changed.
    @Test func aRetryThatWasChangedForAnotherReasonIsStillTold() throws {
        let (evidence, _) = try evidence { connection in
            try connection.exchange(batch(0, count: 8), correlationID: 1, errorCode: 6)
            try connection.exchange(batch(0, count: 4), correlationID: 2, baseOffset: 0)
            try connection.exchange(batch(4, count: 4), correlationID: 3, baseOffset: 4)
        }
        #expect(evidence.findings.contains { $0.kind == "retry_changed" })
        #expect(!evidence.findings.contains { $0.kind == "batch_split" })
    }

    @Test func withoutAProducerIdTheTimestampTells() throws {
        func plain(_ first: Int32, _ count: Int) -> SyntheticKafka.Batch {
            var made = batch(-1, count: count, producerID: -1, epoch: -1, content: UInt8(first))
            made.timestampMs = 1_700_000_000_000 + Int64(first)
            return made
        }
        let (evidence, summary) = try evidence { connection in
            try connection.exchange(plain(0, 4), correlationID: 1, errorCode: 10)
            try connection.exchange(plain(0, 2), correlationID: 2, baseOffset: 0)
            try connection.exchange(plain(2, 2), correlationID: 3, baseOffset: 2)
        }
        #expect(summary.contains("acked     4 of 4 records"))
        #expect(evidence.batches.first?.isSplit == true)
    }

    @Test func aBatchThatIsRefusedForGoodIsNotAppended() throws {
        let (evidence, summary) = try evidence { connection in
            try connection.exchange(batch(0, count: 8), correlationID: 1, errorCode: 10)
            try connection.exchange(batch(8, count: 2), correlationID: 2, errorCode: 45)
        }
        #expect(summary.contains("acked     0 of 10 records"))
        #expect(evidence.findings.contains { $0.kind == "not_appended" })
    }
}

/// Paths that swallow long packets.
struct BlackHoleTests {
    /// A client-side capture of a connection whose long segments are sent `times` and never acknowledged, and of a later
    /// one.
    private func findings(
        times: Int, later: (inout SyntheticConnection) throws -> Void
    ) throws -> [WireEvidence.Finding] {
        let bytes = try syntheticCapture { capture in
            var first = syntheticConnection(capture, port: 40_000)
            first.open()
            try first.exchange(batch(0), correlationID: 1)
            let long = try SyntheticKafka.request(
                [large()], correlationID: 2, version: 9, acks: -1)
            for _ in 0..<times {
                for segment in first.segments(long, fromClient: true).prefix(1) {
                    first.place(segment, fromClient: true)
                }
            }
            first.reset(fromClient: true)
            var second = syntheticConnection(capture, port: 40_001, clientISN: 7000)
            second.open()
            try later(&second)
        }
        return try analyse(bytes, side: .client).evidence().findings.filter { $0.kind == "path_mtu_black_hole" }
    }

    private func large() -> SyntheticKafka.Batch {
        var made = batch(1)
        made.values = [[UInt8](repeating: 7, count: 4000)]
        return made
    }

    @Test func longSegmentsThatNeverGetThroughAreTold() throws {
        let found = try findings(times: 4) { try $0.exchange(batch(0), correlationID: 1) }
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.detail.contains("were never acknowledged while shorter ones were"))
        #expect(
            finding.detail.contains("4 sendings of 1,460 bytes and more on 1 connection")
                || finding.detail.contains("4 sendings of 1460 bytes and more on 1 connection"))
    }

    @Test func aPathThatCarriesThemLaterIsNone() throws {
        let found = try findings(times: 4) { connection in
            let long = try SyntheticKafka.request([self.large()], correlationID: 1, version: 9, acks: -1)
            connection.send(long, fromClient: true)
            connection.acknowledge(fromClient: false)
        }
        #expect(found.isEmpty)
    }

    @Test func aHostThatIsGoneIsNone() throws {
        // Nothing is acknowledged afterwards, short or long.
        #expect(try findings(times: 4) { _ in }.isEmpty)
    }

    @Test func whatWasSentOnceOrTwiceIsNoPattern() throws {
        #expect(try findings(times: 2) { try $0.exchange(batch(0), correlationID: 1) }.isEmpty)
    }
}
