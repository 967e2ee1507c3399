import ArgumentParser
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import SystemCalls
import TLSWire
import WireObserver

/// `crosswind inspect`: what the producer and the broker really said, from captures alone.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a capture shows: who produced what, errors, retries, lost acks, duplicates, gaps.",
        discussion: """
            Takes any pcap or pcapng file, for example from tcpdump -s 0 -w FILE port 9092, of either end of the link. \
            With captures of both ends every attempt has four times and a certain fate. Exit code 64 when a file \
            cannot be read or is no capture.
            """)

    @Argument(
        help: """
            The capture; at the client's end when --broker-side is given. Several files are read as one capture, in order of \
            time, whatever their order here. - reads standard input.
            """)
    var files: [String]

    @Option(name: .customLong("broker-side"), help: "A capture of the same traffic at a broker; once for each broker.")
    var brokerSide: [String] = []

    @Option(
        name: .customLong("keylog"),
        help: ArgumentHelp(
            """
            The secrets of TLS connections, as programs write them (SSLKEYLOGFILE); those that a pcapng file brings itself \
            are used without it.
            """, valueName: "file"))
    var keyLog: String?

    @Flag(help: "Print one JSON object: captures, batches with their attempts, findings.")
    var json = false

    @Option(help: "Draw everything that happened to one batch, by its id in the summary or the JSON.")
    var batch: String?

    func run() throws {
        var sources = [CaptureSource(files: files, side: brokerSide.isEmpty ? nil : .client)]
        for (index, path) in brokerSide.enumerated() {
            sources.append(.atBroker(path, node: index + 1))
        }
        do {
            let analysis = try WireAnalysis(sources, keys: keyLog.map { try KeyLog(file: $0) } ?? KeyLog())
            if let batch {
                print(try analysis.ladder(of: batch), terminator: "")
            } else if json {
                try analysis.writeJSON { bytes in
                    let failure = Descriptor.write(bytes, to: STDOUT_FILENO)
                    if failure != 0 {
                        throw SystemCallError(operation: "write to", subject: "standard output", errorNumber: failure)
                    }
                }
            } else {
                print(analysis.summary(), terminator: "")
            }
        } catch let error as CaptureError {
            StandardError.say("crosswind: \(error)")
            throw ExitCode(ExitStatus.usage.rawValue)
        }
    }
}
