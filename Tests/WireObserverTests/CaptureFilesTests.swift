import CaptureSynthesis
import EvidenceModel
import PacketWire
import Testing

@testable import WireObserver

/// Several files as one capture, and packets out of order of time.
struct CaptureFilesTests {
    private func packets() throws -> [FilePacket] {
        try FilePacket.all(
            of: syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                for number: Int32 in 0..<40 {
                    try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
                    capture.timeNs += 3_000_000
                }
            })
    }

    private func answers(_ files: [String]) throws -> WireEvidence {
        try WireAnalysis.evidence(of: [CaptureSource(files: files, side: nil)])
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
    func rotatedFilesInAnyOrder(_ order: [Int]) throws {
        let packets = try packets()
        let parts = [0..<37, 37..<80, 80..<packets.count].map { Array(packets[$0]) }
        let files = try parts.enumerated().map {
            try temporaryFile(
                $0.offset == 1 ? FilePacket.pcap($0.element, nanoseconds: true) : FilePacket.pcapng($0.element))
        }
        let evidence = try answers(order.map { files[$0] })
        #expect(evidence.captures.first?.answers == ["0": 40])
        #expect(evidence.captures.first?.packets == packets.count)
        #expect(evidence.findings.isEmpty)
    }

    /// One file for each direction, at the same time.
    @Test func filesThatOverlapAreMergedByTime() throws {
        let packets = try packets()
        let up = packets.filter { $0.bytes[20] == 156 }
        let down = packets.filter { $0.bytes[20] != 156 }
        let files = [try temporaryFile(FilePacket.pcapng(down)), try temporaryFile(FilePacket.pcapng(up))]
        let evidence = try answers(files)
        #expect(evidence.captures.first?.answers == ["0": 40])
        #expect(evidence.findings.isEmpty)
    }

    @Test(arguments: [2, 9])
    func packetsOutOfOrderFindTheirPlace(_ stretch: Int) throws {
        var packets = try packets()
        for start in stride(from: 0, to: packets.count - stretch, by: 2 * stretch) {
            packets.replaceSubrange(start..<start + stretch, with: packets[start..<start + stretch].reversed())
        }
        let evidence = try answers([try temporaryFile(FilePacket.pcapng(packets))])
        #expect(evidence.captures.first?.answers == ["0": 40])
        #expect(evidence.captures.first?.gaps == 0)
        #expect(evidence.batches.allSatisfy { $0.attempts.map(\.fate) == [.acknowledged] })
        #expect(evidence.findings.map(\.kind) == ["capture_unordered"])
    }

    @Test func aPacketFarOutOfTheWindowIsTold() throws {
        var packets = try packets()
        packets[packets.count - 1].timeNs += 5_000_000_000
        packets.swapAt(10, packets.count - 1)
        let found = try answers([try temporaryFile(FilePacket.pcapng(packets))]).findings
        #expect(found.contains { $0.kind == "capture_unordered" && $0.detail.contains("were taken as they came") })
    }
}
