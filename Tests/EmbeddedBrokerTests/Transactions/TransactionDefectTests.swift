import EmbeddedBroker
import Foundation
import KafkaWire
import Testing

/// Each wrong that the broker can do on purpose, and that it does not do it otherwise: what a checker must see.
struct TransactionDefectTests {
    /// What one transaction of two partitions leaves behind.
    struct Outcome: Equatable {
        var codes: [Int16] = []
        var values: [[String]] = []
        var markers: [[String]] = []
        var isStable: [Bool] = []
    }

    private func run(
        _ defect: String?, commit: Bool, fenced: Bool = false, version: Int16 = 4
    ) throws -> Outcome {
        let properties = defect.map { ["crosswind.defect." + $0: "true"] } ?? [:]
        let rig = try TransactionRig(leaders: [1, 1], properties: properties)
        defer { rig.end() }
        let producer = try rig.begin().producer
        var outcome = Outcome()
        #expect(try rig.add(producer, [0, 1]) == 0)
        for partition in 0...1 as ClosedRange<Int32> {
            outcome.codes.append(try rig.produce(producer, "\(partition)", partition: partition).errorCode)
        }
        if fenced {
            outcome.codes.append(try rig.settledBegin().code)
        } else {
            outcome.codes.append(try rig.finish(producer, commit: commit, version: version).code)
            _ = try rig.waitUntilComplete()
        }
        for partition in 0...1 as ClosedRange<Int32> {
            let seen = try rig.fetch(1, partition)
            outcome.values.append(seen.values)
            outcome.markers.append(seen.markers)
            outcome.isStable.append(seen.stable == seen.highWatermark)
        }
        return outcome
    }

    @Test func withoutADefect() throws {
        let commit = try run(nil, commit: true)
        #expect(commit.codes == [0, 0, 0] && commit.values == [["0"], ["1"]] && commit.isStable == [true, true])
        #expect(commit.markers == [["COMMIT 0"], ["COMMIT 0"]])
        let abort = try run(nil, commit: false)
        #expect(abort.values == [[], []] && abort.markers == [["ABORT 0"], ["ABORT 0"]])
        let fenced = try run(nil, commit: true, fenced: true)
        #expect(fenced.values == [[], []] && fenced.markers == [["ABORT 1"], ["ABORT 1"]])
    }

    @Test func aCommitIsHalf() throws {
        let outcome = try run("half.commit", commit: true)
        #expect(outcome.codes == [0, 0, 0] && outcome.values == [["0"], []])
        #expect(outcome.markers == [["COMMIT 0"], ["ABORT 0"]])
    }

    @Test func aCommitIsInvisible() throws {
        let outcome = try run("commit.aborts", commit: true)
        #expect(outcome.codes == [0, 0, 0] && outcome.values == [[], []])
    }

    @Test func anAbortIsVisible() throws {
        #expect(try run("abort.commits", commit: false).values == [["0"], ["1"]])
    }

    @Test func theAbortedAreHidden() throws {
        let outcome = try run("aborted.hidden", commit: false)
        #expect(outcome.values == [["0"], ["1"]] && outcome.markers == [["ABORT 0"], ["ABORT 0"]])
    }

    @Test func aFenceCommits() throws {
        let outcome = try run("fence.commits", commit: true, fenced: true)
        #expect(outcome.values == [["0"], ["1"]] && outcome.markers == [["COMMIT 1"], ["COMMIT 1"]])
    }

    @Test func aMarkerIsLost() throws {
        let outcome = try run("marker.lost", commit: true)
        #expect(outcome.codes == [0, 0, 0] && outcome.isStable == [true, false] && outcome.markers[1].isEmpty)
    }

    @Test func markersOfBothKinds() throws {
        #expect(try run("markers.both", commit: true).markers == [["COMMIT 0", "ABORT 0"], ["COMMIT 0", "ABORT 0"]])
    }

    @Test(arguments: [(nil, 48), ("results.both", 0)] as [(String?, Int16)])
    func bothResultsAreAnswered(defect: String?, code: Int16) throws {
        for version in [4, 5] as [Int16] {
            let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
            defer { rig.end() }
            let producer = try rig.begin().producer
            #expect(try rig.add(producer) == 0)
            #expect(try rig.finish(producer, commit: true, version: version).code == 0)
            #expect(try rig.waitUntilComplete() == "CompleteCommit")
            #expect(try rig.finish(producer, commit: false, version: version).code == code)
        }
    }

    @Test(arguments: [(nil, 47, 90), ("epochs.ignored", 0, 0)] as [(String?, Int16, Int16)])
    func theFenceDoesNotHold(defect: String?, log: Int16, coordinator: Int16) throws {
        let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
        defer { rig.end() }
        let old = try rig.begin().producer
        #expect(try rig.add(old) == 0)
        #expect(try rig.produce(old).errorCode == 0)
        let new = try rig.settledBegin().producer
        #expect(try rig.add(old) == coordinator)
        #expect(try rig.add(new) == 0)
        #expect(try rig.produce(old, "zombie", sequence: 1).errorCode == log)
        #expect(try rig.produce(new, "new").errorCode == 0)
        #expect(try rig.finish(new, commit: true).code == 0)
        #expect(try rig.waitUntilComplete() == "CompleteCommit")
        #expect(try rig.fetch(1).values == (defect == nil ? ["new"] : ["zombie", "new"]))
    }

    @Test(arguments: [(nil, 120), ("verification.off", 0)] as [(String?, Int16)])
    func aTransactionThatNobodyKnows(defect: String?, code: Int16) throws {
        let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer).errorCode == code)
        #expect(try rig.state().transactionState == "Empty")
        #expect(try rig.fetch(0).highWatermark == (code == 0 ? 1 : 0))
    }

    @Test(arguments: [(nil, 45), ("sequences.ignored", 0)] as [(String?, Int16)])
    func aGapIsTaken(defect: String?, code: Int16) throws {
        let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer, version: 12).errorCode == 0)
        #expect(try rig.produce(producer, sequence: 9, version: 12).errorCode == code)
    }

    @Test(arguments: [(nil, -1), ("offsets.at.once", 5)] as [(String?, Int64)])
    func offsetsOfAnAbortedTransaction(defect: String?, offset: Int64) throws {
        let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.commitOffset(producer, version: 5) == 0)
        #expect(try rig.offset(stable: true) == (defect == nil ? -88 : 5))
        #expect(try rig.finish(producer, commit: false, version: 5).code == 0)
        #expect(try rig.waitUntilComplete() == "CompleteAbort")
        #expect(try rig.offset(stable: true) == offset)
    }

    @Test(arguments: [(nil, 1), ("epoch.jumps", 3)] as [(String?, Int16)])
    func theEpochJumps(defect: String?, epoch: Int16) throws {
        let rig = try TransactionRig(properties: defect.map { ["crosswind.defect." + $0: "true"] } ?? [:])
        defer { rig.end() }
        let producer = try rig.begin().producer
        #expect(try rig.produce(producer, version: 12).errorCode == 0)
        #expect(try rig.finish(producer, commit: true, version: 5).producer.epoch == 1)
        #expect(try rig.waitUntilComplete() == "CompleteCommit")
        #expect(try rig.state().producerEpoch == epoch)
    }
}
