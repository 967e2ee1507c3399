import ArgumentParser
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import SystemCalls
import TLSWire
import WireObserver

/// `crosswind watch`: what `inspect` says of a file, said of a device while packets pass.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch Kafka traffic on a network device: a line for each finding, a summary each 10 s.",
        discussion: """
            Needs CAP_NET_RAW and nothing else of root (setcap cap_net_raw=ep). On a terminal it shows a small screen; elsewhere \
            it adds lines. A capture file in place of a device is read as fast as it can be, by its own times. It ends \
            with SIGINT or SIGTERM, with exit code 0. Exit code 64 when the device cannot be opened.
            """)

    @Argument(help: "The device, such as eth0 or any; or a capture file.")
    var device: String

    @Option(help: "Take only these packets, in the words of pcap-filter(7), such as 'tcp port 9092'.")
    var filter: String?

    @Option(help: "Seconds between two summaries.")
    var every: Int = 10

    @Option(help: "Serve counters as OpenMetrics at HOST:PORT/metrics.")
    var metrics: String?

    @Option(help: "Keep the packets so long before and after each finding, such as 60s, in pcapng files.")
    var keep: String?

    @Option(name: .customLong("keep-dir"), help: "Where those files go.")
    var keepDirectory = "crosswind-watch"

    @Option(name: .customLong("keep-mb"), help: "The most that they may take together, in MB; the oldest go.")
    var keepMegabytes = 1024

    @Option(name: .customLong("keylog"), help: "The secrets of TLS connections (SSLKEYLOGFILE).")
    var keyLog: String?

    func validate() throws {
        guard (1...3600).contains(every) else { throw ValidationError("--every \(every): not 1 to 3600 seconds") }
        guard (1...1_000_000).contains(keepMegabytes) else {
            throw ValidationError("--keep-mb \(keepMegabytes): not 1 to 1000000")
        }
        if let keep, Self.seconds(keep) == nil {
            throw ValidationError("--keep \(keep): not a time from 2s to 3600s, such as 60s")
        }
    }

    /// `60s` or `60`.
    static func seconds(_ text: String) -> Int? {
        Int(text.hasSuffix("s") ? text.dropLast() : text[...]).flatMap { (2...3600).contains($0) ? $0 : nil }
    }

    func run() throws {
        do {
            let keys = try keyLog.map { try KeyLog(file: $0) } ?? KeyLog()
            let session = WatchSession(name: device, keys: keys)
            let server = try metrics.map { try MetricsServer(address: $0) }
            let display = WatchDisplay(device: device, style: .current, everyNs: Int64(every) * 1_000_000_000)
            var loop = WatchLoop(session: session, display: display, server: server)
            if isFile {
                try loop.run(file: device, keep: keepOptions)
            } else {
                try loop.run(device: device, filter: filter, keep: keepOptions)
            }
        } catch let error as CaptureError {
            StandardError.say("crosswind: \(error)")
            throw ExitCode(ExitStatus.usage.rawValue)
        } catch let error as SystemCallError {
            StandardError.say("crosswind: \(error)")
            throw ExitCode(ExitStatus.unavailable.rawValue)
        }
    }

    private var keepOptions: WatchLoop.Keep? {
        keep.flatMap(Self.seconds).map {
            WatchLoop.Keep(
                directory: keepDirectory, ns: Int64($0) * 1_000_000_000, mostBytes: keepMegabytes * 1_000_000)
        }
    }

    private var isFile: Bool {
        var status = stat()
        return stat(device, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }
}
