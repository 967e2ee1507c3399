import CLinux
import Cells
import EvidenceModel
import FoundationEssentials
import Glibc
import LinkEmulator
import Relay
import RunRecord
import ScenarioModel
import SystemCalls
import Testbed
import WireObserver

/// `crosswind shell`: any command behind the faulty link.
///
/// The command runs in a network namespace whose only way out is the link. At the link's far end stand the services of
/// this machine's loopback that were exposed. Inside, they are `localhost`: the name, and the exposed ports of 127.0.0.1
/// and ::1, mean that far end (``ConnectRedirect``), so that addresses which a service advertises keep working, and a
/// connect takes the link's time and its faults. Other ports of the loopback are the command's own. docs/shell.md.
public enum Shell {
    /// What to run, and behind what.
    public struct Options: Sendable {
        /// The command and its arguments.
        public var command: [String] = []
        /// Faults in YAML's flow style, for example `delay: 50ms, loss: 1%`.
        public var faults: [String] = []
        /// A scenario file whose first cell's faults are used.
        public var scenario: String?
        /// Loopback ports of this machine that the command may reach.
        public var expose: [UInt16] = []
        /// The seed; nil: a random one, which is printed.
        public var seed: UInt64?
        /// Where the fault log goes; nil: nowhere.
        public var faultLog: String?
        /// Where the packets at the command's end of the link go, pcapng; those at the services' end go beside it
        /// (``farCapture(_:)``). Nil: nowhere.
        public var capture: String?

        /// Empty options.
        public init() {}
    }

    /// Runs the command and answers with its exit code; 128 and the signal's number where a signal ended it.
    ///
    /// Call it before any thread exists: without root it enters a user namespace, which a process with threads cannot.
    public static func run(_ options: Options) throws -> Int32 {
        let seed = options.seed ?? UInt64.random(in: 0...UInt64(Int64.max))
        let faults = try faults(of: options, seed: seed)
        do {
            try Sandbox.becomeRootOfUserNamespace()
        } catch {
            throw MissingRequirement("\(error)")
        }
        let network = try network(of: options, seed: seed)
        let testbed = try CellTestbed(nodes: 1, mtu: Int32(network.mtu), tcp: network.tcp.setup)
        let link = try Link(
            LinkConfiguration(
                ports: testbed.linkPorts, mtu: network.mtu, seed: seed, faults: network.ways + faults,
                faultLogPath: options.faultLog,
                offloads: true))
        try link.start()
        let captures = try options.capture.map { try startCaptures($0, testbed) } ?? []
        try startForwarders(options.expose, testbed)
        let way = network.summary.isEmpty ? "" : "; network \(network.summary)"
        say("crosswind shell: seed \(seed)\(way)" + faults.map { "; \($0.summary)" }.joined())
        link.setTimeZero()
        let status = try launch(options.command, in: testbed.client, ports: Set(options.expose))
        for (path, capture) in captures { try stop(capture, path) }
        let report = link.stop()
        say(
            """
            crosswind shell: \(report.packetsIn) packets in, \(report.packetsForwarded) forwarded, \
            \(report.packetsDropped) dropped, \(report.packetsDuplicated) duplicated, \
            \(report.counters.resets) connections reset; the link was late by \(Int(report.lateness.p99Us)) us (p99)
            """)
        return status
    }

    /// Where the capture of the services' end goes: `trace.pcapng` -> `trace-far.pcapng`.
    static func farCapture(_ path: String) -> String {
        let end = path.lastIndex(of: ".").flatMap { dot in
            path[dot...].contains("/") || dot == path.startIndex ? nil : dot
        }
        guard let end else { return path + "-far" }
        return path[..<end] + "-far" + path[end...]
    }

    private static func startCaptures(_ path: String, _ testbed: CellTestbed) throws -> [(String, LiveCapture)] {
        try [(testbed.clientDevice, path), (testbed.nodeDevices[0], farCapture(path))].map { device, path in
            var captureOptions = LiveCapture.Options()
            captureOptions.decodes = false
            let namespace = device.namespace
            let capture = try LiveCapture.start(device: device.name, path: path, options: captureOptions) {
                try namespace.enter()
            }
            return (path, capture)
        }
    }

    private static func stop(_ capture: LiveCapture, _ path: String) throws {
        let statistics = try capture.stop()
        let dropped = statistics.dropped + statistics.interfaceDropped
        say(
            "crosswind shell: \(statistics.written) packets in \(path)"
                + (dropped > 0 ? "; \(dropped) more passed and could not be written" : ""))
    }

    /// Services stand at the far end; the same ports of the near loopback are for programs that connect in a way that
    /// nobody sees (io_uring, 32-bit programs): these get a relay there, which accepts at once.
    private static func startForwarders(_ ports: [UInt16], _ testbed: CellTestbed) throws {
        let far = CellTestbed.nodeAddress(1)
        for port in Set(ports).sorted() {
            try PortForwarder.start(
                from: (far, port), in: testbed.nodes[0], to: ("127.0.0.1", port), in: nil)
            try PortForwarder.start(
                from: ("127.0.0.1", port), in: testbed.client, to: (far, port), in: testbed.client)
        }
    }

    /// The network of a scenario; without one that of the machine.
    private static func network(of options: Options, seed: UInt64) throws -> NetworkSpec {
        guard let path = options.scenario else { return NetworkSpec() }
        return try ScenarioLibrary.load([path], seed: seed).first?.cells.first?.network ?? NetworkSpec()
    }

    /// The faults of flags and of a scenario, checked by the rules of a scenario file.
    static func faults(of options: Options, seed: UInt64) throws -> [FaultSpec] {
        var faults: [FaultSpec] = []
        if let path = options.scenario {
            faults = try ScenarioLibrary.load([path], seed: seed).first?.cells.first?.faults ?? []
        }
        if !options.faults.isEmpty {
            // A scenario around the faults, so that flags have the words, the checks and the errors of scenario files. Its
            // load lasts as long as a duration can be: nobody knows how long the command runs.
            let text = """
                name: shell
                claim: Faults from the command line.
                broker: { kind: embedded, topics: [{ name: shell, partitions: 1 }] }
                producer: { client: raw }
                workload: { records: 86400, rate: 1/s, size: 64B }
                expect: [{ survives: true }]
                faults:

                """ + options.faults.map { "  - { \($0) }\n" }.joined()
            let scenario = try Scenario(
                yaml: text, file: "command line", rules: ScenarioLibrary.rules(), seed: .asked(seed))
            faults += scenario.cells.first?.faults ?? []
        }
        for index in faults.indices { faults[index].id = "fault-\(index)" }
        for fault in faults {
            let words = fault.settings.map(\.keyword) + fault.actions.map(\.keyword)
            if let word = words.first(where: { !LinkVocabulary.contains($0) }) {
                throw UsageError("'\(word)' acts on a broker of Crosswind's own, and shell starts none")
            }
        }
        return faults
    }

    /// The first argument by which this program stands between the sandbox and a command, and what it does then.
    public static let redirectArgument = ConnectRedirect.argument

    /// Becomes the command, after its connects were handed to the shell that started it.
    public static func handOver(_ command: [String]) -> Never { ConnectRedirect.handOver(command) }

    /// Starts the command in a namespace, with this process's terminal, and waits for it.
    private static func launch(
        _ command: [String], in namespace: NetworkNamespace, ports: Set<UInt16>
    ) throws -> Int32 {
        let hosts = FileManager.default.temporaryDirectory.path + "/" + "crosswind-hosts-\(getpid())"
        let name = ProcessInfo.processInfo.hostName
        try "\(CellTestbed.nodeAddress(1)) localhost \(name)\n".write(toFile: hosts, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: hosts) }
        let script = #"mount --bind "$1" /etc/hosts && shift && exec setpriv --pdeathsig KILL -- "$@""#
        let redirect = ports.isEmpty ? nil : try ConnectRedirect()
        var arguments = [
            "nsenter", "--net=\(namespace.path)", "--", "unshare", "--mount", "--propagation", "private", "--", "sh",
            "-c", script, "sh", hosts,
        ]
        if let redirect {
            setenv(ConnectRedirect.variable, String(redirect.commandEnd), 1)
            arguments += [
                try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), redirectArgument,
            ]
        }
        arguments += command
        setenv("CROSSWIND_HOST", CellTestbed.nodeAddress(1), 1)
        // The terminal's Ctrl-C is the command's; this process waits for its end.
        let before = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, before) }
        let child: SpawnedProcess
        do {
            child = try SpawnedProcess(arguments, inheritsStreams: true)
        } catch {
            throw MissingRequirement("cannot start \(arguments[0]): \(error); install util-linux")
        }
        if let number = redirect?.begin(ports: ports, to: CellTestbed.nodeAddress(1)) {
            say(
                "crosswind shell: connects to 127.0.0.1 end at a relay, at once, whatever the link does: this kernel does"
                    + " not let them be redirected (\(String(cString: strerror(number)))); use $CROSSWIND_HOST")
        }
        return child.wait()
    }

    private static func say(_ text: String) { StandardError.say(text) }
}
