import Foundation
import Testing

@testable import Testbed

struct ChildProcessTests {
    @Test func inputAndOutputArePipesAndTheExitCodeIsTold() async throws {
        let log = NSTemporaryDirectory() + "crosswind-child-\(UUID().uuidString).log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let command = ChildCommand(
            executable: "sh", arguments: ["-c", "read line; echo \"$line $WORD\"; echo trouble >&2; exit 7"],
            environment: ["WORD": "there"])
        let result = try await ChildProcess.run(command, standardErrorPath: log) { channel in
            await channel.write("hello\n")
            var output: [UInt8] = []
            try await channel.forEachChunk { output.append(contentsOf: $0) }
            return String(decoding: output, as: UTF8.self)
        }
        #expect(result.value == "hello there\n")
        #expect(result.end == .exited(7))
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "trouble\n")
    }

    @Test func aKilledChildIsToldApart() async throws {
        let result = try await ChildProcess.run(
            ChildCommand(executable: "sleep", arguments: ["60"]), standardErrorPath: "/dev/null"
        ) { channel in
            channel.kill()
            try await channel.forEachChunk { _ in }
        }
        #expect(result.end == .signaled(9))
    }

    @Test func aMissingProgramThrows() async {
        await #expect(throws: (any Error).self) {
            try await ChildProcess.run(
                ChildCommand(executable: "/nonexistent/program"), standardErrorPath: "/dev/null"
            ) { _ in }
        }
    }
}
