import EvidenceModel
import Foundation
import Glibc
import Testing

/// Ctrl-C and SIGKILL in the middle of a run: nothing is left, and the record so far can be read.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct AbruptEndTests {
    private static let scenario = """
        name: long
        claim: A test of the harness.
        repeat: 2
        producer: { client: librdkafka }
        workload: { records: 100000, rate: 1000/s, size: 100B }
        """

    /// Starts a run and waits until both cells have their first records.
    private static func startRun(in directory: String) throws -> CrosswindProgram.Running {
        try scenario.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
        let running = try CrosswindProgram.start(
            ["run", "--jobs", "2", "--output", directory + "/run", directory + "/s.yaml"])
        for repeatIndex in 1...2 {
            let file = "\(directory)/run/long/long,repeat=\(repeatIndex)/history.jsonl"
            try waitUntil("the cells run") {
                ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").contains("time-zero")
            }
        }
        return running
    }

    private static func waitUntil(_ what: Comment, _ condition: () -> Bool) throws {
        for _ in 0..<600 {
            if condition() { return }
            usleep(50_000)
        }
        try #require(Bool(false), what)
    }

    /// Processes whose command line or environment names the run's directory.
    private static func processes(of directory: String) -> [String] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return ids.filter { id in
            guard Int32(id) != nil, let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(directory)
        }
    }

    /// The network namespaces of the run's processes that are not this test's own, by an open descriptor each: while it
    /// is open the kernel cannot give the number to a namespace of another test.
    private static func namespaces(of directory: String) -> [(link: String, descriptor: Int32)] {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
        var found: [String: Int32] = [:]
        for id in processes(of: directory) {
            let path = "/proc/\(id)/ns/net"
            guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
                link != own, found[link] == nil
            else { continue }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { found[link] = descriptor }
        }
        return found.map { ($0.key, $0.value) }
    }

    /// Network namespaces that any process of this machine is in.
    private static func inhabitedNamespaces() -> Set<String> {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            ids.filter { Int32($0) != nil }.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/ns/net")
            })
    }

    /// Mounts of this namespace that show a path of the run or a namespace kept by name. What a container engine mounts
    /// meanwhile for other tests is its own.
    private static func mounts(of directory: String) throws -> [Substring] {
        try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n").filter {
            $0.contains(directory) || ($0.contains(" nsfs ") && !$0.contains("/docker/"))
        }
    }

    @Test func aKilledHarnessLeavesNothingTenTimes() throws {
        for _ in 1...10 {
            try CrosswindProgram.withTemporaryDirectory { directory in
                let running = try Self.startRun(in: directory)
                #expect(Self.processes(of: directory).count > 2, "the test would prove nothing")
                let during = Self.namespaces(of: directory)
                defer { for namespace in during { close(namespace.descriptor) } }
                #expect(!during.isEmpty, "the test would prove nothing")
                let mounts = try Self.mounts(of: directory)
                kill(running.process.processIdentifier, SIGKILL)
                running.process.waitUntilExit()
                try Self.waitUntil("every process of the run ends") { Self.processes(of: directory).isEmpty }
                // The kernel ends what lives in the cell's namespaces one by one.
                try Self.waitUntil("nothing lives in the run's namespaces") {
                    Self.inhabitedNamespaces().isDisjoint(with: during.map(\.link))
                }
                #expect(try Self.mounts(of: directory) == mounts)
                for repeatIndex in 1...2 {
                    let record = RecordDirectory(path: "\(directory)/run/long/long,repeat=\(repeatIndex)")
                    #expect(try record.history().elements.contains { $0.kind == .timeZero })
                }
                let report = try CrosswindProgram.run(["report", directory + "/run"])
                #expect(report.exitCode == 2, "\(report.output)\(report.errors)")
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptedRunEndsInOrderAndIsInconclusive(_ signal: Int32) throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let running = try Self.startRun(in: directory)
            kill(running.process.processIdentifier, signal)
            let result = CrosswindProgram.finish(running)
            #expect(result.exitCode == 2, "\(result.output)\(result.errors)")
            #expect(Self.processes(of: directory).isEmpty)
            let record = RecordDirectory(path: directory + "/run/long/long,repeat=1")
            #expect(try record.history().elements.contains { $0.kind == .interrupted })
            #expect(try record.verdict()?.outcome == .inconclusive)
            // The log was still read back, so what was acknowledged so far is accounted for.
            #expect(try record.verdict()?.measures.lost == 0)
        }
    }

    @Test(
        .enabled(if: ClientTests.hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"),
        .enabled(if: ClientTests.hasTansu && ClientTests.hasClients, "needs Tansu and the clients: make clients"))
    func aContainerKilledFromOutsideIsNamedAndItsRecordIsReadable() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try """
            name: long
            claim: A test of the harness.
            broker: { kind: compose, service: tansu, topics: [{ name: orders, partitions: 1 }] }
            producer: { client: librdkafka, version: "2.16", config: { message.timeout.ms: 5000 } }
            workload: { records: 4000, rate: 1000/s, size: 100B }
            """.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let cell = directory + "/run/long/long"
            let before = try Self.shell("docker ps --quiet")
            let running = try CrosswindProgram.start(["run", "--output", directory + "/run", directory + "/s.yaml"])
            try Self.waitUntil("the cell runs") {
                ((try? String(contentsOfFile: cell + "/history.jsonl", encoding: .utf8)) ?? "").contains("time-zero")
            }
            let ours = Set(try Self.shell("docker ps --quiet")).subtracting(before)
            #expect(ours.count == 1)
            _ = try Self.shell("docker kill \(ours.joined(separator: " "))")
            let result = CrosswindProgram.finish(running)
            #expect(result.exitCode == 3, "\(result.output)\(result.errors)")
            #expect((result.output + result.errors).contains("its log in the cell's directory"), "\(result.output)")
            #expect(Set(try Self.shell("docker ps --all --quiet")).isDisjoint(with: ours), "a container is left")
            #expect(try RecordDirectory(path: cell).history().elements.contains { $0.kind == .timeZero })
            let report = try CrosswindProgram.run(["report", directory + "/run"])
            #expect(report.exitCode == 2, "\(report.output)\(report.errors)")
        }
    }

    /// The lines that a command prints.
    private static func shell(_ command: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }
}
