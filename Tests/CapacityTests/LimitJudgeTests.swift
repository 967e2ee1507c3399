import EvidenceModel
import Testing

@testable import Capacity

struct LimitJudgeTests {
    private static func binding(_ situation: PointSituation, isMet: Bool = false) -> CapacityLimit? {
        let limits = LimitJudge.limits(situation, isMet: isMet)
        #expect(limits.filter(\.binding).count == 1)
        return limits.first(where: \.binding)
    }

    @Test func aFullWindowIsTheInFlightLimit() throws {
        let limit = try #require(Self.binding(Situations.situation()))
        #expect(limit.kind == .inFlight)
        let ceiling = try #require(limit.ceilingRecordsPerS)
        #expect((ceiling - 992).magnitude < 1)
    }

    @Test func aLoadThatIsCarriedIsBoundByTheOffer() {
        let situation = Situations.situation(Situations.cell(rate: 1000))
        #expect(Self.binding(situation, isMet: true)?.kind == .offeredLoad)
    }

    /// Twenty requests carry the load: the last one may come after the end of the windows. Ten per cent are too many.
    @Test func oneRequestMoreOrLessIsTheEdgeOfAWindow() {
        var observation = Situations.observation(throughput: 960)
        observation.wire?.requests = 20
        #expect(
            Self.binding(Situations.situation(Situations.cell(rate: 1000), observation), isMet: true)?.kind
                == .offeredLoad)
        observation.throughputRecordsPerS = 890
        #expect(
            Self.binding(Situations.situation(Situations.cell(rate: 1000), observation), isMet: true)?.kind == .inFlight
        )
        observation.throughputRecordsPerS = 960
        observation.wire?.requests = 60
        #expect(
            Self.binding(Situations.situation(Situations.cell(rate: 1000), observation), isMet: true)?.kind == .inFlight
        )
    }

    @Test func aBusyBottleneckOutranksTheWindowThatItFills() throws {
        var observation = Situations.observation()
        observation.link = .init(
            busyShare: 0.98, drainBitsPerS: 1e6, heldMs: 60, dropped: 3, direction: .clientToBroker)
        let limit = try #require(Self.binding(Situations.situation(Situations.cell(), observation)))
        #expect(limit.kind == .link)
        #expect(limit.evidence.contains("98 %"))
        #expect(((limit.ceilingRecordsPerS ?? 0) - 1e6 / 8 / 115).magnitude < 1)
    }

    private static func socket(
        _ config: [String: String], underWay: Int, bytesPerRequest: Double = 100_000, lossShare: Double = 0,
        change: (inout TCPOfCell) -> Void = { _ in }
    ) -> PointSituation {
        var cell = Situations.cell(config: config)
        cell.producer.settings = .java
        var tcp = TCPOfCell()
        change(&tcp)
        cell.network = .init(
            ways: [.init(id: "network-0", summary: "", effects: ["delay"], values: ["delay_ms": 50])], tcp: tcp)
        var observation = Situations.observation()
        observation.wire?.unacknowledgedBytes = underWay
        observation.wire?.bytesPerRequest = bytesPerRequest
        observation.wire?.inFlightMean = 2
        observation.wire?.lossShare = lossShare
        return Situations.situation(cell, observation)
    }

    @Test func aSocketThatHoldsTooLittleIsNamed() throws {
        let limit = try #require(Self.binding(Self.socket([:], underWay: 255_000)))
        #expect(limit.kind == .socketBuffer)
        #expect(limit.evidence.contains("send.buffer.bytes 131072, the client's default, doubled by the kernel"))
        #expect(limit.evidence.contains("100 ms"))
        // 262,144 B each 100 ms, in records of 115 B on the wire.
        #expect(((limit.ceilingRecordsPerS ?? 0) - 22_795).magnitude < 5)
        #expect(Self.binding(Self.socket([:], underWay: 200_000))?.kind != .socketBuffer, "76 % of what it takes")
        #expect(
            Self.binding(Self.socket([:], underWay: 255_000, bytesPerRequest: 40_000))?.kind != .socketBuffer,
            "five requests hold no more than that")
        #expect(
            Self.binding(Self.socket([:], underWay: 255_000, lossShare: 0.01))?.kind != .socketBuffer,
            "what is lost shrinks TCP's own window")
    }

    @Test func theReceiversSocketIsNamedWhereItIsTheSmallerOne() throws {
        let situation = Self.socket(["send.buffer.bytes": "-1"], underWay: 60_000) {
            $0.broker.receiveBufferBytes = [4096, 65_536, 131_072]
        }
        let limit = try #require(Self.binding(situation))
        #expect(limit.kind == .socketBuffer)
        #expect(limit.evidence.contains("the receiver's buffer takes 65.5 KB (half of the most of tcp_rmem, 131072 B)"))
    }

    @Test func whatTheMachineGrantsIsWhatCounts() throws {
        let situation = Self.socket(["send.buffer.bytes": "1000000"], underWay: 400_000) {
            $0.machineSendMaxBytes = 212_992
        }
        let limit = try #require(Self.binding(situation))
        #expect(limit.kind == .socketBuffer)
        #expect(limit.evidence.contains("cut to net.core.wmem_max, 212992, doubled by the kernel"))
    }

    @Test func aBrokerThatKeepsRequestsIsNamed() {
        var observation = Situations.observation()
        observation.wire?.roundTripMs = 21
        observation.wire?.baseTransitMs = 0.4
        observation.wire?.transitMs = 0.5
        observation.wire?.brokerMs = 20.5
        observation.wire?.brokerBusyShare = 0.97
        #expect(Self.binding(Situations.situation(Situations.cell(), observation))?.kind == .broker)
    }

    @Test func retransmissionsAndAnOpenWindowAreTCP() {
        var observation = Situations.observation()
        observation.wire?.lossShare = 0.02
        observation.wire?.retransmittedRequestShare = 0.4
        observation.wire?.inFlightMean = 2
        observation.wire?.transitMs = 180
        let cell = Situations.cell(config: ["max.in.flight.requests.per.connection": "5"])
        #expect(Self.binding(Situations.situation(cell, observation))?.kind == .tcp)
    }

    @Test func retransmissionsInAFullWindowWithoutDelayAreNot() {
        var observation = Situations.observation()
        observation.wire?.lossShare = 0.0001
        observation.wire?.retransmittedRequestShare = 0.01
        #expect(Self.binding(Situations.situation(Situations.cell(), observation))?.kind == .inFlight)
    }

    @Test func nearTheCeilingOfTheMachineTheHarnessIsNamed() {
        #expect(Self.binding(Situations.situation(ceiling: 1200))?.kind == .harness)
        #expect(Self.binding(Situations.situation(ceiling: 1300))?.kind == .inFlight)
    }

    @Test func whatRemainsIsTheProducer() {
        var observation = Situations.observation()
        observation.wire?.inFlightMean = 0.2
        #expect(Self.binding(Situations.situation(Situations.cell(), observation))?.kind == .producerQueue)
    }

    @Test func aCarriedLoadThatIsTooLateIsBoundByTheWay() {
        let situation = Situations.situation(Situations.cell(rate: 1000))
        #expect(Self.binding(situation)?.kind == .delay)
    }

    @Test func anOutageIsNamed() {
        let fault = CellDescription.Fault(id: "fault-0", summary: "partition", effects: ["partition"], forMs: 3000)
        #expect(Self.binding(Situations.situation(Situations.cell(faults: [fault])))?.kind == .outage)
    }
}
