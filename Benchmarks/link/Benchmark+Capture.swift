import Foundation
import Testbed
import WireObserver

// What a capture at both ends costs the link, and whether it keeps up.
extension Benchmark {
    /// Goodput without and with captures of whole packets at both ends, in turn; medians of the pairs' ratios. With
    /// offloads the link carries several times what it does without, so the same captures are a larger share of it.
    func captureCost() throws {
        for kind in [BenchNetwork.Kind.plain, .link] {
            var ratios: [Double] = []
            for _ in 0..<(options.isQuick ? 1 : 5) {
                let bare = try captured(kind, watch: false, pacedMbit: nil)
                let watched = try captured(kind, watch: true, pacedMbit: nil)
                ratios.append(watched.bitsPerSecond / bare.bitsPerSecond)
                add("goodput without capture, Gbit/s", kind, bare.bitsPerSecond / 1e9)
                add("goodput with captures at both ends, Gbit/s", kind, watched.bitsPerSecond / 1e9)
                add("packets dropped by the captures", kind, Double(watched.dropped))
            }
            let cost = (1 - ratios.sorted()[ratios.count / 2]) * 100
            add("cost of captures at both ends, % of goodput", kind, cost, target: "<= 15", reached: cost <= 15)
        }
        let paced = try captured(.link, watch: true, pacedMbit: 500)
        add("goodput while capturing at 500 Mbit/s, Mbit/s", .link, paced.bitsPerSecond / 1e6)
        add(
            "packets dropped by the captures at 500 Mbit/s", .link, Double(paced.dropped), target: "0",
            reached: paced.dropped == 0 && paced.bitsPerSecond > 450e6)
    }

    private func captured(
        _ kind: BenchNetwork.Kind, watch: Bool, pacedMbit: Double?
    ) throws -> (bitsPerSecond: Double, dropped: UInt64) {
        let network = try BenchNetwork(kind)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var captures: [LiveCapture] = []
        if watch {
            for (device, namespace) in [("tun0", network.client), ("tun1", network.server)] {
                var options = LiveCapture.Options()
                options.decodes = device == "tun0"
                captures.append(
                    try LiveCapture.start(device: device, path: "\(directory)/\(device).pcapng", options: options) {
                        try namespace.enter()
                    })
            }
        }
        let flow = try TCPFlow.run(network, toServer: true, seconds: seconds, pacedMbit: pacedMbit)
        for capture in captures { capture.beginStop() }
        let dropped = try captures.reduce(UInt64(0)) { sum, capture in
            let statistics = try capture.stop()
            return sum + statistics.dropped + statistics.interfaceDropped
        }
        _ = network.stop()
        return (flow.bitsPerSecond, dropped)
    }
}
