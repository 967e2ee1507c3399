import CaptureSynthesis
import EvidenceModel
import Testing

@testable import WireObserver

/// Captures of both ends, made by hand: what lies between them is known.
@Suite struct BothEndsTests {
    private let client = SyntheticCapture.Endpoint(0xC612_0001, 40_000)
    private let broker = SyntheticCapture.Endpoint(0xC612_0101, 9092)

    private func packet(_ number: Int) -> [UInt8] {
        SyntheticCapture.packet(
            from: client, to: broker, flags: 0x18, sequence: 1000 + UInt32(number), acknowledgement: 1,
            payload: [UInt8(number)], identification: UInt16(number))
    }

    private func file(_ numbers: [Int]) throws -> String {
        try temporaryFile(syntheticCapture { capture in for number in numbers { capture.add(packet(number)) } })
    }

    /// What was sent in order 0, 1, 2, … and arrived in another.
    private func crossing(sent: Int, arrived: [Int]) throws -> WireEvidence.Crossing {
        let evidence = try WireAnalysis.evidence(
            of: [.atClient(try file(Array(0..<sent))), .atBroker(try file(arrived), node: 1)], crossingMTU: 1500)
        return try #require(evidence.crossings?.first { $0.direction == .clientToBroker })
    }

    @Test func packetsThatWereOvertakenAreCountedOnce() throws {
        let crossing = try crossing(sent: 4, arrived: [0, 2, 3, 1])
        #expect(crossing.sent == 4)
        #expect(crossing.arrived == 4)
        #expect(crossing.reordered == 1)
        #expect(crossing.duplicated == 0 && crossing.made == 0 && crossing.lost.isEmpty)
        #expect(try self.crossing(sent: 4, arrived: [0, 1, 2, 3]).reordered == 0)
    }

    @Test func copiesAndPacketsThatNobodySentAreTold() throws {
        let crossing = try crossing(sent: 3, arrived: [0, 1, 1, 1, 2, 9])
        #expect(crossing.arrived == 3)
        #expect(crossing.duplicated == 2)
        #expect(crossing.made == 1)
    }

    @Test func lostPacketsAreNamed() throws {
        let crossing = try crossing(sent: 3, arrived: [0, 2])
        #expect(crossing.arrived == 2)
        #expect(crossing.lost.map(\.sequence) == [1001])
    }

    /// A client may use a correlation id again: what is in a request tells whether it is the same one.
    @Test func attemptsOfBothEndsJoinByWhatTheyCarry() throws {
        func end(_ side: WireEvidence.Side) throws -> String {
            try temporaryFile(
                syntheticCapture { capture in
                    var connection = syntheticConnection(capture)
                    connection.open()
                    let first = try SyntheticKafka.request([batch(0)], correlationID: 1)
                    connection.send(first, fromClient: true, except: side == .client ? [] : [0])
                    try connection.exchange(batch(1), correlationID: 1, baseOffset: 0)
                }, "\(side.rawValue).pcapng")
        }
        let evidence = try WireAnalysis.evidence(of: [
            CaptureSource(try end(.client), side: .client), CaptureSource(try end(.broker), side: .broker, node: 1),
        ])
        #expect(evidence.batches.map(\.baseSequence) == [0, 1])
        #expect(evidence.batches.map { $0.attempts[0].requestReachedBrokerUs != nil } == [false, true])
    }
}
