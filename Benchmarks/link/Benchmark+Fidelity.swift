import CLinux
import Foundation
import LinkEmulator

extension Benchmark {
    /// Runs a body while a TCP flow loads the link.
    private func underLoad<T>(_ network: BenchNetwork, _ mbit: Double?, _ seconds: Double, _ body: () throws -> T)
        throws -> T
    {
        guard let mbit else { return try body() }
        nonisolated(unsafe) let network = network
        let load = Worker {
            _ = try? TCPFlow.run(
                network, toServer: true, seconds: seconds, warmUp: 0, pacedMbit: mbit > 0 ? mbit : nil,
                bufferBytes: 32 << 20)
        }
        defer { load.join() }
        return try body()
    }

    /// How late held packets leave: by the link's own account.
    func lateness() throws {
        for delay in ["500us", "10ms", "100ms"] {
            for (load, mbit) in [("idle", nil), ("100 Mbit/s", 100), ("full load", 0)] as [(String, Double?)] {
                let network = try BenchNetwork(.link, faults: [fault(["delay": delay])])
                try underLoad(network, mbit, seconds) {
                    _ = try DatagramFlow.run(network, count: Int(seconds * 200), perSecond: 200)
                }
                guard let report = network.stop() else { continue }
                add("lateness p50, delay \(delay), \(load), us", .link, report.lateness.p50Us)
                add("lateness p99, delay \(delay), \(load), us", .link, report.lateness.p99Us)
                add("lateness p99.9, delay \(delay), \(load), us", .link, report.lateness.p999Us)
            }
        }
    }

    /// How far a delay of 10 ms is from 10 ms, seen from outside: probes with their sending time, less the median of a
    /// link without a delay.
    func delayError() throws {
        let count = options.isQuick ? 1000 : 5000
        let idle = try BenchNetwork(.link)
        var base = try DatagramFlow.run(idle, count: count, perSecond: 1000).latenciesNs
        _ = idle.stop()
        base.sort()
        let zero = base[base.count / 2]
        add("one way without delay p50, us", .link, Double(zero) / 1000)
        for (load, mbit) in [("idle", nil), ("200 Mbit/s", 200)] as [(String, Double?)] {
            for kind in [BenchNetwork.Kind.link] {
                let network = try BenchNetwork(kind, faults: [fault(["delay": "10ms"])])
                let probes = try underLoad(network, mbit, Double(count) / 1000 + 1) {
                    try DatagramFlow.run(network, count: count, perSecond: 1000)
                }
                let report = network.stop()
                let errors = probes.latenciesNs.map { abs($0 - zero - 10_000_000) }.sorted()
                let p50 = Double(errors[errors.count / 2]) / 1000
                let p99 = Double(errors[errors.count * 99 / 100]) / 1000
                add(
                    "10 ms delay, error p50, \(load), us", kind, p50, target: mbit == nil ? "<= 35" : nil,
                    reached: mbit == nil ? p50 <= 35 : nil)
                let limit = mbit == nil ? 150.0 : 1200
                add("10 ms delay, error p99, \(load), us", kind, p99, target: "<= \(Int(limit))", reached: p99 <= limit)
                if let report {
                    let share = Double(report.processorTimeUs) / Double(report.elapsedUs) * 100
                    add("link CPU with a delay, \(load), % of a core", kind, share)
                }
            }
        }
    }

    /// Processor time of the link at 200 Mbit/s.
    func processor() throws {
        for kind in [BenchNetwork.Kind.link] {
            let network = try BenchNetwork(kind)
            let before = cl_monotonic_ns()
            let flow = try TCPFlow.run(network, toServer: true, seconds: seconds, warmUp: 0.2, pacedMbit: 200)
            let elapsed = Double(cl_monotonic_ns() - before) / 1000
            guard let report = network.stop() else { continue }
            let share = Double(report.processorTimeUs) / elapsed * 100
            add(
                "link CPU at \(Int(flow.bitsPerSecond / 1e6)) Mbit/s, % of a core", kind, share, target: "<= 20",
                reached: share <= 20)
        }
    }

    /// Lost shares of 200,000 packets, against the 99 % interval of the binomial distribution.
    func lossAccuracy() throws {
        let count = 200_000
        for (text, probability) in [("0.1%", 0.001), ("1%", 0.01), ("5%", 0.05), ("30%", 0.3)] {
            let network = try BenchNetwork(.link, faults: [fault(["loss": text], direction: "clientToBroker")], seed: 7)
            let flow = try DatagramFlow.run(network, count: count, perSecond: 100_000, burst: 10)
            let drops = try network.deviceDrops()
            guard let report = network.stop() else { continue }
            let lost = Double(flow.sent) - Double(report.paths[0].packetsForwarded) - Double(drops)
            let slack = 2.576 * (probability * (1 - probability) / Double(count)).squareRoot()
            let rate = lost / Double(flow.sent)
            add(
                "loss of \(text), measured %", .link, rate * 100,
                target: String(format: "%.3f to %.3f", (probability - slack) * 100, (probability + slack) * 100),
                reached: abs(rate - probability) <= slack && drops == 0)
        }
    }

    /// Rates, by what comes through when a fifth more is offered.
    func rateAccuracy() throws {
        for (text, bits) in [("10Mbit/s", 1e7), ("100Mbit/s", 1e8), ("1Gbit/s", 1e9)] {
            let network = try BenchNetwork(.link, faults: [fault(["rate": text], direction: "clientToBroker")])
            let perSecond = bits * 1.2 / (1460 * 8)
            let flow = try DatagramFlow.run(
                network, count: Int(perSecond * seconds), perSecond: perSecond, size: 1432,
                burst: max(1, Int(perSecond / 2000)), drainMs: 2000)
            _ = network.stop()
            // Each datagram of 1,432 bytes is an IP packet of 1,460; the first marks the start and does not count.
            let measured = Double(flow.received - 1) * 1460 * 8 / flow.receiveSeconds
            add(
                "rate of \(text), measured share", .link, measured / bits, target: "0.97 to 1.03",
                reached: abs(measured / bits - 1) <= 0.03)
        }
    }

    /// 1 Gbit/s with a round trip of 100 ms: steady goodput, and the memory of the whole process.
    func memory() throws {
        for kind in [BenchNetwork.Kind.link] {
            let network = try BenchNetwork(
                kind,
                faults: [
                    fault(["rate": "1Gbit/s", "queue": "12500KB", "delay": "50ms"], direction: "clientToBroker"),
                    fault(["delay": "50ms"], id: "fault-1", direction: "brokerToClient"),
                ])
            let flow = try TCPFlow.run(
                network, toServer: true, seconds: options.isQuick ? 5 : 10, warmUp: 8, bufferBytes: 64 << 20)
            let resident = residentMB()
            let drops = try network.deviceDrops()
            guard let report = network.stop() else { continue }
            let steady = flow.samples.sorted()[flow.samples.count / 2] / 1e6
            add("1 Gbit/s x 100 ms, steady goodput, Mbit/s", kind, steady, target: ">= 950", reached: steady >= 950)
            add("1 Gbit/s x 100 ms, resident memory, MB", kind, resident, target: "<= 150", reached: resident <= 150)
            add("1 Gbit/s x 100 ms, packets held at most", kind, Double(report.slotsPeak))
            add("1 Gbit/s x 100 ms, lost by devices", kind, Double(drops), target: "0", reached: drops == 0)
        }
    }
}
