import EvidenceModel
import Foundation
import Glibc
import Testing

/// Whatever hangs in a cell, the run ends within the cell's limit and 15 s, says what hung, and leaves nothing running.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct HangTests {
    /// Seconds of the cells' `timeout`.
    private static let limitS = 4

    private struct End {
        var result: CrosswindProgram.Result
        var seconds: Double
        var leftover: [String]
        var words: String { result.output + result.errors }
    }

    /// Runs `scenario` in `directory`; `meanwhile` is called once its producer sends.
    private static func run(
        _ scenario: String, in directory: String, meanwhile: (() throws -> Void)? = nil
    ) throws -> End {
        try ("name: hang\nclaim: A test of the harness.\ntimeout: \(limitS)s\n" + scenario).write(
            toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
        let begun = ContinuousClock.now
        let running = try CrosswindProgram.start(["run", "--output", directory + "/run", directory + "/s.yaml"])
        if let meanwhile {
            for _ in 0..<600 where !history(directory).contains("time-zero") { usleep(20_000) }
            try meanwhile()
        }
        let result = CrosswindProgram.finish(running)
        return End(
            result: result, seconds: (ContinuousClock.now - begun) / .seconds(1), leftover: processes(naming: directory)
        )
    }

    private static func history(_ directory: String) -> String {
        (try? String(contentsOfFile: "\(directory)/run/hang/hang/history.jsonl", encoding: .utf8)) ?? ""
    }

    /// Ids of processes whose command line holds `text`.
    private static func processes(naming text: String) -> [String] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return ids.filter { id in
            guard Int32(id) != nil, let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }

    private static func check(_ end: End, _ words: String, _ codes: Set<Int32> = [2, 3]) {
        #expect(codes.contains(end.result.exitCode), "\(end.words)")
        #expect(end.words.contains(words), "\(end.words)")
        #expect(end.seconds < Double(limitS + 15), "it took \(end.seconds) s")
        #expect(end.leftover.isEmpty)
    }

    private static let load = """
        broker: { kind: embedded, topics: [{ name: orders, partitions: 2 }] }
        producer: { client: librdkafka }
        workload: { records: 6000, rate: 2000/s, size: 100B }
        expect: [{ survives: true }]
        """

    @Test func aStoppedCellProcess() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let end = try Self.run(Self.load, in: directory) {
                for id in Self.processes(naming: directory + "/run/hang") { kill(Int32(id) ?? -1, SIGSTOP) }
            }
            // The one outside waits only; the one inside runs the cell. Both were stopped.
            Self.check(end, "still running its producer", [2])
        }
    }

    @Test func aStoppedDriver() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let end = try Self.run(Self.load, in: directory) {
                let drivers = Self.processes(naming: "crosswind-rdkafka")
                #expect(!drivers.isEmpty, "the test would prove nothing")
                for id in drivers { kill(Int32(id) ?? -1, SIGSTOP) }
            }
            Self.check(end, "time limit of 4.0 seconds was reached", [2])
        }
    }

    @Test func aProgramThatIgnoresEverythingAndLeavesAChild() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let end = try Self.run(
                """
                broker: { kind: embedded, topics: [{ name: orders, partitions: 2 }] }
                producer: { client: command, command: [sh, -c, "trap '' TERM INT HUP; (sleep 1000; : \(directory)) & while :; do sleep 100; done"] }
                workload: { records: 10, rate: 100/s, size: 100B }
                expect: [{ survives: true }]
                """, in: directory)
            Self.check(end, "time limit of 4.0 seconds was reached", [2])
        }
    }

    /// The broker has a session of its own, and keeps the pipe open that its starter was given.
    @Test func aBrokerThatIgnoresSIGTERM() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let broker = "\(CrosswindProgram.path) broker --listen {host}:{port}"
            let end = try Self.run(
                """
                broker:
                  kind: command
                  command: [sh, -c, "trap '' TERM; setsid \(broker) & while :; do wait; sleep 1; : \(directory); done"]
                  topics: [{ name: orders, partitions: 2 }]
                producer: { client: librdkafka }
                workload: { records: 2000, rate: 1000/s, size: 100B }
                faults: [{ at: 500ms, for: 500ms, node: 1, do: [shutdown] }]
                expect: [{ acked: "> 0" }]
                """, in: directory)
            #expect([2, 3].contains(end.result.exitCode), "\(end.words)")
            #expect(end.words.contains("shut") || end.words.contains("ending its broker actions"), "\(end.words)")
            // A broker that is not ours has `ready_within` before the limit begins.
            #expect(end.seconds < 30 + Double(Self.limitS) + 15, "it took \(end.seconds) s")
            #expect(end.leftover.isEmpty)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount a small disk"))
    func aFullDisk() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let disk = directory + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            try #require(Self.shell("mount -t tmpfs -o size=600k tmpfs \(disk)") == 0)
            defer { _ = Self.shell("umount -l \(disk)") }
            let end = try Self.run(Self.load, in: disk)
            Self.check(end, "No space left on device")
        }
    }

    private static func shell(_ command: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        try? process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
