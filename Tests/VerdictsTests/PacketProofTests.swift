import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct PacketProofTests {
    private static let second: Int64 = 1_000_000
    private static let connection = Fixture.connection

    /// One direction over three seconds, 100 packets a slice, the second second under a fault.
    private func fixture(
        effect: String, lossInFault: Int = 0, delayUs: Int64 = 50, delayInFaultUs: Int64 = 50, log: Int = 0
    ) -> Fixture {
        var fixture = Fixture()
        fixture.addPhase(effect, fromMs: 1000, toMs: 2000)
        fixture.record.faultLog = (0..<log).map { i in
            FaultLogEntry(
                timeUs: Fixture.startUs + Self.second + Int64(i), fault: "fault-0",
                fate: effect == "delay" ? "delay" : "drop", reason: effect, node: 1, direction: .clientToBroker,
                packetIndex: UInt64(i), delayUs: effect == "delay" ? 80_000 : nil, connection: Self.connection,
                sequence: UInt32(i), lengthBytes: 1500)
        }
        var crossing = WireEvidence.Crossing(node: 1, direction: .clientToBroker)
        for i in 0..<60 {
            let isFault = (20..<40).contains(i)
            let lost = isFault ? lossInFault : 0
            crossing.slices.append(
                .init(
                    timeUs: Fixture.startUs + Int64(i) * WireEvidence.Crossing.sliceUs, sent: 100, arrived: 100 - lost,
                    delaysUs: Array(repeating: isFault ? delayInFaultUs : delayUs, count: 21)))
        }
        crossing.lost = (0..<lossInFault * 20).map {
            .init(timeUs: Fixture.startUs + Self.second, connection: Self.connection, sequence: UInt32($0))
        }
        fixture.record.wire?.crossings = [crossing]
        return fixture
    }

    /// A network's rare loss that hit nothing: chance explains it as long as few packets went that way.
    @Test(arguments: [(0.0001, 1, true), (0.0001, 60, true), (0.01, 60, false), (0.5, 60, false)])
    func aRareLossOfTheNetworkNeedNotShow(share: Double, slices: Int, isShown: Bool) {
        var fixture = fixture(effect: "loss", lossInFault: 0, log: 0)
        fixture.record.cell.faults = []
        fixture.record.cell.network = .init(
            ways: [.init(id: "network-0", summary: "loss", effects: ["loss"], values: ["loss": share])])
        let all = fixture.record.wire?.crossings?[0].slices ?? []
        fixture.record.wire?.crossings?[0].slices = Array(all.prefix(slices))
        fixture.record.wire?.crossings?[0].sent = 100 * slices
        #expect(evidence(fixture).shown == isShown)
        fixture.record.cell.network?.ways[0].node = 2
        #expect(evidence(fixture).detail == "no packet went this way")
        fixture.record.cell.network?.ways[0].id = "fault-0"
        #expect(!evidence(fixture).shown, "a fault must show")
    }

    private func evidence(_ fixture: Fixture) -> FaultEvidence {
        FaultProof.evidence(Ledger(fixture.record))[0]
    }

    @Test func lossIsConfirmedPacketByPacketWithItsRate() {
        let found = evidence(fixture(effect: "loss", lossInFault: 5, log: 100))
        #expect(found.shown)
        #expect(found.onTheWire == 100)
        #expect(
            found.detail.hasSuffix(
                "100 of 100 drops are missing at the far end: 5 % of 2000 packets lost, 95 % interval 4.13 to 6.04 %"))
    }

    @Test func lossThatTheCapturesDoNotShowDidNotHappen() {
        let found = evidence(fixture(effect: "loss", log: 100))
        #expect(!found.shown)
        #expect(found.onTheWire == 0)
        #expect(found.inFaultLog == 100)
    }

    @Test func aRetransmissionThatWasDroppedTooIsCountedAgain() {
        var twice = fixture(effect: "partition", lossInFault: 1, log: 20)
        for i in twice.record.faultLog.indices { twice.record.faultLog[i].sequence = UInt32(i % 10) }
        #expect(evidence(twice).onTheWire == 10)
        for i in 0..<20 { twice.record.wire?.crossings?[0].lost[i].sequence = UInt32(i % 10) }
        #expect(evidence(twice).onTheWire == 20)
    }

    @Test func delayIsShownByItsDistribution() {
        let found = evidence(fixture(effect: "delay", delayInFaultUs: 80_100, log: 500))
        #expect(found.shown)
        #expect(
            found.detail.hasSuffix(
                "one-way delay in the captures p50 80.1 ms, p99 80.1 ms, without the fault p50 0.05 ms"))
        #expect(!evidence(fixture(effect: "delay", log: 500)).shown, "the packets came at once")
    }

    @Test(arguments: ["duplicate", "reorder"])
    func duplicatesAndReorderingAreCounted(effect: String) {
        var fixture = fixture(effect: effect, log: 3)
        #expect(!evidence(fixture).shown)
        fixture.record.wire?.crossings?[0].duplicated = 3
        fixture.record.wire?.crossings?[0].reordered = 3
        #expect(evidence(fixture).shown)
        #expect(evidence(fixture).onTheWire == 3)
    }

    @Test func withoutACaptureOfThatDirectionNothingIsCompared() {
        var fixture = fixture(effect: "loss", log: 100)
        fixture.record.wire?.crossings?[0].direction = .brokerToClient
        #expect(evidence(fixture).onTheWire == nil)
        #expect(evidence(fixture).shown)
    }

    /// Wilson's interval as in textbooks: 0 of 10 gives 0 to 27.8 %, 5 of 10 gives 23.7 to 76.3 %.
    @Test(arguments: [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (50, 1000, 0.0381, 0.0653)])
    func wilson(count: Int, total: Int, low: Double, high: Double) {
        let interval = PacketProof.wilson(count, of: total)
        #expect(abs(interval.low - low) < 1e-4)
        #expect(abs(interval.high - high) < 1e-4)
    }

    /// A slice that claims more packets than memory could hold delays for: its weight counts, not its copies.
    @Test func aSliceOfAnyWeightIsPooled() {
        var fixture = fixture(effect: "delay", delayInFaultUs: 80_000, log: 40)
        for i in fixture.record.wire?.crossings?[0].slices.indices ?? 0..<0 {
            fixture.record.wire?.crossings?[0].slices[i].arrived = 1 << 40
        }
        #expect(evidence(fixture).detail.contains("p50 80 ms, p99 80 ms, without the fault p50 0.05 ms"))
    }
}
