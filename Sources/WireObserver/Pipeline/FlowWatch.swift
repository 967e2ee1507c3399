import PacketWire

/// One direction of a connection as TCP sees it: what is in flight, what the receiver's window allows, what comes in another
/// order and what is acknowledged twice.
///
/// It looks at numbers alone, so that it works for TLS too, and keeps a few words whatever the connection carries.
struct FlowWatch {
    /// What a direction was seen to do, for ``FlowFaults``.
    struct Account: Equatable {
        /// Windows of 0 that the receiver announced, one for each stretch, with their time together and the longest.
        var zeroWindows = 0
        var zeroWindowNs: Int64 = 0
        var longestZeroNs: Int64 = 0
        var firstZeroNs = Int64.max
        /// Acknowledgements that repeated one, and runs of three and more: TCP takes those for a loss (RFC 5681, 3.2).
        var duplicateAcks = 0
        var runsOfThree = 0
        var firstDuplicateNs = Int64.max
        /// Segments that came behind later ones without having been sent again, the longest way back in bytes and in time.
        var reordered = 0
        var furthestBytes = 0
        var latestNs: Int64 = 0
        var firstReorderedNs = Int64.max
        /// Segments with data, and those of them that were sent again.
        var segments = 0
        var repeated = 0
        /// Round trips in which data was sent, and those in which the receiver's window was full.
        var rounds = 0
        var fullRounds = 0
        /// Those rounds' window and round trip time.
        var fullWindow = 0
        var fullRoundNs: Int64 = 0
        var firstFullNs = Int64.max
        /// Consecutive round trips that ended at one ceiling below the window.
        var plateau = Plateau()
    }

    /// Round trips whose most bytes in flight stayed the same while the sender had more to send.
    struct Plateau: Equatable {
        var ceiling = 0
        var rounds = 0
        var sumNs: Int64 = 0
        var firstNs: Int64 = 0
        var window = 0
    }

    /// Segments that were overtaken, until they come.
    fileprivate struct Hole {
        var start: UInt32
        var end: UInt32
        var timeNs: Int64
        var identification: UInt16
    }

    private static let mostHoles = 16
    /// A receiver's buffer frees up in whole segments.
    private static let segmentLength = 1460
    /// What is sent so soon after an acknowledgement waited for it.
    private static let atOnceNs: Int64 = 1_000_000
    /// Below this a round trip is too short for a buffer to matter, and too near the clock's noise.
    private static let leastRoundNs: Int64 = 2_000_000

    private(set) var account = Account()
    private var isOpen = false
    private var next: UInt32 = 0
    private var acknowledged: UInt32 = 0
    /// The receiver's window in bytes; its scale is known from its SYN only.
    private var window = -1
    private var rawWindow = 0
    private var shift = -1
    private var zeroSinceNs: Int64 = 0
    private var run = 0
    private var identification: UInt16 = 0
    private var holes: [Hole] = []
    /// The present round trip: ends when what was sent at its begin is acknowledged.
    private var roundEnd: UInt32 = 0
    private var roundNs: Int64 = 0
    private var peak = 0
    private var isFull = false
    private var sentBytes = 0
    private var clockedBytes = 0
    private var bareAckNs: Int64 = 0
    private var shortestRoundNs = Int64.max

    private var inFlight: Int { Int(next &- acknowledged) }

    /// The receiver's SYN told its window scale.
    mutating func scale(_ shift: Int) { self.shift = shift }

    /// A segment with data of this direction.
    mutating func sent(_ segment: CapturedSegment, timeNs: Int64) {
        account.segments += 1
        let end = segment.sequence &+ UInt32(truncatingIfNeeded: segment.payloadLength)
        if !isOpen {
            isOpen = true
            next = segment.sequence
            acknowledged = segment.sequence
        }
        let ahead = Int32(bitPattern: segment.sequence &- next)
        guard ahead >= 0 else {
            late(segment, end, timeNs)
            return
        }
        if ahead > 0 {
            note(Hole(start: next, end: segment.sequence, timeNs: timeNs, identification: segment.packetNumber))
        }
        if next == acknowledged { begin(end, timeNs) }
        next = end
        identification = segment.packetNumber
        sentBytes += segment.payloadLength
        if bareAckNs > 0, timeNs - bareAckNs < Self.atOnceNs { clockedBytes += segment.payloadLength }
        peak = max(peak, inFlight)
        if shift >= 0, window > 0, inFlight + Self.segmentLength > window, inFlight <= window + Self.segmentLength {
            isFull = true
        }
    }

    /// An acknowledgement of this direction.
    mutating func received(_ segment: CapturedSegment, timeNs: Int64) {
        let raw = Int(segment.window)
        if raw == 0 {
            if zeroSinceNs == 0 { beginZero(timeNs) }
        } else if zeroSinceNs > 0 {
            endZero(timeNs)
        }
        defer {
            rawWindow = raw
            window = raw << max(shift, 0)
        }
        guard isOpen else { return }
        let progress = Int32(bitPattern: segment.acknowledgement &- acknowledged)
        if progress > 0, Int32(bitPattern: next &- segment.acknowledgement) >= 0 {
            run = 0
            acknowledged = segment.acknowledgement
            if Int32(bitPattern: acknowledged &- roundEnd) >= 0 { end(timeNs) }
            bareAckNs = segment.payloadLength == 0 ? timeNs : 0
        } else if progress == 0, segment.payloadLength == 0, raw == rawWindow, raw > 0, inFlight > 0, !segment.isFinish
        {
            account.duplicateAcks += 1
            account.firstDuplicateNs = min(account.firstDuplicateNs, timeNs)
            run += 1
            if run == 3 { account.runsOfThree += 1 }
        } else if segment.payloadLength > 0 {
            bareAckNs = 0
        }
    }

    /// The connection is over.
    mutating func close(timeNs: Int64) -> Account {
        if zeroSinceNs > 0 { endZero(timeNs) }
        return account
    }

    // MARK: Zero windows

    private mutating func beginZero(_ timeNs: Int64) {
        zeroSinceNs = max(timeNs, 1)
        account.zeroWindows += 1
        account.firstZeroNs = min(account.firstZeroNs, timeNs)
    }

    private mutating func endZero(_ timeNs: Int64) {
        let lasted = max(timeNs - zeroSinceNs, 0)
        account.zeroWindowNs += lasted
        account.longestZeroNs = max(account.longestZeroNs, lasted)
        zeroSinceNs = 0
    }

    // MARK: Order

    private mutating func note(_ hole: Hole) {
        if holes.count == Self.mostHoles { holes.removeFirst() }
        holes.append(hole)
    }

    /// A segment behind later ones: overtaken on the way, or sent again.
    private mutating func late(_ segment: CapturedSegment, _ end: UInt32, _ timeNs: Int64) {
        guard
            let index = holes.firstIndex(where: {
                Int32(bitPattern: segment.sequence &- $0.start) >= 0 && Int32(bitPattern: $0.end &- end) >= 0
            })
        else {
            // A keep-alive repeats one byte.
            if segment.payloadLength > 1 { account.repeated += 1 }
            return
        }
        let hole = holes.remove(at: index)
        if hole.start != segment.sequence { note(Hole(hole, from: hole.start, to: segment.sequence)) }
        if end != hole.end { note(Hole(hole, from: end, to: hole.end)) }
        guard isOvertaken(segment, by: hole, timeNs) else {
            account.repeated += 1
            return
        }
        account.reordered += 1
        account.firstReorderedNs = min(account.firstReorderedNs, timeNs)
        account.furthestBytes = max(account.furthestBytes, Int(next &- segment.sequence))
        account.latestNs = max(account.latestNs, timeNs - hole.timeNs)
    }

    /// Senders count their packets in the identification field, so that one which was sent before has a lower number; where
    /// there is none, TCP needs a round trip to send again.
    private func isOvertaken(_ segment: CapturedSegment, by hole: Hole, _ timeNs: Int64) -> Bool {
        let number = segment.packetNumber
        if number != 0, hole.identification != 0 { return Int16(bitPattern: hole.identification &- number) > 0 }
        return shortestRoundNs < .max && timeNs - hole.timeNs < shortestRoundNs / 2
    }

    // MARK: Round trips

    private mutating func begin(_ end: UInt32, _ timeNs: Int64) {
        roundEnd = end
        roundNs = timeNs
        peak = 0
        isFull = false
        sentBytes = 0
        clockedBytes = 0
    }

    private mutating func end(_ timeNs: Int64) {
        let lasted = timeNs - roundNs
        shortestRoundNs = min(shortestRoundNs, lasted)
        account.rounds += 1
        // A queue on the way makes round trips longer: then the path is what limits.
        if lasted >= Self.leastRoundNs, lasted <= shortestRoundNs * 3 / 2 { judge(lasted) }
        begin(next, timeNs)
    }

    private mutating func judge(_ lasted: Int64) {
        if isFull {
            account.fullRounds += 1
            account.fullWindow = max(account.fullWindow, window)
            account.fullRoundNs += lasted
            account.firstFullNs = min(account.firstFullNs, roundNs)
        } else if peak > account.plateau.ceiling + account.plateau.ceiling / 8 {
            // A ceiling that is passed was none.
            account.plateau = Plateau(ceiling: peak, firstNs: roundNs, window: window)
        } else if peak > account.plateau.ceiling - account.plateau.ceiling / 4, clockedBytes * 2 >= sentBytes,
            sentBytes > 0
        {
            account.plateau.rounds += 1
            account.plateau.sumNs += lasted
            account.plateau.window = window
        }
    }
}

extension FlowWatch.Hole {
    fileprivate init(_ hole: FlowWatch.Hole, from start: UInt32, to end: UInt32) {
        self.init(start: start, end: end, timeNs: hole.timeNs, identification: hole.identification)
    }
}

extension Connection {
    /// Shows a segment to the directions that it belongs to: the one that its data is of, and the one that it acknowledges.
    @inline(__always)
    func watchFlow(_ segment: CapturedSegment, fromClient: Bool, timeNs: Int64) {
        guard !segment.isReset else { return }
        if segment.isSynchronise {
            watchHandshake(segment, fromClient: fromClient)
            return
        }
        if segment.hasAcknowledgement {
            if fromClient {
                broker.flow.received(segment, timeNs: timeNs)
            } else {
                client.flow.received(segment, timeNs: timeNs)
            }
        }
        guard segment.payloadLength > 0 else { return }
        if fromClient {
            client.flow.sent(segment, timeNs: timeNs)
        } else {
            broker.flow.sent(segment, timeNs: timeNs)
        }
    }

    private func watchHandshake(_ segment: CapturedSegment, fromClient: Bool) {
        let shift = segment.windowShift
        if fromClient {
            broker.flow.scale(Int(shift ?? 0))
        } else {
            client.flow.scale(Int(shift ?? 0))
            // Without the option in both SYNs neither end scales (RFC 7323, 2.2).
            if shift == nil { broker.flow.scale(0) }
        }
    }
}
