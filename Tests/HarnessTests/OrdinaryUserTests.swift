import Foundation
import Glibc
import Testing

/// Cells need no root where unprivileged user namespaces are allowed and `/dev/net/tun` is open to all.
struct OrdinaryUserTests {
    private static let canDropRoot: Bool = {
        var status = stat()
        let isOpen = stat("/dev/net/tun", &status) == 0 && status.st_mode & 0o006 == 0o006
        return geteuid() == 0 && isOpen && CrosswindProgram.canRunCells
    }()

    /// Runs a copy of the program as user 65534, which may not read a checkout of root.
    private static func run(_ arguments: [String], in directory: String) throws -> (output: String, exitCode: Int32) {
        let binaries = (CrosswindProgram.path as NSString).deletingLastPathComponent
        // By a program of its own: a file that this process writes stays busy in the children that other tests fork.
        let copy = Process()
        copy.executableURL = URL(fileURLWithPath: "/bin/cp")
        copy.arguments =
            ["-r"] + ["crosswind", "crosswind-rdkafka"].map { "\(binaries)/\($0)" }
            + ["\(CrosswindProgram.repository)/Drivers", directory]
        try copy.run()
        copy.waitUntilExit()
        try #require(copy.terminationStatus == 0)
        chmod(directory, 0o777)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments =
            ["--reuid=65534", "--regid=65534", "--clear-groups", "\(directory)/crosswind"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    @Test(
        .enabled(if: canDropRoot, "needs root to become nobody, and an open TUN device: chmod 0666 /dev/net/tun"))
    func aCellRunsWithoutRoot() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try EndToEndTests.small("faults: [{ on: { response: Produce, nth: 10 }, do: [drop, reset] }]")
                .write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let result = try Self.run(["run", "--output", "run", "s.yaml"], in: directory)
            #expect(result.exitCode == 0, "\(result.output)")
            #expect(result.output.contains("1 passed"))
        }
    }
}
