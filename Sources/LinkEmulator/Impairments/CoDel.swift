/// Controlled delay queue management (RFC 8289), worked out when packets arrive.
///
/// A queue in order of arrival lets everything that CoDel asks for be known then: when a packet will leave and how
/// long it will have waited. Only the rule for a queue shorter than one packet is replaced by the RFC's own advice for
/// slow links: the target is at least the time of one packet of MTU size.
struct CoDel: BitwiseCopyable {
    static let intervalNs = 100e6
    static let targetNs = 5e6

    private var firstAbove = 0.0
    private var dropNext = 0.0
    private var count = 0.0
    private var lastCount = 0.0
    private var isDropping = false

    /// Whether a packet that leaves at `now` after `sojourn` is dropped; times in nanoseconds.
    @inline(__always)
    mutating func drops(now: Double, sojourn: Double, target: Double) -> Bool {
        var mayDrop = false
        if sojourn < target {
            firstAbove = 0
        } else if firstAbove == 0 {
            firstAbove = now + Self.intervalNs
        } else {
            mayDrop = now >= firstAbove
        }
        if isDropping {
            if !mayDrop {
                isDropping = false
            } else if now >= dropNext {
                count += 1
                dropNext += Self.intervalNs / count.squareRoot()
                return true
            }
            return false
        }
        guard mayDrop else { return false }
        isDropping = true
        // Soon after the last dropping state, begin near the rate of drops that was right then.
        let delta = count - lastCount
        count = delta > 1 && now - dropNext < 16 * Self.intervalNs ? delta : 1
        dropNext = now + Self.intervalNs / count.squareRoot()
        lastCount = count
        return true
    }
}
