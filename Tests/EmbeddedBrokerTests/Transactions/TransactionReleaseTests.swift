import Foundation
import KafkaWire
import Testing

@testable import EmbeddedBroker

/// What coordinators and markers do differently by release.
struct TransactionReleaseTests {
    /// A newer instance raises the epoch twice in all; in 4.0.0 three times, at `transaction.version` 2.
    @Test(
        arguments: [("2.4", 2), ("3.9", 2), ("4.0.0", 3), ("4.0.1", 2), ("4.3", 2)] as [(String, Int16)])
    func aNewerInstanceEndsWhatIsOpen(release: String, epoch: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let old = try rig.begin().producer
        #expect(try rig.add(old) == 0)
        #expect(try rig.produce(old).errorCode == 0)
        #expect(try rig.begin().code == 51)
        #expect(try rig.settledBegin() == (0, .init(id: old.id, epoch: epoch)))
        let seen = try rig.fetch(1)
        #expect(seen.markers == ["ABORT \(epoch - 1)"] && seen.values.isEmpty && seen.stable == seen.highWatermark)
        #expect(try rig.produce(old, sequence: 1).errorCode == 47)
    }

    /// At level 2 the aborted producer may go on; below, it may not.
    @Test(arguments: [("4.3", "2", 0), ("4.3", "1", 90), ("4.3", "0", 90)] as [(String, String, Int16)])
    func whoWasAbortedMayGoOnAtLevel2(release: String, level: String, code: Int16) throws {
        let rig = try TransactionRig(release: release, properties: ["transaction.version": level])
        defer { rig.end() }
        let old = try rig.begin().producer
        #expect(try rig.add(old) == 0)
        #expect(try rig.produce(old).errorCode == 0)
        #expect(try rig.settledBegin(known: old).code == code)
    }

    /// Until 2.6 and after: who outlived the timeout gets 47 from the log, 47 or 90 from the coordinator.
    @Test(arguments: [("2.4", 47), ("2.6", 47), ("2.7", 90), ("4.3", 90)] as [(String, Int16)])
    func theTimeoutFences(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin(timeoutMs: 100).producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.waitForMarkers(1))
        #expect(try rig.fetch(1).markers == ["ABORT 1"])
        #expect(try rig.produce(producer, sequence: 1).errorCode == 47)
        #expect(try rig.add(producer) == code)
        #expect(try rig.finish(producer, commit: true).code == code)
    }

    @Test func theCheckForTimeouts() throws {
        func interval(_ release: String) throws -> Int64 {
            try BrokerProperties([:], release: Release(release)!).coordinators.timeoutCheckMs
        }
        #expect(try interval("2.4") == 60_000)
        #expect(try interval("2.5") == 10_000)
    }

    /// The last epoch: a fence there changes the id at once in 4.3, with the next InitProducerId before.
    @Test(arguments: [("3.9", false), ("4.2", false), ("4.3", true)]) func aFenceAtTheLastEpoch(
        release: String, changes: Bool
    ) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let first = try rig.begin().producer
        rig.cluster.cluster.withCore { $0.transactions[TransactionRig.id]?.record.epoch = 32_766 }
        let last = TransactionRig.Producer(id: first.id, epoch: 32_766)
        #expect(try rig.add(last) == 0)
        #expect(try rig.produce(last).errorCode == 0)
        #expect(try rig.begin().code == 51)
        #expect(try rig.waitUntilComplete() == "CompleteAbort")
        #expect(try rig.fetch(1).markers == ["ABORT 32767"])
        let state = try rig.state()
        #expect((state.producerID != first.id) == changes)
        #expect(state.producerEpoch == (changes ? 0 : 32_767))
        let next = try rig.settledBegin()
        #expect(next.code == 0 && next.producer.id != first.id)
    }

    /// EndTxn v5 at the last epoch gives a new id, and its retry the same.
    @Test(arguments: ["4.0", "4.3"]) func theEndAtTheLastEpoch(release: String) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let first = try rig.begin().producer
        rig.cluster.cluster.withCore { $0.transactions[TransactionRig.id]?.record.epoch = 32_766 }
        let last = TransactionRig.Producer(id: first.id, epoch: 32_766)
        #expect(try rig.produce(last, version: 12).errorCode == 0)
        let answer = try rig.finish(last, commit: true, version: 5)
        #expect(answer.code == 0 && answer.producer.id != first.id && answer.producer.epoch == 0)
        #expect(try rig.waitUntilComplete() == "CompleteCommit")
        #expect(try rig.finish(last, commit: true, version: 5) == answer)
        #expect(try rig.fetch(1).values == ["v"])
    }

    /// A marker of TV2 must be above the producer's epoch, since it says that it is one (WriteTxnMarkers v2).
    @Test(arguments: [("4.1", 0), ("4.2", 47), ("4.3", 47)] as [(String, Int16)])
    func theEpochOfAMarker(release: String, code: Int16) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer, version: 12).errorCode == 0)
        #expect(try rig.marker(producer, commit: true, transactionVersion: 2) == code)
        #expect(try rig.marker(.init(id: producer.id, epoch: 1), commit: true, transactionVersion: 2) == 0)
        #expect(try rig.marker(.init(id: producer.id, epoch: 1), transactionVersion: 2) == 0)
        #expect(try rig.marker(producer, transactionVersion: 2) == 47)
    }

    /// Until 2.7 an ABORT of a partition without records is in the index of aborted transactions, at its own offset.
    @Test(arguments: [("2.4", [0]), ("2.7", [0]), ("2.8", []), ("4.3", [])] as [(String, [Int64])])
    func anAbortOfNothing(release: String, aborted: [Int64]) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.finish(producer, commit: false).code == 0)
        #expect(try rig.waitForMarkers(1))
        #expect(try rig.fetch(1).aborted == aborted)
    }

    /// A partition without a leader: its marker waits, but in 4.3 and 4.4 (KAFKA-20734), unless told otherwise.
    @Test(
        arguments: [
            ("3.9", [:], false), ("4.2", [:], false), ("4.3", [:], true), ("4.4", [:], true), ("4.5", [:], false),
            ("4.3", ["crosswind.defect.leaderless.markers": "false"], false),
            ("4.2", ["crosswind.defect.leaderless.markers": "true"], true),
        ] as [(String, [String: String], Bool)])
    func markersOfLeaderlessPartitions(release: String, properties: [String: String], skips: Bool) throws {
        let rig = try TransactionRig(release: release, leaders: [1, 2], properties: properties)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer, [0, 1]) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        #expect(try rig.produce(producer, partition: 1, node: 2).errorCode == 0)
        try rig.cluster.cluster.stop(node: 2, .clean)
        #expect(try rig.finish(producer, commit: true).code == 0)
        #expect(try rig.waitForMarkers(1))
        if skips {
            #expect(try rig.waitUntilComplete() == "CompleteCommit")
        } else {
            let state = try rig.state()
            #expect(state.transactionState == "PrepareCommit" && state.topics.map(\.partitions) == [[1]])
        }
        try rig.cluster.cluster.start(node: 2)
        if skips {
            // Committed, acknowledged, and nobody will ever see it.
            let seen = try rig.fetch(1, 1, node: 2)
            #expect(seen.highWatermark == 1 && seen.stable == 0)
        } else {
            #expect(try rig.waitUntilComplete() == "CompleteCommit")
            #expect(try rig.fetch(1, 1, node: 2).values == ["v"])
        }
    }

    /// What is open survives a restart in every release, and can be ended.
    @Test(arguments: ["0.11", "2.4", "3.5", "3.9", "4.3"], [EmbeddedCluster.Stop.clean, .kill])
    func anOpenTransactionSurvivesARestart(release: String, how: EmbeddedCluster.Stop) throws {
        let rig = try TransactionRig(release: release)
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.add(producer) == 0)
        #expect(try rig.produce(producer).errorCode == 0)
        try rig.cluster.cluster.restart(node: 1, how)
        let again = try TransactionRig(over: rig)
        #expect(try again.fetch(1).stable == 0)
        #expect(try again.produce(producer, sequence: 1).errorCode == 0)
        #expect(try again.finish(producer, commit: true).code == 0)
        #expect(try again.waitForMarkers(1))
        #expect(try again.fetch(1).values == ["v", "v"])
    }

    /// An idle transactional id is forgotten: 105, 49, and a fresh id.
    @Test func anIdleTransactionalIDExpires() throws {
        let rig = try TransactionRig(properties: [
            "transactional.id.expiration.ms": "200",
            "transaction.remove.expired.transaction.cleanup.interval.ms": "50",
        ])
        defer { rig.end() }
        let producer = try rig.begin().producer
        for _ in 0..<300 where try rig.state().errorCode == 0 { Thread.sleep(forTimeInterval: 0.01) }
        #expect(try rig.state().errorCode == 105)
        #expect(try rig.add(producer) == 49)
        #expect(try rig.finish(producer, commit: false).code == 49)
        #expect(try rig.produce(producer).errorCode == 49)
        let fresh = try rig.begin(known: producer)
        #expect(fresh.code == 0 && fresh.producer.id != producer.id && fresh.producer.epoch == 0)
    }
}

extension TransactionRig {
    /// The same cluster over a new connection, for after a restart.
    convenience init(over other: TransactionRig) throws {
        try self.init(cluster: other.cluster, release: other.release)
    }
}
