import EvidenceModel
import Testing
import WireObserver

@Suite(
    .enabled(if: GoldenSessions.folder != nil, "no golden captures; set CROSSWIND_SHARED to the folder that has them"))
struct LinkCrossingsTests {
    private func crossings(_ name: String) throws -> [WireEvidence.Crossing] {
        let folder = try #require(GoldenSessions.folder)
        return try LinkCrossings.analyse(
            client: "\(folder)/\(name)-client.pcapng", brokers: [("\(folder)/\(name)-broker.pcapng", 1)])
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
