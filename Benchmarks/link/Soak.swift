import CLinux
import Foundation
import LinkEmulator

/// A long run at 200 Mbit/s with every impairment on: memory must stay flat and every packet have one fate.
enum Soak {
    static func run(seconds: Double, json: String?) throws {
        let network = try BenchNetwork(
            .link,
            faults: [
                fault([
                    "delay": "5ms", "jitter": "1ms", "distribution": "normal", "correlation": "25%", "loss": "0.01%",
                    "duplicate": "0.1%", "reorder": "0.05%", "corrupt": "0.005%", "mtu": "1500B", "rate": "400Mbit/s",
                    "queue": "2000",
                ]),
                fault(["loss": "0.005%", "correlation": "30%"], id: "fault-1"),
            ], logPath: "/dev/null")
        let start = cl_monotonic_ns()
        var memory: [Double] = []
        var rates: [Double] = []
        var failures = 0
        var nextPrint = start
        while Double(cl_monotonic_ns() - start) / 1e9 < seconds {
            // A UDP load beside TCP holds the rate where TCP's congestion control would yield to loss and reordering.
            let flow = try DatagramFlow.run(
                network, count: 180_000, perSecond: 17_000, size: 1432, burst: 34, drainMs: 200)
            rates.append(Double(flow.received) * 1460 * 8 / flow.sendSeconds / 1e6)
            if flow.received < flow.sent * 98 / 100 { failures += 1 }
            memory.append(residentMB())
            if cl_monotonic_ns() >= nextPrint {
                nextPrint = cl_monotonic_ns() + 60_000_000_000
                print(
                    String(
                        format: "%5.0f s  %.0f Mbit/s  %.1f MB", Double(cl_monotonic_ns() - start) / 1e9,
                        rates.last ?? 0, memory.last ?? 0))
                fflush(nil)
            }
        }
        let drops = try network.deviceDrops()
        guard let report = network.stop() else { return }
        let balanced =
            report.packetsIn + report.packetsDuplicated + report.packetsMade
            == report.packetsForwarded + report.packetsDropped + report.packetsHeld
        let quarter = max(memory.count / 4, 1)
        let early = memory.prefix(2 * quarter).suffix(quarter).reduce(0, +) / Double(quarter)
        let late = memory.suffix(quarter).reduce(0, +) / Double(quarter)
        print(
            """
            ran \(Int(Double(report.elapsedUs) / 1e6)) s, \(report.packetsIn) packets in, \
            \(report.packetsForwarded) forwarded, \(report.packetsDropped) dropped, \
            \(report.packetsDuplicated) duplicated
            memory: second quarter \(String(format: "%.2f", early)) MB, last quarter \(String(format: "%.2f", late)) MB
            every packet has one fate: \(balanced); buffers lost: \(report.slotsLeaked); device drops: \(drops)
            fault log entries \(report.faultLogEntries), lost \(report.faultLogLostEntries); \
            lateness p99 \(Int(report.lateness.p99Us)) us; rounds below 98 %: \(failures)
            """)
        if !balanced || report.slotsLeaked != 0 { throw BenchError("a packet or a buffer was lost") }
    }
}
