import EvidenceModel
import Foundation
import PacketWire
import Testing
import WireObserver

@Suite(
    .enabled(if: GoldenSessions.folder != nil, "no golden captures; set CROSSWIND_SHARED to the folder that has them"))
struct LinkCrossingsTests {
    private func crossings(_ name: String) throws -> [WireEvidence.Crossing] {
        let folder = try #require(GoldenSessions.folder)
        return try #require(
            try WireAnalysis.evidence(
                of: [
                    .atClient("\(folder)/\(name)-client.pcapng"),
                    .atBroker("\(folder)/\(name)-broker.pcapng", node: 1),
                ], crossingMTU: 1500
            ).crossings)
    }

    @Test func aCleanLinkLosesNothing() throws {
        let crossings = try crossings("lib216-idem-clean")
        #expect(crossings.map(\.direction) == [.clientToBroker, .brokerToClient])
        for crossing in crossings {
            #expect(crossing.sent > 300)
            #expect(crossing.lost.isEmpty && crossing.arrived == crossing.sent)
            #expect(crossing.duplicated == 0 && crossing.made == 0)
            #expect(crossing.slices.reduce(0) { $0 + $1.sent } == crossing.sent)
        }
    }

    /// A router dropped 5 % of the packets in both directions from the first second on.
    @Test func independentLossIsFoundAtItsRate() throws {
        for crossing in try crossings("java43-loss5") {
            let share = Double(crossing.lost.count) / Double(crossing.sent)
            #expect((0.01...0.09).contains(share), "\(crossing.direction): \(share)")
            #expect(crossing.made == 0)
        }
    }

    /// Only answers were dropped: requests all arrive.
    @Test func aOneWayPartitionIsSeenInItsDirectionOnly() throws {
        let crossings = try crossings("lib216-idem-acks-lost")
        try #require(crossings.count == 2)
        #expect(crossings[0].lost.isEmpty)
        #expect(!crossings[1].lost.isEmpty)
        for packet in crossings[1].lost { #expect(packet.connection.hasPrefix("198.18.7.2:9092>198.18.8.2:")) }
    }
}

/// Devices with offloads show packets longer than the MTU: each stands for the packets that crossed the link.
@Suite struct LongPacketCrossingsTests {
    private static let dataPerPiece = 1460

    /// A TCP packet from the client, as a capture shows it before its checksums are complete.
    private func packet(from piece: Int, pieces: Int, lastFlags: UInt8 = 0x10) -> [UInt8] {
        let length = 40 + pieces * Self.dataPerPiece
        let identification = 65_534 + piece
        let sequence = 0xFFFF_F000 &+ UInt32(piece * Self.dataPerPiece)
        var bytes: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 255)]
        bytes += [UInt8(identification >> 8 & 255), UInt8(identification & 255), 0x40, 0, 64, 6, 0, 0]
        bytes += [198, 18, 0, 1, 198, 18, 1, 1, 156, 64, 35, 132]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: sequence >> UInt32(24 - 8 * $0)) }
        bytes += [0, 0, 0, 1, 0x50, lastFlags, 1, 0, 0, 0, 0, 0]
        return bytes + [UInt8](repeating: 7, count: length - 40)
    }

    private func capture(_ packets: [[UInt8]], in directory: String, _ name: String) throws -> String {
        var bytes: [UInt8] = []
        PcapngEncoder.section(into: &bytes)
        PcapngEncoder.interface(name: "tun0", linkType: .raw, into: &bytes)
        for (index, packet) in packets.enumerated() {
            packet.withUnsafeBytes {
                PcapngEncoder.packet(
                    timeNs: 1_000_000_000 + Int64(index) * 1_000_000, bytes: $0, originalLength: packet.count,
                    into: &bytes)
            }
        }
        let path = directory + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aLostPieceIsFoundInsideALongPacket() throws {
        let directory = NSTemporaryDirectory() + "crossings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let client = try capture([packet(from: 0, pieces: 6, lastFlags: 0x18)], in: directory, "client.pcapng")
        // Piece 2 was lost; 0 and 1 came joined, 3 alone, 4 and 5 joined, with the PSH of the last.
        let broker = try capture(
            [
                packet(from: 0, pieces: 2), packet(from: 3, pieces: 1), packet(from: 4, pieces: 2, lastFlags: 0x18),
            ], in: directory, "broker.pcapng")
        let evidence = try WireAnalysis.evidence(
            of: [.atClient(client), .atBroker(broker, node: 1)], crossingMTU: 1500)
        let up = try #require(evidence.crossings?.first)
        #expect(up.sent == 6)
        #expect(up.arrived == 5)
        #expect(up.made == 0)
        #expect(up.duplicated == 0)
        #expect(up.lost.map(\.sequence) == [0xFFFF_F000 &+ 2 * 1460])
    }
}
