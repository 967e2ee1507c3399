import EvidenceModel
import FoundationEssentials
import RunRecord
import ScenarioModel
import SystemCalls
import Testbed
import WireObserver

/// The captures of a cell: one at the client's end of the link and one at each broker node's.
final class CellCaptures: Sendable {
    private let captures: [(file: String, capture: LiveCapture)]
    private let history: HistoryWriter

    /// Starts all captures; every packet from now on is in a file.
    init(_ cell: ScenarioCell, testbed: CellTestbed, record: RecordDirectory, history: HistoryWriter) throws {
        self.history = history
        var captures: [(String, LiveCapture)] = []
        let ends =
            [(testbed.clientDevice, record.path(of: .clientCapture))]
            + testbed.nodeDevices.enumerated().map { ($1, record.brokerCapturePath(node: $0 + 1)) }
        for (index, (device, path)) in ends.enumerated() {
            var options = LiveCapture.Options()
            // The progress line needs one end only.
            options.decodes = index == 0
            options.bufferBytes = Self.ringBytes(cell)
            options.readTimeoutMs = Self.readTimeoutMs
            let namespace = device.namespace
            let capture = try LiveCapture.start(device: device.name, path: path, options: options) {
                try namespace.enter()
            }
            captures.append((PathText.name(of: path), capture))
        }
        self.captures = captures
    }

    /// Size of the kernel's ring at each end: all that the cell means to send, once over, so that nothing is dropped
    /// however late the capturing thread runs; within limits.
    ///
    /// A larger one is no better: the kernel clears it in one go, and where its memory comes from a hypervisor that takes
    /// 2.4 ms a megabyte, in which the processor does nothing else. Six cells that started together with 64 MiB at each
    /// end made the links of those that ran up to 150 ms late.
    static func ringBytes(_ cell: ScenarioCell) -> Int32 {
        // A program of one's own sends what it likes.
        guard cell.producer.client != "command", cell.workload.rate != nil else { return Int32(largestRing) }
        let headersOfRecord = 100
        let total = cell.workload.records.multipliedReportingOverflow(by: cell.workload.size + headersOfRecord)
        return Int32(total.overflow ? largestRing : min(max(total.partialValue, smallestRing), largestRing))
    }

    /// Sixteen blocks of libpcap's. The kernel closes one each read timeout, full or not, so this is 0.8 s.
    private static let smallestRing = 4 << 20
    private static let largestRing = 64 << 20
    private static let readTimeoutMs: Int32 = 50

    /// What the client's end has shown so far.
    var clientCounters: LiveCounters { captures[0].capture.counters }

    /// Ends all captures after the last packet was written, and notes what each one saw and missed.
    func stop() {
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
