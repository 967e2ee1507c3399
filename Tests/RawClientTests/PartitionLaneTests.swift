import KafkaWire
import Testing

@testable import RawClient

/// Sequences and batches of one partition, by the rules and against them.
struct PartitionLaneTests {
    private func properties(_ words: [String: String]) throws -> RawProducerProperties {
        try RawProducerProperties(words, bootstrap: "h:1")
    }

    /// A lane with `count` records in batches of `size`.
    private func records(_ count: Int, size: Int, _ properties: RawProducerProperties) -> PartitionLane {
        var properties = properties
        properties.batchRecords = size
        var lane = PartitionLane(topic: 0, partition: 0, firstSequence: properties.rules.firstSequence)
        for id in 0..<count {
            lane.append(
                .init(id: Int64(id), value: [UInt8(id)]), lane: 0, nowNs: 0, timestampMs: 0, properties: properties)
        }
        return lane
    }

    private func next(_ lane: inout PartitionLane) throws -> ProducerBatch {
        let batch = lane.queue.popFirst()
        return try #require(batch)
    }

    private func ids(_ batch: ProducerBatch?) -> [Int64]? { batch?.items.map(\.id) }

    @Test func sequencesAreTakenInOrderOfSending() throws {
        let rules = try properties([:])
        var lane = records(6, size: 2, rules)
        var sequences: [Int32?] = []
        while let batch = lane.queue.popFirst() {
            lane.assignSequence(to: batch, rules)
            sequences.append(batch.baseSequence)
        }
        #expect(sequences == [0, 2, 4])
    }

    @Test func aRetryKeepsItsSequenceAndItsBytes() throws {
        let rules = try properties([:])
        var lane = records(4, size: 2, rules)
        let batch = try next(&lane)
        lane.assignSequence(to: batch, rules)
        let before = batch.bytes(producer: (7, 0), produceVersion: 7)
        batch.tries = 1
        lane.queue.putBack(batch)
        let again = try next(&lane)
        lane.change(again, lane: 0, nowNs: 0, rules)
        lane.assignSequence(to: again, rules)
        #expect(again === batch && again.bytes(producer: (7, 0), produceVersion: 7) == before)
    }

    @Test func retriesComeBeforeNewBatchesInTheirOldOrder() throws {
        let rules = try properties([:])
        var lane = records(6, size: 2, rules)
        let first = try next(&lane)
        let second = try next(&lane)
        lane.queue.putBack(second)
        lane.queue.putBack(first)
        let order = [try next(&lane), try next(&lane), try next(&lane)]
        #expect(order[0] === first && order[1] === second && ids(order[2]) == [4, 5])
    }

    @Test(arguments: [
        ("0", [Int32.max - 1, 0]), ("1", [Int32.max - 1, 1]), ("-2147483648", [Int32.max - 1, Int32.min]),
    ])
    func theSequenceAfterTheLastIsWhatTheScenarioSays(wrapsTo: String, expected: [Int32]) throws {
        let rules = try properties(["raw.sequence.first": "2147483646", "raw.sequence.wraps.to": wrapsTo])
        var lane = records(4, size: 2, rules)
        var sequences: [Int32] = []
        while let batch = lane.queue.popFirst() {
            lane.assignSequence(to: batch, rules)
            sequences.append(batch.baseSequence ?? -1)
        }
        #expect(sequences == expected)
    }

    @Test func aBatchThatStraddlesTheLastSequenceGoesOnBehindIt() throws {
        let rules = try properties(["raw.sequence.first": "2147483646"])
        var lane = records(10, size: 5, rules)
        let batch = try next(&lane)
        lane.assignSequence(to: batch, rules)
        #expect(batch.baseSequence == Int32.max - 1 && lane.nextSequence == 3)
    }

    @Test func reusedSequencesMoveOnAcknowledgementOnly() throws {
        let rules = try properties(["raw.sequence.reuse": "true"])
        var lane = records(4, size: 2, rules)
        let first = try next(&lane)
        let second = try next(&lane)
        lane.assignSequence(to: first, rules)
        lane.assignSequence(to: second, rules)
        #expect(first.baseSequence == 0 && second.baseSequence == 0)
    }

    private func changed(_ how: String) throws -> (lane: PartitionLane, batch: ProducerBatch) {
        let rules = try properties(["raw.retry.changes": how])
        var lane = records(8, size: 4, rules)
        let batch = try next(&lane)
        lane.assignSequence(to: batch, rules)
        batch.tries = 1
        batch.mayBeWritten = true
        lane.change(batch, lane: 0, nowNs: 0, rules)
        return (lane, batch)
    }

    @Test func mergeTakesWhatWaitsIntoTheSameSequence() throws {
        let (lane, batch) = try changed("merge")
        #expect(ids(batch) == Array(0..<8) && batch.baseSequence == 0)
        #expect(lane.queue.isEmpty && lane.nextSequence == 8)
    }

    @Test func splitLeavesTheRestToABatchBehindIt() throws {
        var (lane, batch) = try changed("split")
        let rest = try next(&lane)
        #expect(ids(batch) == [0, 1] && ids(rest) == [2, 3])
        #expect(batch.baseSequence == 0 && rest.baseSequence == 2 && rest.mayBeWritten)
    }

    @Test func swapSendsOtherRecordsUnderTheSameSequence() throws {
        var (lane, batch) = try changed("swap")
        #expect(ids(batch) == [4, 5, 6, 7] && batch.baseSequence == 0)
        let next = try next(&lane)
        #expect(ids(next) == [0, 1, 2, 3] && next.baseSequence == nil)
    }

    @Test func renumberTakesNewSequences() throws {
        var (lane, batch) = try changed("renumber")
        lane.assignSequence(to: batch, try properties([:]))
        #expect(ids(batch) == [0, 1, 2, 3] && batch.baseSequence == 4)
    }

    @Test func oldMessageFormatsGoWithOldVersionsOfProduce() throws {
        let rules = try properties(["enable.idempotence": "false"])
        for (version, magic) in [(Int16(0), Int8(0)), (1, 0), (2, 1), (3, 2), (9, 2)] {
            var lane = records(2, size: 2, rules)
            let bytes = try next(&lane).bytes(producer: (-1, -1), produceVersion: version)
            #expect(Int8(bitPattern: bytes[RecordBatchHeader.magicOffset]) == magic)
        }
    }
}
