/// Acknowledged records over time, for rates that do not depend on where a window's edge falls among clumps.
///
/// Acknowledgements come in clumps: one request's records together, all requests in flight one after another, then
/// nothing for a round trip. Counting them between two edges would be wrong by up to a clump at each. So an edge moves
/// to the widest pause of the quarter of a window before it; the next window begins where this one ended, so nothing is
/// counted twice or left out.
struct AckCurve {
    private let timesUs: [Int64]

    /// - Parameter timesUs: when each record was acknowledged, in any order.
    init(_ timesUs: [Int64]) { self.timesUs = timesUs.sorted() }

    /// Records per second in each window.
    func rates(_ plan: WindowPlan, startUs: Int64) -> [Double] {
        let begin = startUs + plan.warmUpUs
        let edges = (0...plan.windows).map { edge(at: begin + Int64($0) * plan.windowUs, within: plan.windowUs / 4) }
        return zip(edges, edges.dropFirst()).map { Self.rate($0, $1) }
    }

    /// Records per second over all windows.
    func rate(_ plan: WindowPlan, startUs: Int64) -> Double {
        let interval = plan.interval(from: startUs)
        return Self.rate(
            edge(at: interval.lowerBound, within: plan.windowUs / 4),
            edge(at: interval.upperBound, within: plan.windowUs / 4))
    }

    private static func rate(_ from: Edge, _ to: Edge) -> Double {
        to.timeUs > from.timeUs ? Double(to.count - from.count) * 1e6 / Double(to.timeUs - from.timeUs) : 0
    }

    private struct Edge {
        var timeUs: Int64
        var count: Int
    }

    private func edge(at timeUs: Int64, within reachUs: Int64) -> Edge {
        let end = firstIndex(after: timeUs)
        let begin = firstIndex(after: timeUs - reachUs)
        // Nothing came for so long: that is a stall, and the edge stays where it is for the stall to be seen.
        guard begin < end else { return Edge(timeUs: timeUs, count: end) }
        var best = end - 1
        var widest: Int64 = -1
        for i in begin..<end {
            let next = i + 1 < timesUs.count ? timesUs[i + 1] : timesUs[i]
            let pause = next - timesUs[i]
            if pause >= widest {
                widest = pause
                best = i
            }
        }
        return Edge(timeUs: timesUs[best], count: best + 1)
    }

    /// Index of the first acknowledgement later than a time.
    private func firstIndex(after timeUs: Int64) -> Int {
        var low = 0
        var high = timesUs.count
        while low < high {
            let middle = (low + high) / 2
            if timesUs[middle] <= timeUs { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
