import FoundationEssentials
import Glibc
import Synchronization

/// Lets points begin only as far as the processors have room: a loaded machine makes the link late and every number
/// worthless.
///
/// Each point asks for what it is expected to use, in processors. It begins, in the order of asking, when what runs and
/// what it asks for fit, and the machine was in fact that idle just now; the first one always begins.
actor Headroom {
    private struct Waiting {
        var cost: Double
        var go: CheckedContinuation<Void, Never>
    }

    private let capacity: Double
    private let limit: Int
    private var used = 0.0
    private var running = 0
    private var waiting: [Waiting] = []
    private var isWatching = false
    private var load = ProcessorLoad()

    /// - Parameters:
    ///   - processors: how many there are.
    ///   - limit: points at a time at most.
    init(processors: Int, limit: Int) {
        // A quarter stays free: for bursts, and because a point that is late is worth nothing.
        capacity = 0.75 * Double(processors)
        self.limit = limit
    }

    /// What a point asks for that must run alone.
    nonisolated var all: Double { capacity }

    /// Waits until there is room.
    func begin(_ cost: Double) async {
        let cost = min(cost, capacity)
        if waiting.isEmpty, fits(cost) {
            used += cost
            running += 1
            return
        }
        await withCheckedContinuation { continuation in
            waiting.append(Waiting(cost: cost, go: continuation))
            watch()
        }
    }

    /// Waits until nothing else of ours runs and half of the machine is idle, but for the latter no longer than `limit`:
    /// a machine that others keep busy would never be.
    func beginAlone(within limit: Duration) async {
        await begin(capacity)
        let clock = ContinuousClock()
        let end = clock.now + limit
        while clock.now < end {
            try? await Task.sleep(for: .milliseconds(500))
            if load.idleProcessors() >= capacity / 1.5 { return }
        }
    }

    /// Gives back what ``begin(_:)`` took.
    func end(_ cost: Double) {
        used -= min(cost, capacity)
        running -= 1
        admit()
    }

    private func fits(_ cost: Double) -> Bool {
        if running == 0 { return true }
        guard running < limit, used + cost <= capacity + 1e-9 else { return false }
        return load.idleProcessors() >= min(cost, 0.3)
    }

    private func admit() {
        while let first = waiting.first, fits(first.cost) {
            waiting.removeFirst()
            used += first.cost
            running += 1
            first.go.resume()
        }
    }

    /// The machine may become idle without any point of ours ending.
    private func watch() {
        guard !isWatching else { return }
        isWatching = true
        Task {
            while !waiting.isEmpty {
                try? await Task.sleep(for: .milliseconds(300))
                admit()
            }
            isWatching = false
        }
    }
}

/// How idle the machine was since the last look, from /proc/stat (proc(5)).
struct ProcessorLoad {
    private var last = Self.read()
    private var known = Double.infinity

    /// Idle processors since the last look; looks no more often than every 250 ms.
    mutating func idleProcessors() -> Double {
        guard let now = Self.read(), let before = last else { return .infinity }
        guard now.total - before.total >= 0.25 * 100 else { return known }
        last = now
        known =
            Double(ProcessInfo.processInfo.activeProcessorCount) * (now.idle - before.idle)
            / (now.total - before.total)
        return known
    }

    private static func read() -> (idle: Double, total: Double)? {
        guard let data = FileManager.default.contents(atPath: "/proc/stat") else { return nil }
        let line = String(decoding: data.prefix { $0 != 0x0a }, as: UTF8.self)
        // user nice system idle iowait irq softirq steal, in ticks of a hundredth of a second.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count >= 5 else { return nil }
        return (ticks[3] + ticks[4], ticks.reduce(0, +))
    }
}
