/// Puts one direction of a TCP connection back in order: loss, reordering, overlap, retransmission and sequence wrap
/// (RFC 9293, 3.4) with bounded memory.
///
/// Positions count bytes from the first byte after the SYN, or from the first byte seen when the capture began later;
/// they do not wrap. Bytes that the capture never saw become a *gap*, which is reported, never hidden: when the receiver
/// acknowledged bytes that are missing here, when too much is held, or when the caller says that nothing more will come.
///
/// A caller takes what `accept` says is next, then drains ``nextHeld()``:
///
///     switch stream.accept(...) {
///     case .next(let skip): use(payload[skip...])
///     ...
///     }
///     while let piece = stream.nextHeld() { ... }
public struct StreamReassembler: Sendable {
    /// Bounds of what one direction may hold.
    public struct Limits: Sendable {
        /// Bytes of segments that wait for a hole to fill.
        public var heldBytes = 4 << 20
        /// Number of such segments.
        public var heldSegments = 4096
        /// How long after the receiver acknowledged missing bytes they may still turn up, in nanoseconds: packets of the
        /// two directions can be swapped in a capture.
        public var patienceNs: Int64 = 5_000_000

        /// The defaults.
        public init() {}
    }

    /// What an arriving segment was.
    public enum Arrival: Equatable, Sendable {
        /// In order: the payload from this index on is next. The index can be past the captured bytes.
        case next(skip: Int)
        /// Every byte of it was seen before.
        case repeated
        /// Kept until the hole before it fills.
        case held
        /// Empty, a keep-alive, or far outside of anything expected.
        case ignored
    }

    /// What follows after a hole has filled or was given up.
    public enum Piece: Equatable, Sendable {
        /// Bytes in order with the time of their packet, and how many bytes after them the snap length cut off.
        case bytes([UInt8], timeNs: Int64, cut: Int)
        /// This many bytes never came.
        case gap(Int)
    }

    private struct Held {
        var position: Int64
        var length: Int
        var bytes: [UInt8]
        var timeNs: Int64
        var end: Int64 { position + Int64(length) }
    }

    private let limits: Limits
    private var base: UInt32?
    private var held: [Held] = []
    private var heldBytes = 0
    private var ackedPastHoleNs: Int64?
    private var giveUp = false
    private var strays = 0

    /// Position of the next byte in order.
    public private(set) var next: Int64 = 0
    /// Segments that repeated bytes already seen, keep-alives apart.
    public private(set) var repeatedSegments = 0
    /// Gaps that were given up.
    public private(set) var gaps = 0
    /// Bytes in those gaps.
    public private(set) var gapBytes: Int64 = 0
    /// Segments far outside of the expected range.
    public private(set) var straySegments = 0

    /// A stream of which nothing was seen yet.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// True while segments wait for a hole to fill.
    public var isHolding: Bool { !held.isEmpty }
    /// True when the first sequence number is known.
    public var isOpen: Bool { base != nil }

    /// The connection begins: `sequence` is the SYN's.
    public mutating func open(sequence: UInt32) {
        guard base == nil else { return }
        base = sequence &+ 1
    }

    /// The position of a sequence number: the nearest one to what is expected next.
    public func position(of sequence: UInt32) -> Int64? {
        guard let base else { return nil }
        let expected = base &+ UInt32(truncatingIfNeeded: next)
        return next + Int64(Int32(bitPattern: sequence &- expected))
    }

    /// The sequence number of a position; nil while the first one is not known.
    public func sequence(at position: Int64) -> UInt32? { base.map { $0 &+ UInt32(truncatingIfNeeded: position) } }

    /// Whether the receiver is known to have bytes that are missing here.
    public var isAcknowledgedPastHole: Bool { ackedPastHoleNs != nil }

    /// Takes a segment: `length` bytes on the wire, of which `payload` was captured.
    public mutating func accept(
        sequence: UInt32, payload: UnsafeRawBufferPointer, length: Int, timeNs: Int64
    ) -> Arrival {
        guard length > 0 else { return .ignored }
        if base == nil { base = sequence }
        guard var position = position(of: sequence) else { return .ignored }
        // Nothing legitimate is further away than a window, and no window is above 1 GiB (RFC 7323, 2.3). A run of such
        // segments means that the capture missed a long stretch: go on from there.
        if abs(position - next) > 1 << 30 {
            straySegments += 1
            strays += 1
            guard strays >= 16, held.isEmpty else { return .ignored }
            base = sequence &- UInt32(truncatingIfNeeded: next)
            gaps += 1
            position = next
        }
        strays = 0
        let end = position + Int64(length)
        if end <= next {
            if length == 1, end == next { return .ignored }  // keep-alive, RFC 9293 3.8.4
            repeatedSegments += 1
            return .repeated
        }
        if position <= next {
            if position < next { repeatedSegments += 1 }
            let skip = Int(next - position)
            next = end
            if held.isEmpty { ackedPastHoleNs = nil }
            return .next(skip: skip)
        }
        return hold(Held(position: position, length: length, bytes: Array(payload), timeNs: timeNs))
    }

    private mutating func hold(_ segment: Held) -> Arrival {
        var index = held.count
        while index > 0, held[index - 1].position > segment.position { index -= 1 }
        if index > 0, held[index - 1].end >= segment.end {
            repeatedSegments += 1
            return .repeated
        }
        if index < held.count, held[index].position < segment.end { repeatedSegments += 1 }
        held.insert(segment, at: index)
        heldBytes += segment.bytes.count
        return .held
    }

    /// The receiver acknowledged everything before `sequence`, as seen at `timeNs`.
    ///
    /// When that covers a hole, the bytes did arrive and the capture missed them.
    @inline(__always)
    public mutating func acknowledged(_ sequence: UInt32, timeNs: Int64) {
        if held.isEmpty { return }
        guard let position = position(of: sequence), position > next, position - next < 1 << 30 else { return }
        if let since = ackedPastHoleNs {
            if timeNs - since > limits.patienceNs { giveUp = true }
        } else {
            ackedPastHoleNs = timeNs
        }
    }

    /// Gives up the present hole: nothing more will fill it.
    public mutating func abandonHole() { giveUp = true }

    /// The next piece that is in order now; nil when there is none.
    public mutating func nextHeld() -> Piece? {
        while let first = held.first {
            if first.position > next {
                let over = heldBytes > limits.heldBytes || held.count > limits.heldSegments
                guard over || giveUp else { return nil }
                giveUp = false
                ackedPastHoleNs = nil
                let missing = Int(first.position - next)
                next = first.position
                gaps += 1
                gapBytes += Int64(missing)
                return .gap(missing)
            }
            held.removeFirst()
            heldBytes -= first.bytes.count
            guard first.end > next else { continue }
            let skip = Int(next - first.position)
            next = first.end
            if held.isEmpty { ackedPastHoleNs = nil }
            let bytes = skip == 0 ? first.bytes : Array(first.bytes.dropFirst(skip))
            return .bytes(bytes, timeNs: first.timeNs, cut: first.length - max(first.bytes.count, skip))
        }
        giveUp = false
        return nil
    }
}
