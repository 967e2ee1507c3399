/// What a log says, in bounded memory: signs with a few lines each, pauses, metrics, counts.
struct LogFacts: Sendable {
    /// A stretch without a line.
    struct Pause: Sendable, Equatable {
        /// Time of the line after it, microseconds.
        var endUs: Int64
        /// Its length in seconds.
        var lengthS: Double
        /// The line after it.
        var after: Evidence
    }

    /// A measure that a client's metrics repeat.
    struct Measure: Sendable, Equatable {
        var first: Double
        var last: Double
        var most: Double
        var evidence: Evidence
    }

    /// What an application says of all its records.
    struct Totals: Sendable, Equatable {
        var delivered: Int?
        var failed: Int?
        var evidence: Evidence
    }

    /// The input.
    var file: String
    /// True for a broker's log.
    var isBroker = false
    var lines = 0
    /// Lines that carry a sign.
    var understood = 0
    var bytes: Int64 = 0
    /// Lines of broken UTF-8 among those that were looked at.
    var brokenLines = 0
    /// Length of the longest line.
    var longestLine = 0
    /// Lines by the client that writes such.
    var votes: [ClientFamily: Int] = [:]
    /// Releases that clients or brokers printed about themselves.
    var releases: [Evidence] = []
    var release: ReleaseNumber?
    var signs: [Sign: SignRecord] = [:]
    /// The longest pauses, at most 8.
    var pauses: [Pause] = []
    /// The first and the last line with content.
    var firstLine: Evidence?
    var lastLine: Evidence?
    var firstUs: Int64?
    var lastUs: Int64?
    var metrics: [String: Measure] = [:]
    /// What the application counted at its end.
    var totals: Totals?
    /// The `ProducerConfig values:` block.
    var block: Configuration?

    init(file: String) { self.file = file }

    /// The client that most lines are of.
    var client: ClientFamily? {
        votes.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }
}
