import Foundation
import Testing

@Suite struct ShellTests {
    @Test func badFlagsAreTheErrorsOfAScenarioFile() throws {
        let result = try CrosswindProgram.run(["shell", "--delay", "5", "--", "true"])
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("'5' has no unit; allowed: us, ms, s, m, h"))
        let unknown = try CrosswindProgram.run(["shell", "--fault", "los: 5%", "--", "true"])
        #expect(unknown.exitCode == 64)
        #expect(unknown.errors.contains("did you mean 'loss'"))
        #expect(try CrosswindProgram.run(["shell"]).exitCode == 64)
    }

    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func theCommandsExitCodeIsTheShells() throws {
        #expect(try CrosswindProgram.run(["shell", "--", "sh", "-c", "exit 7"]).exitCode == 7)
        #expect(try CrosswindProgram.run(["shell", "--", "sh", "-c", "kill -9 $$"]).exitCode == 137)
    }

    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func exposedServicesAreBehindTheFaultsAndOthersOutOfReach() throws {
        // `bash` has a TCP client of its own: /dev/tcp.
        let service = try CrosswindProgram.LineService()
        defer { service.stop() }
        let port = String(service.port)
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(port); start=$(date +%s%N); echo hello >&3; read -r line <&3
            echo "$line $(( ($(date +%s%N) - start) / 1000000 ))"
            (exec 4<>/dev/tcp/127.0.0.1/1) 2>/dev/null && echo leaked
            exit 0
            """
        let result = try CrosswindProgram.run([
            "shell", "--delay", "60ms", "--seed", "5", "--expose", port, "--", "bash", "-c", script,
        ])
        #expect(result.exitCode == 0)
        #expect(result.errors.contains("seed 5; delay 60ms"))
        let words = result.output.split(whereSeparator: \.isWhitespace)
        #expect(words.first == "hello")
        #expect(words.count == 2 && Int(words[1]) ?? 0 >= 120, "one round trip of twice 60 ms: \(result.output)")
        let cut = try CrosswindProgram.run([
            "shell", "--fault", "partition: true", "--expose", port, "--", "timeout", "1", "bash", "-c", script,
        ])
        #expect(cut.exitCode == 124)
    }
}

extension CrosswindProgram {
    /// A service on this machine's loopback that answers each line with itself.
    final class LineService: @unchecked Sendable {
        let port: UInt16
        private let descriptor: Int32

        init() throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(listener, $0, size)
                    _ = listen(listener, 8)
                    _ = getsockname(listener, $0, &size)
                }
            }
            descriptor = listener
            port = UInt16(bigEndian: name.sin_port)
            Thread.detachNewThread {
                while true {
                    let connection = accept(listener, nil, nil)
                    if connection < 0 { return }
                    Thread.detachNewThread {
                        var buffer = [UInt8](repeating: 0, count: 256)
                        while case let count = read(connection, &buffer, buffer.count), count > 0 {
                            _ = write(connection, buffer, count)
                        }
                        close(connection)
                    }
                }
            }
        }

        func stop() {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }
}
