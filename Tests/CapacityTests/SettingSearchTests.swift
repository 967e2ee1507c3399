import EvidenceModel
import Testing

@testable import Capacity

struct SettingSearchTests {
    private static func point(
        _ outcome: Outcome, _ kind: CapacityLimit.Kind, bytesPerRequest: Double = 65_000, throughput: Double = 500
    ) -> SweepPoint {
        var observation = Situations.observation(throughput: throughput)
        observation.wire?.bytesPerRequest = bytesPerRequest
        return SweepPoint(
            id: "p", group: "p", repeatIndex: 0, order: 0, parameters: [:], seed: 1, outcome: outcome, reason: "why",
            objectives: [], offeredRecordsPerS: 1000, sizeBytes: 100, producer: Situations.cell().producer,
            observation: observation, measures: Measures(),
            limits: [.init(kind: kind, used: 1, binding: true, evidence: "evidence")], harnessCeilingRecordsPerS: nil,
            isHarnessBound: false, doubts: [], runs: 1)
    }

    private static func settings(_ step: SettingSearch.Step) -> ProducerSettings? {
        if case .run(let settings, _) = step { settings } else { nil }
    }

    @Test func aFullWindowGetsLargerBatchesUntilTheyAreAsLargeAsCanBe() {
        var search = SettingSearch(client: .librdkafka, recordBytes: 1000)
        var sizes: [Int] = []
        while let settings = Self.settings(
            search.next(after: Self.point(.failed, .inFlight, bytesPerRequest: Double(search.settings.batchBytes))))
        {
            sizes.append(settings.batchBytes)
        }
        #expect(sizes == [262_144, 900_000])
    }

    @Test func halfEmptyRequestsGetALongerLinger() {
        var search = SettingSearch(client: .librdkafka, recordBytes: 1000)
        let settings = Self.settings(search.next(after: Self.point(.failed, .inFlight, bytesPerRequest: 2000)))
        #expect(settings?.lingerMs == 10)
        #expect(settings?.batchBytes == 65_536)
    }

    @Test func aLoadThatIsCarriedTooLateGetsAShorterLinger() {
        var search = SettingSearch(client: .java, recordBytes: 1000)
        let step = search.next(after: Self.point(.failed, .producerQueue, throughput: 1000))
        #expect(Self.settings(step)?.lingerMs == 2)
    }

    @Test(arguments: [CapacityLimit.Kind.tcp, .link, .broker, .harness, .delay])
    func whatNoProducerChangesEndsTheSearch(_ kind: CapacityLimit.Kind) {
        var search = SettingSearch(client: .librdkafka, recordBytes: 1000)
        guard case .stuck(_, let why) = search.next(after: Self.point(.failed, kind)) else {
            Issue.record("the search went on")
            return
        }
        #expect(why.contains("evidence"))
    }

    /// What the client sets by itself is left to the kernel first; then more is asked for, up to what helps nobody.
    @Test func aSocketThatIsTooSmallIsLeftToTheKernelFirst() {
        var search = SettingSearch(client: .java, recordBytes: 1000)
        var values: [String?] = []
        while let settings = Self.settings(search.next(after: Self.point(.failed, .socketBuffer))) {
            values.append(settings.properties(.java, recordBytes: 1000)["send.buffer.bytes"])
        }
        #expect(values == ["-1", "4194304", "8388608", "16777216", "33554432"])
        #expect(ProducerSettings().properties(.java, recordBytes: 1000)["send.buffer.bytes"] == nil)
    }

    @Test func whatHoldsIsFound() {
        var search = SettingSearch(client: ClientSettings(), recordBytes: 1000)
        #expect(search.next(after: Self.point(.passed, .offeredLoad)) == .found(ProducerSettings()))
    }

    @Test func everyClientGetsItsOwnWords() {
        let settings = ProducerSettings()
        #expect(settings.properties(.librdkafka, recordBytes: 100)["batch.num.messages"] == "10000")
        #expect(settings.properties(.java, recordBytes: 100)["buffer.memory"] == "67108864")
        #expect(settings.properties(.java, recordBytes: 100)["queue.buffering.max.kbytes"] == nil)
        #expect(settings.properties(ClientSettings(), recordBytes: 100) == [:])
    }
}
