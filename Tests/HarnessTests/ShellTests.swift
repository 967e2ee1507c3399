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

    /// The page has the options of the program, no more and no fewer.
    @Test func everyOptionIsOnThePage() throws {
        let help = try CrosswindProgram.run(["shell", "--help"]).output
        let options = Set(help.matches(of: /\n  (--[a-z-]+) </).map { String($0.output.1) })
        let page = try String(contentsOfFile: CrosswindProgram.repository + "/docs/shell.md", encoding: .utf8)
        let documented = Set(page.matches(of: /\n\| `(--[a-z-]+)` \|/).map { String($0.output.1) })
        #expect(options.count > 10)
        #expect(options == documented)
    }

    /// What the help and the page show runs as it stands, with a command in place of `my-application`.
    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func everyExampleRuns() throws {
        let help = try CrosswindProgram.run(["shell", "--help"]).output
        let page = try String(contentsOfFile: CrosswindProgram.repository + "/docs/shell.md", encoding: .utf8)
        let examples = help.split(separator: "\n").filter { $0.hasPrefix("  crosswind shell") }
        #expect(examples.count == 3)
        try CrosswindProgram.withTemporaryDirectory { directory in
            for example in examples {
                #expect(page.contains("    " + example.trimmingCharacters(in: .whitespaces)))
                let line = example.replacingOccurrences(of: "my-application", with: "sh -c 'exit 7'")
                    .replacingOccurrences(of: "crosswind", with: CrosswindProgram.path)
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = ["-c", line]
                process.currentDirectoryURL = URL(fileURLWithPath: directory)
                process.standardError = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                #expect(process.terminationStatus == 7, "\(example)")
            }
            for file in ["trace.pcapng", "trace-far.pcapng"] {
                #expect(FileManager.default.fileExists(atPath: directory + "/" + file))
            }
        }
    }

    /// A fault that begins later than any load that a scenario could be thought to have.
    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func aFaultBeginsAndEndsWhileTheCommandRuns() throws {
        let service = try CrosswindProgram.LineService()
        defer { service.stop() }
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(service.port)
            echo before >&3; read -r line <&3; sleep 2.3; start=$(date +%s%N); echo during >&3; read -r line <&3
            echo "$line $(( ($(date +%s%N) - start) / 1000000 ))"; exit 9
            """
        let result = try CrosswindProgram.run([
            "shell", "--fault", "at: 2s, for: 1s, partition: true", "--expose", String(service.port), "--", "bash",
            "-c", script,
        ])
        #expect(result.exitCode == 9)
        let words = result.output.split(whereSeparator: \.isWhitespace)
        #expect(words.first == "during")
        #expect(words.count == 2 && (400...5000).contains(Int(words[1]) ?? 0), "cut off until 3 s: \(result.output)")
    }

    /// Every name of a service leads over the link from the first packet of a connection on.
    @Test(
        .enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason),
        arguments: [("127.0.0.1", true), ("localhost", true), ("$CROSSWIND_HOST", true), ("::1", true), ("::1", false)])
    func connectsTakeTheTimeOfTheLink(host: String, isIPv4Service: Bool) throws {
        let service = try CrosswindProgram.LineService(isIPv4: isIPv4Service)
        defer { service.stop() }
        let script = """
            import os, socket, sys, time
            begin = time.monotonic()
            s = socket.create_connection((os.path.expandvars(sys.argv[1]), \(service.port)), timeout=20)
            connected = time.monotonic() - begin
            s.sendall(b"hello\\n")
            print(round(connected * 1000), s.recv(100).decode().strip())
            """
        let result = try CrosswindProgram.run([
            "shell", "--delay", "150ms", "--expose", String(service.port), "--", "python3", "-c", script, host,
        ])
        let words = result.output.split(whereSeparator: \.isWhitespace)
        #expect(words.last == "hello", "\(result.errors)")
        #expect((300...1500).contains(Int(words.first ?? "") ?? 0), "one round trip of twice 150 ms: \(result.output)")
    }

    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func refusalsAndPartitionsActOnConnects() throws {
        let service = try CrosswindProgram.LineService()
        defer { service.stop() }
        let script = """
            import socket
            try:
                socket.create_connection(("127.0.0.1", \(service.port)), timeout=1)
                print("connected")
            except Exception as error:
                print(type(error).__name__)
            """
        func outcome(_ fault: String) throws -> String {
            try CrosswindProgram.run([
                "shell", "--fault", fault, "--expose", String(service.port), "--", "python3", "-c", script,
            ]).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(try outcome("refuse: true") == "ConnectionRefusedError")
        #expect(try outcome("partition: true") == "TimeoutError")
        #expect(try outcome("loss: 0%") == "connected")
    }

    /// Ports that were not exposed are the command's own, and nobody stands between.
    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func theCommandsOwnLoopbackIsItsOwn() throws {
        let service = try CrosswindProgram.LineService()
        defer { service.stop() }
        let script = """
            import socket, time
            own = socket.create_server(("127.0.0.1", 0))
            begin = time.monotonic()
            socket.create_connection(own.getsockname())
            print(time.monotonic() - begin < 0.2)
            """
        let result = try CrosswindProgram.run([
            "shell", "--delay", "300ms", "--expose", String(service.port), "--", "python3", "-c", script,
        ])
        #expect(result.output == "True\n", "\(result.errors)")
    }

    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func bothEndsAreCaptured() throws {
        let service = try CrosswindProgram.LineService()
        defer { service.stop() }
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(service.port); echo hello >&3; read -r line <&3; echo $line"
        try CrosswindProgram.withTemporaryDirectory { directory in
            let result = try CrosswindProgram.run(
                [
                    "shell", "--fault", "loss: 100%, at: 400ms", "--capture", "trace.pcapng", "--expose",
                    String(service.port), "--", "bash", "-c", script + "; sleep 0.6; echo lost >&3; sleep 0.1",
                ], in: directory)
            #expect(result.output == "hello\n", "\(result.errors)")
            let near = try Data(contentsOf: URL(fileURLWithPath: directory + "/trace.pcapng"))
            let far = try Data(contentsOf: URL(fileURLWithPath: directory + "/trace-far.pcapng"))
            for capture in [near, far] {
                #expect(capture.prefix(4) == Data([0x0a, 0x0d, 0x0d, 0x0a]))
                #expect(capture.range(of: Data("hello\n".utf8)) != nil)
            }
            #expect(near.range(of: Data("lost\n".utf8)) != nil)
            #expect(far.range(of: Data("lost\n".utf8)) == nil)
        }
    }

    @Test func aPlanForMoreNodesThanAClusterCanHaveIsRefused() throws {
        let result = try CrosswindProgram.run(["plan", "--rtt", "10ms", "--rate", "100/s", "--brokers", "10"])
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("--brokers: not 1 to 9"), "\(result.errors)")
    }
}

extension CrosswindProgram {
    /// A service on this machine's loopback that answers each line with itself.
    final class LineService: @unchecked Sendable {
        let port: UInt16
        private let descriptor: Int32

        /// - Parameter isIPv4: 127.0.0.1; else ::1.
        init(isIPv4: Bool = true) throws {
            let listener = socket(isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
            var name = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in6>.size)
            name[0] = UInt8(isIPv4 ? AF_INET : AF_INET6)
            if isIPv4 { name.replaceSubrange(4..<8, with: [127, 0, 0, 1]) } else { name[23] = 1 }
            var size = socklen_t(isIPv4 ? MemoryLayout<sockaddr_in>.size : name.count)
            name.withUnsafeMutableBytes { bytes in
                let address = bytes.bindMemory(to: sockaddr.self).baseAddress!
                _ = bind(listener, address, size)
                _ = listen(listener, 8)
                _ = getsockname(listener, address, &size)
            }
            descriptor = listener
            port = UInt16(name[2]) << 8 | UInt16(name[3])
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
