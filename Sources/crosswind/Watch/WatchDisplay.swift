import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import SystemCalls
import WireObserver

/// Shows what a watch finds: lines, or on a terminal a small screen that is redrawn in place.
final class WatchDisplay {
    private static let mostLines = 8

    private let device: String
    private let style: TerminalStyle
    private let everyNs: Int64
    private var lastSummaryNs: Int64 = 0
    private var recent: [String] = []
    /// p99 of the latest summary or screen.
    private(set) var latestP99Ns: Int64 = 0

    init(device: String, style: TerminalStyle, everyNs: Int64) {
        self.device = device
        self.style = style
        self.everyNs = everyNs
    }

    func begin() {
        if style.isTerminal { return write("\u{1b}[?25l\u{1b}[2J") }
        write("watching \(device)\n")
    }

    func show(_ findings: [WireEvidence.Finding], _ session: WatchSession, nowNs: Int64, dropped: UInt64) {
        let lines = findings.map { finding in
            WatchText.time(us: finding.timeUs) + "  \(finding.kind)  " + (finding.batch.map { $0 + ": " } ?? "")
                + finding.detail
        }
        if lastSummaryNs == 0 { lastSummaryNs = nowNs }
        if style.isTerminal {
            recent = Array((recent + lines).suffix(Self.mostLines))
            let status = session.status(sinceNs: nowNs - everyNs)
            latestP99Ns = status.total.p99Ns
            write(WatchText.screen(device, status, recent, everyNs: everyNs, dropped: dropped, style))
            return
        }
        for line in lines { write(line + "\n") }
        guard nowNs - lastSummaryNs >= everyNs else { return }
        let status = session.status(sinceNs: lastSummaryNs)
        latestP99Ns = status.total.p99Ns
        write(WatchText.summary(status, atNs: nowNs, lastedNs: nowNs - lastSummaryNs, dropped: dropped))
        lastSummaryNs = nowNs
    }

    func end(counters: LiveCounters, packets: Int, dropped: UInt64) {
        if style.isTerminal { write("\u{1b}[?25h\n") }
        write(
            "\(packets) packets, \(dropped) dropped by the kernel: \(counters.requests) batches with \(counters.records)"
                + " records, \(counters.retries) sent again, \(counters.deduplicated) deduplicated, \(counters.errors) errors\n"
        )
    }

    private func write(_ text: String) { Descriptor.write(text, to: STDOUT_FILENO) }
}

extension TerminalStyle {
    /// That of standard output.
    static var current: TerminalStyle {
        var size = winsize()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        if isTerminal { _ = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) }
        return detect(
            environment: ProcessInfo.processInfo.environment, isTerminal: isTerminal, width: Int(size.ws_col),
            height: Int(size.ws_row))
    }
}
