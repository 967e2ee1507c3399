import CaptureSynthesis
import EvidenceModel
import KafkaWire
import Testing

@testable import WireObserver

struct FateTests {
    private func fates(_ bytes: [UInt8], side: WireEvidence.Side) throws -> [[WireEvidence.Fate]] {
        try analyse(bytes, side: side).evidence().batches.map { $0.attempts.map(\.fate) }
    }

    /// The client gives the first attempt up and sends the batch again on a new connection.
    private func retry(deduplicated: Bool, producerID: Int64 = 1000, closes: Bool = true) throws -> [UInt8] {
        try syntheticCapture { capture in
            var first = syntheticConnection(capture)
            first.open()
            try first.exchange(batch(0, producerID: producerID), correlationID: 1, answered: false)
            if closes { first.finish(fromClient: true) }
            var second = syntheticConnection(capture, port: 40_001)
            second.open()
            try second.exchange(
                batch(0, producerID: producerID), correlationID: 1, baseOffset: 3,
                logAppendTimeMs: deduplicated ? 5 : -1)
        }
    }

    @Test(arguments: [true, false])
    func theAnswerToARetryTellsWhatWasLost(_ closes: Bool) throws {
        #expect(try fates(retry(deduplicated: true, closes: closes), side: .client) == [[.ackLost, .acknowledged]])
        #expect(
            try fates(retry(deduplicated: false, closes: closes), side: .client) == [[.requestLost, .acknowledged]])
    }

    @Test func withoutAProducerIDAnAnswerTellsNothing() throws {
        let bytes = try retry(deduplicated: false, producerID: -1)
        #expect(try fates(bytes, side: .client) == [[.connectionLost, .acknowledged]])
    }

    @Test func aConnectionThatStaysOpenLeavesTheAttemptOpen() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try connection.exchange(batch(0), correlationID: 1, answered: false)
        }
        #expect(try fates(bytes, side: .client) == [[.openAtEnd]])
        #expect(try fates(bytes, side: .broker) == [[.openAtEnd]])
    }

    @Test func aConnectionThatTheClientLeftIsOver() throws {
        let bytes = try syntheticCapture { capture in
            var first = syntheticConnection(capture)
            first.open()
            try first.exchange(batch(0), correlationID: 1, answered: false)
            var second = syntheticConnection(capture, port: 40_001)
            second.open()
            try second.exchange(batch(0, epoch: 1, content: 9), correlationID: 1)
        }
        #expect(try fates(bytes, side: .client) == [[.connectionLost], [.acknowledged]])
        #expect(try fates(bytes, side: .broker) == [[.connectionLost], [.acknowledged]])
    }

    @Test func noAnswerIsAwaitedWithoutAcks() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<3 {
                try connection.exchange(batch(number), correlationID: number, acks: 0, answered: false)
            }
            try connection.exchange(batch(3), correlationID: 3)
        }
        #expect(
            try fates(bytes, side: .client)
                == [[.noAckAskedFor], [.noAckAskedFor], [.noAckAskedFor], [.acknowledged]])
    }

    @Test func anAnswerBehindTheClientsEndIsLate() throws {
        let closed = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            connection.send(try SyntheticKafka.request([batch(0)], correlationID: 1), fromClient: true)
            connection.finish(fromClient: true)
            connection.send(try SyntheticKafka.response([.init()], correlationID: 1), fromClient: false)
            connection.reset(fromClient: true)
        }
        #expect(try fates(closed, side: .client) == [[.ackLate]])
        #expect(try fates(closed, side: .broker) == [[.ackLate]])
        // The FIN never got out: only the RST that meets the answer shows that nobody waited.
        let silent = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            connection.send(try SyntheticKafka.request([batch(0)], correlationID: 1), fromClient: true)
            connection.send(try SyntheticKafka.response([.init()], correlationID: 1), fromClient: false)
            capture.segment(
                from: connection.client, to: connection.broker, flags: SyntheticCapture.Flag.reset,
                sequence: connection.clientNext, acknowledgement: 0)
        }
        #expect(try fates(silent, side: .client) == [[.ackLate]])
    }

    @Test func retransmissionsAreCountedForTheirMessage() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            let request = try SyntheticKafka.request([batch(0)], correlationID: 1)
            let segment = connection.segments(request, fromClient: true)[0]
            connection.place(segment, fromClient: true)
            connection.place(segment, fromClient: true)
            connection.place(segment, fromClient: true)
            connection.clientNext &+= UInt32(request.count)
            let answer = try SyntheticKafka.response([.init()], correlationID: 1)
            let reply = connection.segments(answer, fromClient: false)[0]
            connection.place(reply, fromClient: false)
            connection.place(reply, fromClient: false)
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.batches.first?.attempts.first?.requestRetransmissions == 2)
        #expect(evidence.batches.first?.attempts.first?.ackRetransmissions == 1)
        #expect(evidence.captures.first?.retransmittedSegments == 3)
    }

    /// Both ends of two brokers, behind address translation: other addresses and ports, the same sequence numbers.
    @Test(arguments: [false, true])
    func endsAreJoinedAcrossBrokersAndAddressTranslation(_ otherNumbers: Bool) throws {
        func side(_ isClient: Bool, _ nodes: [UInt32]) throws -> [UInt8] {
            try syntheticCapture { capture in
                for node in nodes {
                    // A proxy, other than a translator, has sequence numbers of its own.
                    let number = UInt32(1000) * node + (otherNumbers && !isClient ? 77 : 0)
                    var connection = syntheticConnection(
                        capture, port: isClient ? 40_000 : 61_000, brokerPort: isClient ? 9092 : 19_092,
                        node: isClient ? node : node + 7, clientISN: number)
                    if !isClient { capture.timeNs += 5_000 }
                    connection.open()
                    for index: Int32 in 0..<3 {
                        try connection.exchange(
                            batch(index, partition: Int32(node)), correlationID: index,
                            answered: index != 2 || !isClient)
                    }
                    connection.finish(fromClient: true)
                }
            }
        }
        let evidence = try WireAnalysis.evidence(of: [
            .atClient(temporaryFile(side(true, [1, 2]))), .atBroker(temporaryFile(side(false, [1])), node: 1),
            .atBroker(temporaryFile(side(false, [2])), node: 2),
        ])
        #expect(evidence.batches.count == 6)
        let attempts = evidence.batches.flatMap(\.attempts)
        #expect(attempts.count == 6)
        #expect(attempts.allSatisfy { $0.requestLeftClientUs != nil && $0.requestReachedBrokerUs != nil })
        #expect(attempts.map(\.node) == [1, 1, 1, 2, 2, 2])
        #expect(attempts.count { $0.fate == .ackLost } == 2)
        #expect(attempts.count { $0.fate == .acknowledged } == 4)
    }

    @Test func equalBatchesWithoutAProducerIDAreTwoUnlessOneIsARetry() throws {
        let bytes = try syntheticCapture { capture in
            var first = syntheticConnection(capture)
            first.open()
            try first.exchange(batch(0, producerID: -1), correlationID: 1, baseOffset: 0)
            try first.exchange(batch(0, producerID: -1), correlationID: 2, baseOffset: 1)
            var second = syntheticConnection(capture, port: 40_001)
            second.open()
            try second.exchange(batch(0, producerID: -1), correlationID: 1, baseOffset: 2)
        }
        let batches = try analyse(bytes).evidence().batches
        #expect(batches.map(\.attempts.count) == [2, 1])
        #expect(Set(batches.map(\.id)).count == 2)
    }

    /// A client that has closed its socket reads nothing any more, though its kernel still acknowledges.
    @Test(arguments: [WireEvidence.Side.client, .broker]) func anAnswerBehindTheFinIsLate(side: WireEvidence.Side)
        throws
    {
        func capture(closes: Bool) throws -> [UInt8] {
            try syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                try connection.exchange(batch(0), correlationID: 1, answered: false)
                if closes { connection.finish(fromClient: true) }
                var answer = SyntheticKafka.Answer()
                answer.baseOffset = 3
                connection.send(try SyntheticKafka.response([answer], correlationID: 1), fromClient: false)
                connection.acknowledge(fromClient: true)
            }
        }
        #expect(try fates(capture(closes: true), side: side) == [[.ackLate]])
        #expect(try fates(capture(closes: false), side: side) == [[.acknowledged]])
    }

    /// A deduplicated retry says that one of the earlier attempts was appended, and not which.
    @Test(arguments: [1, 2, 3]) func ofSeveralLostAttemptsNoneIsNamed(lost: Int) throws {
        let bytes = try syntheticCapture { capture in
            for number in 0...lost {
                var connection = syntheticConnection(capture, port: UInt16(40_000 + number))
                connection.open()
                let isLast = number == lost
                try connection.exchange(
                    batch(0), correlationID: 1, baseOffset: 3, logAppendTimeMs: isLast ? 5 : -1, answered: isLast)
                if !isLast { connection.finish(fromClient: true) }
            }
        }
        let unknown: WireEvidence.Fate = lost == 1 ? .ackLost : .connectionLost
        #expect(try fates(bytes, side: .client) == [Array(repeating: unknown, count: lost) + [.acknowledged]])
    }
}
