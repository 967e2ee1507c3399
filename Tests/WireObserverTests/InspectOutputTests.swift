import CaptureSynthesis
import EvidenceModel
import Foundation
import KafkaWire
import Testing

@testable import WireObserver

struct InspectOutputTests {
    /// One batch that is lost, sent again and deduplicated.
    private func sample() throws -> [UInt8] {
        try syntheticCapture { capture in
            var first = syntheticConnection(capture)
            first.open()
            var quoted = batch(0)
            quoted.topic = "a\"b\\c\n"
            try first.exchange(quoted, correlationID: 1, answered: false)
            first.finish(fromClient: true)
            var second = syntheticConnection(capture, port: 40_001)
            second.open()
            try second.exchange(quoted, correlationID: 1, baseOffset: 3, logAppendTimeMs: 5)
        }
    }

    @Test func jsonHoldsTheEvidenceAndEveryKeyOfTheContract() throws {
        let analysis = try analyse(sample())
        var bytes: [UInt8] = []
        analysis.writeJSON { bytes += $0 }
        let decoded = try JSONDecoder().decode(WireEvidence.self, from: Data(bytes))
        #expect(decoded == analysis.evidence())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let batch = try #require((object["batches"] as? [[String: Any]])?.first)
        let attempt = try #require((batch["attempts"] as? [[String: Any]])?.first)
        // What was not seen is null, not absent.
        for key in [
            "connection", "correlation_id", "api_version", "request_left_client_us", "request_reached_broker_us",
            "ack_left_broker_us", "ack_reached_client_us", "error_code", "fate",
        ] { #expect(attempt[key] != nil, "\(key)") }
        #expect(attempt["ack_reached_client_us"] is NSNull)
    }

    @Test func summarySaysWhoSentWhatAndWhatBecameOfIt() throws {
        let text = try analyse(sample(), side: .client).summary()
        #expect(text.contains("198.18.0.1 'synthetic', producer id 1000, idempotent, acks=all, Produce v9"))
        #expect(text.contains("2 attempts at 1 batch"))
        #expect(text.contains("ack lost 1"))
        #expect(text.contains("1 batch sent again; 1 deduplicated by the broker"))
        #expect(text.contains("findings  none"))
    }

    @Test func summaryOfACaptureWithoutKafka() throws {
        let text = try analyse(syntheticCapture { _ in }).summary()
        #expect(text.contains("No Produce request was seen. There is no TCP that could be followed."))
    }

    @Test func ladderShowsEveryStepOfABatch() throws {
        let path = try temporaryFile(
            try syntheticCapture { capture in
                var first = syntheticConnection(capture)
                first.open()
                try first.exchange(batch(0), correlationID: 1, answered: false)
                first.finish(fromClient: true)
                var second = syntheticConnection(capture, port: 40_001)
                second.open()
                try second.exchange(batch(0), correlationID: 7, baseOffset: 3, logAppendTimeMs: 5)
            })
        let ladder = try WireAnalysis([.anywhere(path)]).ladder(of: "orders-0/1000.0/seq 0")
        let steps = ladder.split(separator: "\n").filter { $0.contains("--->") || $0.contains("<---") }
        #expect(steps.map { $0.contains("--->") } == [true, true, true, false, false, true])
        #expect(ladder.contains("#1  198.18.0.1:40000>198.18.1.1:9092"))
        #expect(ladder.contains("ack lost: the broker answered"))
        #expect(ladder.contains("success, offset 3, a duplicate"))
        let error = #expect(throws: CaptureError.self) { try WireAnalysis([.anywhere(path)]).ladder(of: "x") }
        #expect(error?.description.contains("'orders-0/1000.0/seq 0'") == true)
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        for (bytes, words) in [
            ([UInt8](), "is empty"), (Array("hello, this is no capture".utf8), "neither a pcap nor a pcapng"),
            ([0x1f, 0x8b] + [UInt8](repeating: 8, count: 60), "the gzip stream ends before a capture"),
            ([0xfd, 0x37, 0x7a, 0x58] + [UInt8](repeating: 0, count: 60), "is packed with xz; decompress it first"),
        ] {
            let path = try temporaryFile(bytes)
            let error = #expect(throws: CaptureError.self) { try WireAnalysis([.anywhere(path)]) }
            #expect(error?.description.contains(words) == true)
            #expect(error?.description.contains(path) == true)
        }
        #expect(throws: CaptureError.self) { try WireAnalysis([.anywhere("/nowhere/x.pcap")]) }
    }

    @Test func aFileThatIsCutShortIsReadAndSaidSo() throws {
        let bytes = try sample()
        let path = try temporaryFile(Array(bytes.dropLast(10)))
        let evidence = try WireAnalysis.evidence(of: [.anywhere(path)])
        #expect(evidence.batches.count == 1)
        #expect(evidence.findings.map(\.kind).contains("capture_truncated"))
    }

    @Test func namesOfRotatedFiles() {
        #expect(CaptureFileWriter.numbered("/a.b/client.pcapng", 2) == "/a.b/client-0002.pcapng")
        #expect(CaptureFileWriter.numbered("/a.b/client", 12345) == "/a.b/client-12345")
    }
}
