import EvidenceModel
import Foundation
import Synchronization
import Testbed
import WireObserver

/// The captures of a cell: one at the client's end of the link and one at each broker node's.
final class CellCaptures: Sendable {
    private let captures: [(file: String, capture: LiveCapture)]
    private let history: HistoryWriter
    private let stopped = Mutex(false)

    /// Starts all captures; every packet from now on is in a file.
    init(testbed: CellTestbed, record: RecordDirectory, history: HistoryWriter) throws {
        self.history = history
        var captures: [(String, LiveCapture)] = []
        let ends =
            [(testbed.clientDevice, record.path(of: .clientCapture))]
            + testbed.nodeDevices.enumerated().map { ($1, record.brokerCapturePath(node: $0 + 1)) }
        for (index, (device, path)) in ends.enumerated() {
            var options = LiveCapture.Options()
            // The progress line needs one end only.
            options.decodes = index == 0
            let namespace = device.namespace
            let capture = try LiveCapture.start(device: device.name, path: path, options: options) {
                try namespace.enter()
            }
            captures.append(((path as NSString).lastPathComponent, capture))
        }
        self.captures = captures
    }

    /// What the client's end has shown so far.
    var clientCounters: LiveCounters { captures[0].capture.counters }

    /// Ends all captures after the last packet was written, and notes what each one saw and missed. Once only.
    func stop() {
        let first = stopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        for (_, capture) in captures { capture.beginStop() }
        for (file, capture) in captures {
            do {
                let statistics = try capture.stop()
                history.append(
                    .captureEnded, subject: file,
                    values: [
                        "received_packets": Int64(statistics.received), "dropped_packets": Int64(statistics.dropped),
                        "interface_dropped_packets": Int64(statistics.interfaceDropped),
                    ])
            } catch {
                history.append(.harnessError, subject: file, detail: String(describing: error))
            }
        }
    }
}
