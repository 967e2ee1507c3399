import Foundation
import KafkaWire
import RawClient
import Testing

@testable import EmbeddedBroker

/// What differs between releases, one test for each rule, at the releases around each change.
struct TransactionGenerationTests {
    // MARK: Fencing

    /// 47 everywhere up to 2.6; then 90, and 47 to versions that do not know it.
    @Test(arguments: ["0.11", "2.4", "2.6", "2.7", "3.5", "3.7", "3.9", "4.0", "4.3"])
    func aFencedProducerAtTheCoordinator(release: String) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let old = try rig.begin().producer
        let new = try rig.begin().producer
        #expect(new == .init(id: old.id, epoch: old.epoch + 1))
        let code: Int16 = Release(release)! < Release("2.7")! ? 47 : 90
        #expect(try rig.add(old) == code)
        #expect(try rig.addOffsets(old) == code)
        #expect(try rig.finish(old, commit: true).code == code)
        #expect(try rig.add(old, version: 1) == 47)
        #expect(try rig.addOffsets(old, version: 1) == 47)
        #expect(try rig.finish(old, commit: true, version: 1).code == 47)
        // A newer epoch than was handed out is no better.
        #expect(try rig.add(.init(id: new.id, epoch: new.epoch + 1)) == code)
        #expect(try rig.add(.init(id: new.id + 99, epoch: new.epoch)) == 49)
    }

    /// KIP-360: InitProducerId v3, since 2.5.
    @Test(arguments: [("2.4", false), ("2.5", true), ("2.7", true), ("3.9", true), ("4.3", true)])
    func aKnownProducerRaisesItsEpoch(release: String, knows: Bool) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let first = try rig.begin().producer
        #expect((rig.version(InitProducerIdRequest.self) >= 3) == knows)
        guard knows else { return }
        let second = try rig.begin(known: first)
        #expect(second == (0, .init(id: first.id, epoch: 1)))
        #expect(try rig.begin(known: first) == (0, second.producer))
        #expect(try rig.begin(known: second.producer).producer.epoch == 2)
        let isNew = rig.version(InitProducerIdRequest.self) >= 4
        #expect(try rig.begin(known: first).code == (isNew ? 90 : 47))
        #expect(try rig.begin(known: first, version: 3).code == 47)
        // A plain InitProducerId forgets the last epoch.
        let plain = try rig.begin().producer
        #expect(try rig.begin(known: .init(id: plain.id, epoch: plain.epoch - 1)).code == (isNew ? 90 : 47))
    }

    // MARK: Partitions that were not added

    /// Taken, and hanging, up to 3.5; 48 in 3.6 and 3.7; then 120 for those who know it; TV2 adds.
    @Test(
        arguments: [
            ("0.11", 3, 0), ("2.4", 8, 0), ("2.6", 8, 0), ("3.5", 9, 0), ("3.6", 9, 48), ("3.7", 10, 48),
            ("3.8", 11, 120), ("3.8", 10, 48), ("3.9", 11, 120), ("4.0", 11, 120), ("4.3", 11, 120), ("4.3", 10, 48),
            ("4.0", 12, 0), ("4.3", 12, 0), ("4.3", 13, 0),
        ] as [(String, Int16, Int16)]) func aPartitionThatWasNotAdded(release: String, version: Int16, code: Int16)
        throws
    {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        let answer = try rig.produce(producer, version: version)
        #expect(answer.errorCode == code)
        let text = code == 48 && version >= 8 ? "Partition was not added to the transaction" : nil
        #expect(answer.errorMessage == text)
        let seen = try rig.fetch(1)
        #expect(seen.highWatermark == (code == 0 ? 1 : 0) && seen.stable == 0)
        guard version < 12, code == 0 else {
            if version >= 12 { #expect(try rig.state().transactionState == "Ongoing") }
            return
        }
        // Nobody knows the transaction: it cannot be ended, and the last stable offset stays where it is.
        #expect(try rig.finish(producer, commit: true).code == 48)
        #expect(try rig.fetch(1).stable == 0)
    }

    @Test(
        arguments: [
            ("2.6", 3, 0), ("3.5", 3, 0), ("3.6", 3, 48), ("3.7", 3, 48), ("3.8", 4, 120), ("3.8", 3, 48),
            ("4.3", 4, 120), ("4.3", 2, 48), ("4.3", 5, 0),
        ] as [(String, Int16, Int16)])
    func offsetsOfAGroupThatWasNotAdded(release: String, version: Int16, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.commitOffset(producer, version: version) == code)
        #expect(try rig.offset() == -1)
    }

    // MARK: Epochs

    /// EndTxn v5 raises the epoch and says so; up to v4 it stays.
    @Test(arguments: ["2.4", "2.7", "3.9", "4.0", "4.3"]) func theEpochAfterEndTxn(release: String) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.finish(producer, commit: true).code == 0)
        #expect(try rig.waitForMarkers(1))
        #expect(try rig.fetch(1).markers == ["COMMIT 0"])
        guard rig.version(EndTxnRequest.self) >= 5 else { return }
        // The next transaction is ended the new way.
        #expect(try rig.waitUntilComplete() == "CompleteCommit")
        #expect(try rig.produce(producer, sequence: 1, version: 12).errorCode == 0)
        #expect(try rig.finish(producer, commit: false, version: 5) == (0, .init(id: producer.id, epoch: 1)))
        #expect(try rig.waitForMarkers(2))
        #expect(try rig.fetch(1).markers == ["COMMIT 0", "ABORT 1"])
        #expect(try rig.finish(producer, commit: false, version: 5) == (0, .init(id: producer.id, epoch: 1)))
        #expect(try rig.finish(producer, commit: true, version: 5).code == 48)
    }

    /// The first sequence of a TV2 transaction where nothing is known: any in 4.0, 0 since 4.1.
    @Test(arguments: [("4.0", 0), ("4.1", 45), ("4.3", 45)] as [(String, Int16)])
    func theFirstSequenceWithoutState(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer, sequence: 7, version: 12).errorCode == code)
        #expect(try rig.begin("other").code == 0)
    }

    @Test(arguments: ["2.5", "3.5", "3.9", "4.3"]) func theFirstSequenceOfTV1IsAny(release: String) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer, sequence: 7).errorCode == 0)
    }

    // MARK: Versions

    @Test(
        arguments: [
            ("2.4", [2, 1, 1, 1, 2]), ("2.5", [3, 1, 1, 1, 3]), ("2.7", [4, 2, 2, 2, 3]), ("2.8", [4, 3, 3, 3, 3]),
            ("3.5", [4, 4, 3, 3, 3]), ("3.8", [5, 5, 4, 4, 4]), ("4.0", [5, 5, 4, 5, 5]), ("4.1", [5, 5, 4, 5, 5]),
        ] as [(String, [Int16])]) func versionsByRelease(release: String, highest: [Int16])
    {
        let apis: [APIKey] = [.initProducerId, .addPartitionsToTxn, .addOffsetsToTxn, .endTxn, .txnOffsetCommit]
        let release = Release(release)!
        #expect(apis.map { release.versions(of: $0)?.upperBound } == highest)
    }

    @Test(arguments: [("2.8", 9), ("3.7", 10), ("3.8", 11), ("4.0", 12), ("4.1", 13)] as [(String, Int16)])
    func produceByRelease(release: String, highest: Int16) {
        #expect(Release(release)!.versions(of: .produce)?.upperBound == highest)
    }

    // MARK: Asking the coordinator

    /// Up to 3.9 an open transaction of the producer is enough; since 4.0 it must be of that epoch.
    @Test(arguments: [("3.7", 0), ("3.9", 0), ("4.0", 47), ("4.3", 47)] as [(String, Int16)])
    func anotherEpochWhileOneIsOpen(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.produce(.init(id: producer.id, epoch: 1)).errorCode == code)
    }

    /// 51 while markers are written: 19 to TV1 clients, with a message; as it is to TV2 clients, after the leader tried for
    /// 100 ms.
    @Test(arguments: [("3.7", 10, 19), ("3.9", 11, 19), ("4.3", 11, 19), ("4.3", 12, 51)] as [(String, Int16, Int16)])
    func theCoordinatorIsBusy(release: String, version: Int16, code: Int16) throws {
        let rig = try TransactionRig(
            release: release, leaders: [1, 1], properties: ["crosswind.marker.delay.ms": "2000"])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.finish(producer, commit: true).code == 0)
        let before = Date()
        let answer = try rig.produce(producer, partition: 1, version: version)
        #expect(answer.errorCode == code)
        let waited = Date().timeIntervalSince(before)
        if code == 19 {
            #expect(answer.errorMessage?.hasSuffix("Underlying error: CONCURRENT_TRANSACTIONS") == true)
        } else {
            #expect(waited > 0.09)
        }
        // Nearly everything gets 51 until the markers are written.
        #expect(try rig.add(producer) == 51)
        #expect(try rig.begin().code == 51)
        #expect(try rig.finish(producer, commit: false).code == 51)
        #expect(try rig.state().transactionState == "PrepareCommit")
    }

    /// The coordinator is down: 13 goes to the producer as it is before 3.8, then as 19.
    @Test(arguments: [("3.7", 13), ("3.8", 19), ("4.3", 19)] as [(String, Int16)])
    func theCoordinatorIsDown(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release, leaders: [1, 2])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer, [1]) == 0)
        let other = try rig.cluster.connect(2)
        defer { other.close() }
        try rig.cluster.cluster.stop(node: 1, .kill)
        var builder = RecordBatchBuilder(
            [Record(value: [1])], producerID: producer.id, producerEpoch: producer.epoch, baseSequence: 0)
        builder.header.attributes = 16
        var request = ProduceRequest()
        request.transactionalID = TransactionRig.id
        request.topics = [.init(name: "t", partitions: [.init(index: 1, records: builder.build())])]
        let answer = try other.call(request, version: min(rig.version(ProduceRequest.self), 10))
        #expect(answer.topics[0].partitions[0].errorCode == code)
    }

    /// A request that was refused is remembered by its sequence: the next right batch is out of order.
    @Test(arguments: ["3.6", "3.9", "4.3"]) func aStrayRequestLeavesItsSequenceBehind(release: String) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.finish(producer, commit: true).code == 0)
        #expect(try rig.waitUntilComplete() == "CompleteCommit")
        #expect(try rig.produce(producer).errorCode != 0)
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer, sequence: 1).errorCode == 45)
    }

    /// KAFKA-19690: a stale epoch is told before the coordinator is asked.
    @Test(
        arguments: [("4.0.1", 49), ("4.0.2", 47), ("4.1.0", 49), ("4.1.1", 47), ("4.2", 47), ("4.3", 47)]
            as [(String, Int16)])
    func aStaleEpochIsToldFirst(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.marker(.init(id: producer.id, epoch: 1)) == 0)
        #expect(try rig.produce(producer, id: "nobody").errorCode == code)
    }

    @Test(arguments: ["3.7", "4.3"]) func verificationCanBeOff(release: String) throws {
        let rig = try TransactionRig(
            release: release, properties: ["transaction.partition.verification.enable": "false"])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.state().transactionState == "Empty")
        #expect(try rig.fetch(1).stable == 0)
    }
}
