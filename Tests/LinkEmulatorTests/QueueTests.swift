import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct QueueTests {
    @Test func deliveryIsInOrderOfTimeThenArrival() throws {
        var arena = try SlotArena(slotSize: 64, capacity: 2000)
        var queue = try DeliveryQueue(arena: arena, lanes: 3)
        var expected: [(at: Int64, order: Int, slot: Int32)] = []
        let stream = RandomStream(seed: 5, node: 1, direction: 0, fault: "test")
        for index in 0..<2000 {
            let slot = arena.take()
            let at = Int64(stream.bits(index: UInt64(index), purpose: 1) % 500)
            queue.insert(slot, at: at, lane: index % 3)
            expected.append((at, index, slot))
        }
        #expect(arena.take() == SlotArena.none)
        expected.sort { ($0.at, $0.order) < ($1.at, $1.order) }
        #expect(queue.earliest() == expected[0].at)
        #expect(queue.popDue(expected[0].at - 1) == SlotArena.none)
        for item in expected { #expect(queue.popDue(1000) == item.slot) }
        #expect(queue.earliest() == .max)
        #expect(queue.count == 0)
    }

    @Test func slotsAreUsedAgainLastInFirstOut() throws {
        var arena = try SlotArena(slotSize: 100, capacity: 3)
        #expect(arena.slotSize == 128)
        let slots = (0..<3).map { _ in arena.take() }
        #expect(Set(slots).count == 3)
        arena.give(slots[1])
        arena.give(slots[0])
        #expect(arena.take() == slots[0])
        #expect(arena.take() == slots[1])
        #expect(arena.used == 3 && arena.peak == 3)
    }

    @Test func percentilesAreWithinABucket() throws {
        var histogram = try LatenessHistogram()
        #expect(histogram.percentile(0.5) == 0)
        for value in 1...100_000 { histogram.record(Int64(value)) }
        for share in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = share * 100_000
            #expect(abs(Double(histogram.percentile(share)) - exact) <= exact / 32 + 1)
        }
        #expect(histogram.maximum == 100_000)
        histogram.record(-5)
        histogram.record(.max)
        #expect(histogram.percentile(1) > 100_000)
    }

    @Test func queueLimitsAreReadAsPacketsOrBytes() throws {
        #expect(try QueueLimit(Faults.value("100")).packets == 100)
        #expect(try QueueLimit(Faults.value("64KB")).bytes == 64_000)
        for text in ["0", "-1", "10ms", "many", "1.5"] {
            #expect(throws: ScenarioError.self) { try QueueLimit(Faults.value(text)) }
        }
    }

    @Test func theRingCountsWhatItCannotKeep() throws {
        let ring = try FaultLogRing(capacity: 8)
        for index in 0..<11 {
            var record = FaultRecord()
            record.packetIndex = UInt64(index)
            ring.input.write(record)
        }
        #expect(ring.lostCount == 3)
        for index in 0..<8 { #expect(ring.output.next()?.packetIndex == UInt64(index)) }
        #expect(ring.output.next() == nil)
        ring.input.write(FaultRecord())
        #expect(ring.output.next() != nil)
    }
}
