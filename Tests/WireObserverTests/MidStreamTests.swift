import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// Captures that were begun after their connections: which end is the broker is proven by what the ends say.
struct MidStreamTests {
    /// Ten exchanges on each of some connections, of which the capture has everything from a packet on.
    private func packets(
        clientPort: UInt16, brokerPort: UInt16, version: Int16, from first: Int
    ) throws -> [FilePacket] {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture, port: clientPort, brokerPort: brokerPort)
            connection.open()
            for number: Int32 in 0..<10 {
                try connection.exchange(
                    batch(number), correlationID: 13 + number, version: version, baseOffset: Int64(number))
            }
        }
        // Three packets of the handshake, then request, answer, acknowledgement.
        return Array(try FilePacket.all(of: bytes)[(3 + first)...])
    }

    /// Begun with an answer, whose bytes can be read as a request: the topic's name as the client's.
    @Test(
        arguments: [(40_000, 9092), (9092, 40_000), (50_000, 50_001), (50_001, 50_000), (1024, 65_535)]
            as [(
                UInt16, UInt16
            )], [1, 3, 7, 9, 13] as [Int16])
    func anAnswerAtTheBeginningMisleadsNobody(_ ports: (client: UInt16, broker: UInt16), _ version: Int16) throws {
        let cut = try packets(clientPort: ports.client, brokerPort: ports.broker, version: version, from: 1)
        let evidence = try analyse(FilePacket.pcapng(cut)).evidence()
        let capture = try #require(evidence.captures.first)
        #expect(capture.requests == ["Produce v\(version)": 9])
        #expect(capture.answers == ["0": 9])
        #expect(evidence.findings.map(\.kind) == ["unmatched_responses"])
        #expect(
            evidence.batches.first?.attempts.first?.connection
                == "198.18.0.1:\(ports.client)>198.18.1.1:\(ports.broker)")
    }

    @Test(arguments: [true, false])
    func overIPv6AndInClassicFiles(_ nanoseconds: Bool) throws {
        let cut = try packets(clientPort: 33_000, brokerPort: 9092, version: 7, from: 1)
        let six = cut.map { FilePacket(timeNs: $0.timeNs, bytes: Wrapping.asIPv6($0.bytes)) }
        let bytes = FilePacket.pcap(six, nanoseconds: nanoseconds, bigEndian: nanoseconds)
        let capture = try #require(try analyse(bytes).evidence().captures.first)
        #expect(capture.requests == ["Produce v7": 9])
        #expect(capture.answers == ["0": 9])
    }

    /// A single request and nothing else: ports and its own shape decide.
    @Test func oneRequestAlone() throws {
        let cut = Array(try packets(clientPort: 40_000, brokerPort: 9092, version: 9, from: 27).prefix(1))
        let capture = try #require(try analyse(FilePacket.pcapng(cut)).evidence().captures.first)
        #expect(capture.requests == ["Produce v9": 1])
    }

    /// Decided by ports while the capture shows one direction only, then contradicted by frames.
    @Test func aDecisionIsRevisedWhenFramesContradictIt() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture, port: 9092, brokerPort: 40_000)
            for _ in 0..<100 {
                connection.send([UInt8](repeating: 0x2e, count: 1000), fromClient: true)
                capture.timeNs += 1_000_000
            }
            for number: Int32 in 0..<10 { try connection.exchange(batch(number), correlationID: number) }
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.requests?["Produce v9"] ?? 0 >= 7)
        #expect(evidence.batches.last?.attempts.first?.connection == "198.18.0.1:9092>198.18.1.1:40000")
        #expect(!evidence.findings.contains { $0.kind == "unknown_api" || $0.kind == "undecodable" })
    }

    /// An answer's correlation id is no api.
    @Test func theShapeOfARequestIsNotThatOfAnAnswer() throws {
        for version: Int16 in [0, 3, 7, 9, 13] {
            let request = try SyntheticKafka.request([batch(0)], correlationID: 7, version: version)
            #expect(request.withUnsafeBytes { RequestScanner.looksLikeRequest($0) })
        }
        let answer = try SyntheticKafka.response([.init()], correlationID: 13, version: 9)
        #expect(!answer.withUnsafeBytes { RequestScanner.looksLikeRequest($0) })
    }
}
