import Glibc

/// The clock of the record: microseconds since the Unix epoch, the clock of the captures too.
public enum WallClock {
    /// Now.
    public static func nowUs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// How far a moment is from now, negative for one that has passed. More than ten days either way counts as ten days:
    /// longer ones are somebody's mistake, and a sleep cannot take every number.
    package static func until(_ timeUs: Int64) -> Duration {
        let (differenceUs, overflow) = timeUs.subtractingReportingOverflow(nowUs())
        let limitUs: Int64 = 864_000_000_000
        if overflow { return .microseconds(timeUs < 0 ? -limitUs : limitUs) }
        return .microseconds(min(max(differenceUs, -limitUs), limitUs))
    }
}
