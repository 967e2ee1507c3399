import Glibc

/// The clock of the record: microseconds since the Unix epoch, the clock of the captures too.
public enum WallClock {
    /// Now.
    public static func nowUs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
