import EvidenceModel
import Testing

@testable import Capacity

struct PointObserverTests {
    private static let startUs: Int64 = 1_000_000_000
    private static let plan = WindowPlan(warmUpUs: 1_000_000, windowUs: 1_000_000, windows: 2)

    /// 100 records/s for 3 s, each acknowledged 10 ms after it was sent. `holdUs` holds the sends of one second up.
    private static func record(holdUs: Int64 = 0, says: Bool = true) -> CellRecord {
        var client = ClientAccount(client: "test")
        client.scheduleStartUs = says ? startUs : nil
        client.records = (0..<300).map { id in
            var entry = ClientAccount.Record()
            let due = startUs + Int64(id) * 10_000
            let isHeld = (150..<200).contains(id)
            entry.sentUs = isHeld ? max(due, startUs + 1_500_000 + holdUs) : due
            entry.reportedUs = entry.sentUs + 10_000
            entry.outcome = .acknowledged
            return entry
        }
        var cell = Situations.cell(rate: 100)
        cell.workload.records = 300
        return CellRecord(cell: cell, history: [], client: client, log: nil, faultLog: [], wire: nil)
    }

    @Test func latencyCountsFromTheTimeThatARecordWasDue() throws {
        let observation = PointObserver.observe(Self.record(holdUs: 400_000), Self.plan)
        #expect(observation.latencyFromSendMs.max == 10)
        #expect(observation.windows[0].latencyMs.max == 410)
        #expect(observation.windows[1].latencyMs.max == 10)
        #expect((observation.handoverLatenessP99Ms ?? 0) > 350)
    }

    @Test func aDriverThatDoesNotSayBeganWithItsFirstRecord() {
        let told = PointObserver.observe(Self.record(holdUs: 200_000), Self.plan)
        let silent = PointObserver.observe(Self.record(holdUs: 200_000, says: false), Self.plan)
        #expect(told == silent)
    }

    @Test func aRecordThatWasNeverAcknowledgedIsLaterThanAllOthers() {
        var record = Self.record()
        for id in 250..<300 { record.client.records[id].outcome = .indeterminate }
        let observation = PointObserver.observe(record, Self.plan)
        #expect(observation.windows[1].latencyMs.p50 == 10)
        #expect(observation.windows[1].latencyMs.p99 == nil)
        #expect(observation.windows[0].latencyMs.p99 == 10)
    }

    @Test func theWireGivesBatchesAndRoundTrips() throws {
        var record = Self.record()
        var wire = WireEvidence()
        // One request of 100 records every 100 ms: 40 ms there, 10 ms in the broker, 40 ms back.
        for request in 0..<30 {
            let leftUs = Self.startUs + Int64(request) * 100_000
            wire.batches.append(
                .init(
                    id: "b\(request)", topic: "orders", partition: 0, producerID: 1, producerEpoch: 0,
                    baseSequence: Int32(request * 100), lastSequence: Int32(request * 100 + 99), recordCount: 100,
                    payloadHash: "0000000000002710",
                    attempts: [
                        .init(
                            connection: "a>b", node: 1, correlationID: Int32(request), apiVersion: 9, acks: -1,
                            requestLeftClientUs: leftUs, requestReachedBrokerUs: leftUs + 40_000,
                            ackLeftBrokerUs: leftUs + 50_000, ackReachedClientUs: leftUs + 90_000, errorCode: 0,
                            fate: .acknowledged)
                    ]))
        }
        record.wire = wire
        let seen = try #require(PointObserver.observe(record, Self.plan).wire)
        #expect(seen.requests == 20)
        #expect(seen.recordsPerRequest == 100)
        #expect(seen.bytesPerRequest == 10_061)
        #expect(seen.roundTripMs == 90 && seen.brokerMs == 10 && seen.baseTransitMs == 80)
        #expect((seen.inFlightMean - 0.9).magnitude < 0.01 && seen.inFlightMax == 1)
        #expect((seen.brokerBusyShare - 0.1).magnitude < 0.01)
        // 10161 bytes in 8 segments of 52 bytes of headers.
        #expect((seen.wireBytesPerRecord - 105.77).magnitude < 0.01)
    }

    @Test func theFaultLogGivesTheLoadOfTheBottleneck() throws {
        var record = Self.record()
        // A packet of 1250 bytes every 10 ms that is held for 5 ms: half of the time at 2 Mbit/s.
        record.faultLog = (0..<300).map { packet in
            FaultLogEntry(
                timeUs: Self.startUs + Int64(packet) * 10_000, fault: "fault-0", fate: "queue", reason: "rate", node: 1,
                direction: .clientToBroker, packetIndex: UInt64(packet), delayUs: 5000, lengthBytes: 1250)
        }
        let link = try #require(PointObserver.observe(record, Self.plan).link)
        #expect((link.busyShare - 0.5).magnitude < 0.01)
        #expect((link.drainBitsPerS - 2e6).magnitude < 1000)
        #expect(link.heldMs == 5 && link.dropped == 0)
    }
}
