import Foundation
import LinkEmulator

/// One line of the table.
struct Measurement: Codable {
    /// What was measured, with its unit.
    var name: String
    /// What joined the two ends.
    var variant: String
    var value: Double
    /// What must be reached, for people; nil where nothing must.
    var target: String?
    var isReached: Bool?
}

/// The parts of the benchmark, and their results.
final class Benchmark {
    let options: BenchOptions
    private(set) var results: [Measurement] = []

    init(_ options: BenchOptions) { self.options = options }

    /// Seconds of each TCP run.
    var seconds: Double { options.isQuick ? 2 : 5 }

    func run() throws {
        let parts: [(String, () throws -> Void)] = [
            ("goodput", goodput), ("round-trip", roundTrip), ("packets", smallPackets), ("burst", bursts),
            ("lateness", lateness), ("delay-error", delayError), ("processor", processor), ("loss", lossAccuracy),
            ("rate", rateAccuracy), ("memory", memory), ("capture", captureCost),
        ]
        for name in options.only where !parts.contains(where: { $0.0 == name }) {
            throw BenchError("no part '\(name)'; parts: \(parts.map(\.0).joined(separator: ", "))")
        }
        for (name, part) in parts where options.only.isEmpty || options.only.contains(name) { try part() }
        if let path = options.jsonPath {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(results).write(to: URL(fileURLWithPath: path))
        }
    }

    func add(
        _ name: String, _ variant: BenchNetwork.Kind, _ value: Double, target: String? = nil, reached: Bool? = nil
    ) {
        results.append(
            Measurement(name: name, variant: variant.rawValue, value: value, target: target, isReached: reached))
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let number = String(format: value.magnitude >= 100 ? "%.0f" : "%.3g", value)
        let mark = reached.map { $0 ? "reached" : "MISSED" } ?? ""
        print(padded(name, 58), padded(variant.rawValue, 9), padded(number, 9), target ?? "", mark)
        fflush(nil)
    }

    private func goodput() throws {
        for mtu in [1500, 9000] {
            for up in [true, false] {
                let way = up ? "A to B" : "B to A"
                var bare = 0.0
                for kind in [BenchNetwork.Kind.veth, .plain, .link] {
                    let network = try BenchNetwork(kind, mtu: mtu)
                    let flow = try TCPFlow.run(network, toServer: up, seconds: seconds)
                    let drops = try network.deviceDrops()
                    let report = network.stop()
                    let gigabits = flow.bitsPerSecond / 1e9
                    add("goodput \(way), MTU \(mtu), Gbit/s", kind, gigabits)
                    if kind == .veth { bare = gigabits }
                    guard let report else { continue }
                    let ratio = gigabits / bare
                    add(
                        "goodput \(way), MTU \(mtu), ratio to veth", kind, ratio,
                        target: mtu == 1500 && kind == .link ? ">= 0.30" : nil,
                        reached: mtu == 1500 && kind == .link ? ratio >= 0.3 : nil)
                    let forwarded = Double(report.paths.reduce(0) { $0 + $1.bytesForwarded }) * 8e-9
                    add("link CPU per gigabit, MTU \(mtu), ms", kind, Double(report.processorTimeUs) / 1e3 / forwarded)
                    add(
                        "accidental loss, packets", kind, Double(report.packetsDropped) + Double(drops), target: "0",
                        reached: report.packetsDropped == 0 && drops == 0)
                }
            }
        }
    }

    private func roundTrip() throws {
        let count = options.isQuick ? 3000 : 20_000
        var bare = PingPong(p50Us: 0, p99Us: 0)
        for kind in [BenchNetwork.Kind.veth, .link] {
            let network = try BenchNetwork(kind)
            let trip = try PingPong.run(network, count: count)
            _ = network.stop()
            add("round trip p50, us", kind, trip.p50Us)
            add("round trip p99, us", kind, trip.p99Us)
            if kind == .veth {
                bare = trip
            } else {
                let (p50, p99) = (trip.p50Us - bare.p50Us, trip.p99Us - bare.p99Us)
                add("added round trip p50, us", kind, p50, target: "<= 60", reached: p50 <= 60)
                add("added round trip p99, us", kind, p99, target: "<= 120", reached: p99 <= 120)
            }
        }
    }

    /// The sender sleeps between bursts of one a millisecond: one that polls the clock takes one of two processors for
    /// itself. So does the receiver: one that the link wakes for each packet runs in its place each time, and the row that
    /// shows it measures the scheduler.
    private func smallPackets() throws {
        let rate = 200_000.0
        for kind in [BenchNetwork.Kind.plain, .link] {
            for (naps, what) in [(true, "64-byte packets lost"), (false, "lost while each wakes the receiver")] {
                let network = try BenchNetwork(kind)
                let flow = try DatagramFlow.run(
                    network, count: Int(rate * seconds), perSecond: rate, burst: 200, receiverNaps: naps)
                let drops = try network.deviceDrops()
                guard let report = network.stop() else { continue }
                add("64-byte packets offered, 1/s", kind, Double(flow.sent) / flow.sendSeconds)
                let lost = flow.sent - flow.received
                let reached = lost == 0 && drops == 0 && report.packetsDropped == 0
                add(
                    "\(what), of \(flow.sent)", kind, Double(lost), target: naps ? "0" : nil,
                    reached: naps ? reached : nil)
            }
        }
    }

    private func bursts() throws {
        for kind in [BenchNetwork.Kind.link] {
            let network = try BenchNetwork(kind, faults: [fault(["delay": "10ms"])])
            let flow = try DatagramFlow.run(network, count: 20_000, perSecond: 20_000, size: 1400, burst: 2000)
            let drops = try network.deviceDrops()
            guard let report = network.stop() else { continue }
            let lost = flow.sent - flow.received
            add(
                "lost of ten bursts of 2,000 packets", kind, Double(lost), target: "0",
                reached: lost == 0 && drops == 0 && report.packetsDropped == 0)
        }
    }
}
