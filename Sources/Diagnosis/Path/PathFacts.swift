/// What the packets of a capture say about the path and the hosts, without a look at Kafka.
///
/// Each list holds one sentence for each place where it shows; an empty list means that it does not. Thresholds are in the
/// rules of ``PathWatch``.
public struct PathFacts: Sendable, Equatable {
    /// TCP connections, those without an answer to SYN among them.
    public var connections = 0
    /// SYNs that nothing answered.
    public var synUnanswered: [String] = []
    /// SYNs that were answered with a reset: the host is up, nothing listens.
    public var refused: [String] = []
    /// Connections that the server closed right after the first messages, some of which it had answered.
    public var closedAtOnce: [String] = []
    /// Connections that the server closed right after the first message, without an answer to it.
    public var closedUnanswered: [String] = []
    /// Connections whose first bytes were TLS and that the server closed without TLS of its own.
    public var tlsRefused: [String] = []
    /// Connections that were idle, and on which nothing was answered any more.
    public var idleSilence: [String] = []
    /// The host acknowledged, and no message came for seconds.
    public var paused: [String] = []
    /// Segments were sent again, at many places.
    public var resentOften: [String] = []
    /// Segments took long although none was lost: a queue.
    public var queued: [String] = []

    /// Nothing seen.
    public init() {}
}
