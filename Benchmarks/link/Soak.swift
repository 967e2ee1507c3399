import CLinux
import EvidenceModel
import Foundation
import LinkEmulator
import ScenarioModel

/// A long run at 200 Mbit/s with every impairment, connection fault and kind of trigger on: memory must stay flat and every
/// packet have one fate.
enum Soak {
    /// A rate of 480 Mbit/s in mahimahi's format: forty packets of 1,500 bytes in each millisecond.
    private static func traceFile() throws -> String {
        let path = NSTemporaryDirectory() + "link-bench-\(getpid()).trace"
        try (1...50).flatMap { Array(repeating: "\($0)", count: 40) }.joined(separator: "\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Every word of the link. What stops packets altogether is short, so that the load holds.
    private static func faults(trace: String) -> [FaultSpec] {
        func produce(_ kind: MessageMatch.Kind, every: Int, _ id: String, _ actions: [String: String?]) -> FaultSpec {
            var spec = fault([:], id: id)
            spec.trigger = .message(MessageMatch(kind: kind, api: "Produce", selection: .every(every)))
            spec.actions = actions.map { .init(keyword: $0.key, value: $0.value.map { scalar($0) }) }
            return spec
        }
        return [
            fault([
                "delay": "5ms", "jitter": "1ms", "distribution": "normal", "correlation": "25%", "loss": "0.01%",
                "duplicate": "0.1%", "reorder": "0.05%", "corrupt": "0.005%", "mtu": "1500B", "rate": "400Mbit/s",
                "queue": "2000",
            ]),
            fault(["loss": "0.005%", "correlation": "30%"], id: "fault-1"),
            fault(["trace": trace, "queue": "2000"], id: "fault-2"),
            fault(["rate": "450Mbit/s", "queue": "2000", "discipline": "codel"], id: "fault-3"),
            repeated(fault(["flap": "{ down: 1ms, up: 999ms }"], id: "fault-4"), every: .seconds(5), for: .seconds(1)),
            repeated(fault(["partition": "true"], id: "fault-5"), every: .seconds(7), for: .milliseconds(2)),
            repeated(fault(["refuse": "true"], id: "fault-6"), every: .seconds(11), for: .milliseconds(300)),
            repeated(
                fault(["blackhole": "existing"], id: "fault-7", direction: "brokerToClient"),
                every: .seconds(13), for: .milliseconds(1)),
            repeated(action("reset", id: "fault-8"), every: .seconds(3), for: nil),
            repeated(action("half-open", "broker", id: "fault-9"), every: .seconds(17), for: nil),
            produce(.response, every: 50, "fault-10", ["drop": nil, "reset": nil]),
            produce(.request, every: 31, "fault-11", ["delay": "3ms"]),
            produce(.request, every: 97, "fault-12", ["reset": "client"]),
            produce(.response, every: 211, "fault-13", ["phase": "{ for: 20ms, loss: 5% }"]),
        ]
    }

    private static func repeated(_ fault: FaultSpec, every: Duration, for length: Duration?) -> FaultSpec {
        var fault = fault
        fault.trigger = .timeline(at: every, for: length, every: every)
        return fault
    }

    private static func action(_ keyword: String, _ value: String? = nil, id: String) -> FaultSpec {
        var spec = fault([:], id: id)
        spec.actions = [.init(keyword: keyword, value: value.map { scalar($0) })]
        return spec
    }

    static func run(seconds: Double, json: String?) throws {
        let trace = try traceFile()
        defer { try? FileManager.default.removeItem(atPath: trace) }
        let network = try BenchNetwork(.link, faults: faults(trace: trace), logPath: "/dev/null")
        let conversation = try SoakConversation(network)
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
        conversation.stop()
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
            \(conversation.connections.with { $0 }) connections, \(conversation.answers.with { $0 }) requests answered, \
            \(report.counters.triggers) messages triggered, \(report.counters.resets) resets
            """)
        if !balanced || report.slotsLeaked != 0 { throw BenchError("a packet or a buffer was lost") }
    }
}
