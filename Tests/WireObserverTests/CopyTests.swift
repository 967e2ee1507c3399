import CaptureSynthesis
import EvidenceModel
import PacketWire
import Testing

@testable import WireObserver

/// One packet seen in several places is one packet.
struct CopyTests {
    private static func conversation(_ retried: Bool = false) throws -> [FilePacket] {
        try FilePacket.all(
            of: syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                for number: Int32 in 0..<12 {
                    capture.timeNs += 2_000_000
                    if retried, number == 5 {
                        let lost = try SyntheticKafka.request([batch(number)], correlationID: number)
                        // TCP sends it twice, 300 ms apart.
                        for segment in connection.segments(lost, fromClient: true) {
                            connection.place(segment, fromClient: true)
                            capture.timeNs += 300_000_000
                        }
                    }
                    try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
                }
                connection.finish(fromClient: true)
            })
    }

    /// The same packets at a second place, 15 microseconds later or, where the other place is nearer, earlier.
    private static func doubled(
        _ packets: [FilePacket], _ translate: ([UInt8]) -> [UInt8], secondIsEarlier: Bool, interface: Int = 1
    ) -> [FilePacket] {
        packets.flatMap { packet -> [FilePacket] in
            let other = FilePacket(
                timeNs: packet.timeNs + (secondIsEarlier ? -15_000 : 15_000), bytes: translate(packet.bytes),
                interface: interface)
            return secondIsEarlier ? [other, packet] : [packet, other]
        }
    }

    /// A mirror port copies what comes in and what goes out: the very same packet twice on one interface.
    @Test func aMirrorPortShowsEachPacketTwice() throws {
        let packets = try Self.conversation(true).flatMap { packet in
            [packet, FilePacket(timeNs: packet.timeNs + 2000, bytes: packet.bytes)]
        }
        let analysis = try analyse(FilePacket.pcapng(packets))
        let plain = try analyse(FilePacket.pcapng(try Self.conversation(true)))
        #expect(analysis.evidence().findings.map(\.kind) == plain.evidence().findings.map(\.kind))
        #expect(
            analysis.captures.first?.retransmittedSegments == plain.captures.first?.retransmittedSegments)
        #expect(plain.captures.first?.retransmittedSegments == 1)
        // The first packet has no number to know it by.
        #expect(analysis.summary().contains("copies    2 copies of each packet of 1 connection: eth0; "))
    }

    @Test(arguments: [0, 3, 4], [false, true])
    func translatedCopiesAreOneConnection(_ from: Int, _ secondIsEarlier: Bool) throws {
        for (address, other, port): ([UInt8], [UInt8], UInt16?) in [
            ([198, 18, 0, 1], [203, 0, 113, 9], nil), ([198, 18, 0, 1], [203, 0, 113, 9], 61_000),
            ([198, 18, 1, 1], [172, 17, 0, 2], 19_092),
        ] {
            let packets = Self.doubled(
                Array(try Self.conversation()[from...]),
                { Wrapping.translated($0, from: address, to: other, port: port) }, secondIsEarlier: secondIsEarlier)
            for bytes in [
                FilePacket.pcapng(packets, interfaces: ["docker0", "eth0"]),
                FilePacket.pcap(packets, nanoseconds: true),
            ] {
                let analysis = try analyse(bytes)
                let evidence = analysis.evidence()
                #expect(evidence.captures.first?.connections == 1)
                #expect(evidence.captures.first?.produceRequests == (from > 3 ? 11 : 12))
                #expect(evidence.captures.first?.retransmittedSegments == 0)
                #expect(evidence.batches.allSatisfy { $0.attempts.count == 1 })
                #expect(analysis.summary().contains("copies    2 copies of each packet"))
                #expect(analysis.summary().contains("NAT"))
            }
        }
    }

    /// Packets that a bridge shows on two interfaces with the same addresses.
    @Test func copiesOnTwoInterfacesAreNoRepeats() throws {
        let packets = Self.doubled(try Self.conversation(), { $0 }, secondIsEarlier: false)
        let analysis = try analyse(FilePacket.pcapng(packets, interfaces: ["veth1", "br0"]))
        #expect(analysis.evidence().captures.first?.retransmittedSegments == 0)
        #expect(analysis.summary().contains("2 copies of each packet of 1 connection: veth1, br0;"))
    }

    /// What TCP sends again shows up again at both places, and is a repeat, once.
    @Test func whatTCPSendsAgainStaysARepeat() throws {
        let packets = Self.doubled(
            try Self.conversation(true),
            { Wrapping.translated($0, from: [198, 18, 0, 1], to: [203, 0, 113, 9], port: nil) }, secondIsEarlier: false)
        let evidence = try analyse(FilePacket.pcapng(packets, interfaces: ["docker0", "eth0"])).evidence()
        #expect(evidence.captures.first?.retransmittedSegments == 1)
        #expect(evidence.batches.allSatisfy { $0.attempts.count == 1 })
    }

    /// The first place missed packets: the copies stand for them.
    @Test func copiesStandForWhatTheFirstPlaceMissed() throws {
        var packets = Self.doubled(
            try Self.conversation(),
            { Wrapping.translated($0, from: [198, 18, 0, 1], to: [203, 0, 113, 9], port: nil) }, secondIsEarlier: false)
        for lost in [24, 16, 8] { packets.remove(at: lost) }
        let evidence = try analyse(FilePacket.pcapng(packets, interfaces: ["docker0", "eth0"])).evidence()
        #expect(evidence.captures.first?.gaps == 0)
        #expect(evidence.captures.first?.answers == ["0": 12])
    }
}
