/// What the link did to a packet, a message or a connection: the words of `fate` in `link.jsonl`.
public enum PacketFate: String, CaseIterable, Sendable, BitwiseCopyable {
    /// It was lost.
    case drop
    /// It was held for a time.
    case delay
    /// A copy of it was sent.
    case duplicate
    /// It left its place among the others.
    case reorder
    /// A bit of it was flipped.
    case corrupt
    /// It was marked as having met congestion (RFC 3168).
    case mark
    /// It waited in the queue of a bottleneck.
    case queue
    /// The connection was reset, and the ends that were to know were told.
    case reset
    /// A new connection was answered with a reset.
    case refuse
    /// The connection was forgotten by one end, and the other was not told.
    case halfOpen = "half-open"
    /// A message cut its node off.
    case partition
    /// A message started impairments.
    case phase
}

/// Why the link decided a fate where no impairment and no connection fault did: the words of `reason` in `link.jsonl`
/// beside the names of those.
public enum LinkReason: UInt16, CaseIterable, Sendable, BitwiseCopyable {
    /// A message that a fault waited for.
    case message
    /// Bytes of a message that was dropped, sent again.
    case retransmission
    /// The link had no room.
    case overflow
    /// What comes after a reset.
    case reset
    /// A time that a fault names.
    case timeline
    /// A node that a message cut off.
    case partition

    /// The word in `link.jsonl`.
    public var word: String { "\(self)" }
}
