import EvidenceModel
import Foundation
import Testing

/// What nodes hold and how they come back, in whole cells.
extension BrokerActionTests {
    /// acks=1, a follower that never comes back, the load over before the in-sync set shrinks: consumers are not given yet
    /// what the leader has acknowledged, and none of it is lost.
    @Test func recordsAboveTheHighWatermarkAreNotLost() throws {
        let (cells, _) = try run(
            scenario(
                broker: "{ kind: embedded, nodes: 3, topics: [{ name: orders, partitions: 1, replicas: 3 }] }",
                config: ", enable.idempotence: false",
                faults: faults([
                    "two": "at: 500ms, node: 2, do: [pause]", "three": "at: 500ms, node: 3, do: [pause]",
                ])
            ).replacingOccurrences(of: "acks: all", with: "acks: 1"))
        #expect(cells.count == 2)
        for (name, cell) in cells {
            #expect(cell.verdict.outcome == .passed, "\(name): \(cell.verdict.reason) \(cell.verdict.doubts)")
            #expect(cell.verdict.measures.lost == 0 && cell.verdict.measures.acked == 1500, "\(name)")
            // The in-sync set shrank while the read-back waited.
            #expect(!cell.record.history.contains { $0.kind == .watermarkBehind }, "\(name)")
        }
    }

    /// With one node a real broker is refused for 9 s after a kill: a producer that gives up sooner gives up, one that waits
    /// does not, and what it takes to recover counts from when the node is back. The load is over before that.
    @Test func aNodeThatWasKilledIsAwayForItsSession() throws {
        let (cells, _) = try run(
            expecting: 1,
            scenario(
                broker: "{ kind: embedded, topics: [{ name: orders, partitions: 1 }], "
                    + "config: { broker.session.timeout.ms: 4000 } }",
                config: ", enable.idempotence: true",
                faults: faults(["crash": "at: 1s, do: [{ restart: kill }]", "clean": "at: 1s, do: [restart]"])
            ).replacingOccurrences(of: "message.timeout.ms: 20000", with: "message.timeout.ms: 1000"))
        let crash = try #require(cells["crash"])
        let went = try #require(crash.actions("restart kill").first)
        let back = try #require(crash.record.history.first { $0.kind == .nodeBack }?.timeUs)
        #expect((3_900_000...8_000_000).contains(back - went), "\(back - went)")
        #expect(crash.verdict.measures.failed > 500 && crash.verdict.measures.lost == 0)
        #expect(crash.verdict.doubts.isEmpty, "\(crash.verdict.doubts)")
        let clean = try #require(cells["clean"])
        #expect(clean.verdict.survived == true, "\(clean.verdict.reason) \(clean.verdict.doubts)")
    }

    /// Brokers read lists of directories: no comma or space may be in a path, whatever the cell's parameters are called.
    @Test func aCommandsDataHasAPlainPathOfItsOwn() throws {
        let broker = """

              kind: command
              command: [bash, -c, "echo {data} $(ls -A {data} | wc -l); cd {data} && exec \(CrosswindProgram.path) broker --listen {host}:{port}"]
              topics: [{ name: orders, partitions: 1 }]
            """
        let (cells, _) = try run(
            scenario(broker: broker, faults: faults(["a b, c": "delay: 0ms", "d": "delay: 0ms"]))
                .replacingOccurrences(of: "as: a b, c", with: "as: \"a b, c\""))
        #expect(cells.count == 2)
        let paths = try cells.values.map { cell in
            let words = try #require(cell.brokerLog.split(separator: "\n").first).split(separator: " ")
            #expect(words.count == 2 && words.last == "0", "\(words)")
            let path = String(words[0])
            #expect(path.hasPrefix("/") && !path.contains(","))
            #expect(!FileManager.default.fileExists(atPath: path), "it is removed at the end")
            return path
        }
        #expect(Set(paths).count == 2)
    }
}
