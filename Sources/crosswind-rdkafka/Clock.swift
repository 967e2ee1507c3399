import Glibc

/// The two clocks of the driver: wall time for what it reports, monotonic time for what it schedules.
enum Clock {
    /// Microseconds since the Unix epoch.
    static func epochMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }

    /// Nanoseconds of the monotonic clock: a step of the wall clock must not change the offered load.
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
