import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// A real transactional producer, librdkafka as it is linked here, against the embedded broker.
struct TransactionalClientTests {
    /// Releases of each generation that this client can use: it needs TxnOffsetCommit v3.
    private static let releases = ["2.5", "2.7", "3.7", "3.9", "4.0", "4.3"]

    private func cluster(_ release: String) throws -> EmbeddedCluster {
        try EmbeddedCluster.launch(
            BrokerConfiguration(
                release: Release(release)!,
                nodes: (1...2).map {
                    .init(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
                }, topics: [.init(name: "orders", partitions: 2)]))
    }

    private func address(_ cluster: EmbeddedCluster) throws -> String { "127.0.0.1:\(try cluster.port(of: 1))" }

    /// Values of a partition that a consumer of this isolation is given.
    private func values(_ cluster: EmbeddedCluster, _ partition: Int32, isolation: Int8) throws -> [String] {
        let node = cluster.leaders()["orders-\(partition)"] ?? 1
        let connection = try RawConnection(connectTo: "127.0.0.1", port: try cluster.port(of: node))
        defer { connection.close() }
        var request = FetchRequest()
        request.maxWaitMs = 0
        request.isolationLevel = isolation
        request.topics = [.init(topic: "orders", partitions: [.init(partition: partition)])]
        let part = try connection.call(request, version: 11).responses[0].partitions[0]
        #expect(part.lastStableOffset == part.highWatermark)
        var left = (part.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }
        var inside: Set<Int64> = []
        var values: [String] = []
        try (part.records ?? []).withUnsafeBytes { raw in
            for batch in RecordBatchSequence(raw) {
                while let next = left.first, next.firstOffset <= batch.header.baseOffset {
                    inside.insert(next.producerID)
                    left.removeFirst()
                }
                try RecordView.forEach(in: batch.records, count: batch.header.recordCount) { record in
                    if batch.header.isControl {
                        if record.key?[3] == 0 { inside.remove(batch.header.producerID) }
                    } else if !inside.contains(batch.header.producerID) {
                        values.append(String(decoding: record.value ?? .init(start: nil, count: 0), as: UTF8.self))
                    }
                }
            }
        }
        return values
    }

    private func offset(_ cluster: EmbeddedCluster, _ group: String) throws -> Int64 {
        let connection = try RawConnection(connectTo: "127.0.0.1", port: try cluster.port(of: 1))
        defer { connection.close() }
        var find = FindCoordinatorRequest()
        find.key = group
        let node = try connection.call(find, version: 2).nodeID
        let coordinator = try RawConnection(connectTo: "127.0.0.1", port: try cluster.port(of: node))
        defer { coordinator.close() }
        var request = OffsetFetchRequest()
        request.groupID = group
        request.requireStable = true
        request.topics = [.init(name: "orders", partitionIndexes: [0])]
        let part = try coordinator.call(request, version: 7).topics[0].partitions[0]
        #expect(part.errorCode == 0)
        return part.committedOffset
    }

    @Test(arguments: releases) func whatIsCommittedCounts(release: String) throws {
        let cluster = try cluster(release)
        defer { cluster.end() }
        let client = try TransactionalLibrdkafka(try address(cluster), transactionalID: "pay-1")
        for (name, commits) in [("a", true), ("b", false), ("c", true)] {
            try client.begin()
            for partition in 0...1 as ClosedRange<Int32> {
                try client.produce("orders", ["\(name)0", "\(name)1"], partition: partition)
            }
            try client.sendOffset("orders", partition: 0, offset: name == "a" ? 5 : name == "b" ? 6 : 7, group: "g")
            if commits { try client.commit() } else { try client.abort() }
            // The last markers may come after the answer; the next transaction waits for them, so this one is over.
        }
        try client.begin()
        try client.produce("orders", ["d0"], partition: 0)
        try client.abort()
        _ = try TransactionalLibrdkafka(try address(cluster), transactionalID: "pay-1")
        for partition in 0...1 as ClosedRange<Int32> {
            #expect(try values(cluster, partition, isolation: 1) == ["a0", "a1", "c0", "c1"])
            let all = ["a0", "a1", "b0", "b1", "c0", "c1"]
            #expect(try values(cluster, partition, isolation: 0) == all + (partition == 0 ? ["d0"] : []))
        }
        #expect(try offset(cluster, "g") == 7)
    }

    @Test(arguments: releases) func aNewerInstanceFencesTheOld(release: String) throws {
        let cluster = try cluster(release)
        defer { cluster.end() }
        let old = try TransactionalLibrdkafka(try address(cluster), transactionalID: "pay-1")
        try old.begin()
        try old.produce("orders", ["old"], partition: 0)
        let new = try TransactionalLibrdkafka(try address(cluster), transactionalID: "pay-1")
        let error = #expect(throws: TransactionalLibrdkafka.Failure.self) { try old.commit() }
        #expect(error?.isFatal == true && error?.isFenced == true, "\(String(describing: error))")
        try new.begin()
        try new.produce("orders", ["new"], partition: 0)
        try new.commit()
        _ = try TransactionalLibrdkafka(try address(cluster), transactionalID: "pay-1")
        #expect(try values(cluster, 0, isolation: 1) == ["new"])
    }
}
