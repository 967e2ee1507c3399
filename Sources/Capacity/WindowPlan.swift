/// The stretch of a point's load that is measured: after the warm-up, cut into windows of one length.
public struct WindowPlan: Codable, Sendable, Equatable {
    /// From the begin of the load to the first window, microseconds.
    public var warmUpUs: Int64
    /// Length of a window, microseconds.
    public var windowUs: Int64
    /// Number of windows, at least 1.
    public var windows: Int

    /// Makes a plan.
    public init(warmUpUs: Int64, windowUs: Int64, windows: Int) {
        self.warmUpUs = warmUpUs
        self.windowUs = windowUs
        self.windows = windows
    }

    /// Begin and end of all windows for a load that began at `startUs`.
    public func interval(from startUs: Int64) -> Range<Int64> {
        let begin = startUs + warmUpUs
        return begin..<(begin + windowUs * Int64(windows))
    }

    enum CodingKeys: String, CodingKey {
        case warmUpUs = "warm_up_us"
        case windowUs = "window_us"
        case windows
    }
}
