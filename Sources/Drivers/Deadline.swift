/// A moment by which something must have happened, on a clock that nobody sets.
struct Deadline {
    private let moment: ContinuousClock.Instant

    init(seconds: Double) { moment = .now + .seconds(seconds) }

    /// Seconds until it; negative after it.
    var secondsLeft: Double { (moment - .now) / .seconds(1) }
}
