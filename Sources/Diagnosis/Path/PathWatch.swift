import PacketWire

/// Follows the connections of one capture and judges the path: who answered what, and how late.
///
/// At most 4,096 connections and a few numbers for each. Reads headers alone, so a snap length costs nothing.
public struct PathWatch {
    static let mostConnections = 4096
    private var flows: [PathFlow.Key: PathFlow] = [:]

    /// Nothing seen yet.
    public init() {}

    /// Reads a whole capture that lies in memory, a mapped file for example. What follows damage is left out.
    public static func facts(of capture: UnsafeRawBufferPointer) -> PathFacts {
        var watch = PathWatch()
        var parser = CaptureParser()
        var offset = 0
        while let step = try? parser.next(in: capture, at: &offset) {
            guard case .packet(let packet) = step else { break }
            watch.take(packet)
        }
        return watch.facts
    }

    /// Takes the next packet.
    public mutating func take(_ packet: CapturedPacket) {
        guard case .segment(let segment) = CapturedSegment.decode(packet) else { return }
        let isFromLow = segment.sourcePort < segment.destinationPort
        // The lower port serves, as in the observer.
        let key =
            isFromLow
            ? PathFlow.Key(
                client: segment.destination, clientPort: segment.destinationPort, server: segment.source,
                serverPort: segment.sourcePort)
            : PathFlow.Key(
                client: segment.source, clientPort: segment.sourcePort, server: segment.destination,
                serverPort: segment.destinationPort)
        if flows[key] == nil, flows.count >= Self.mostConnections { return }
        flows[key, default: PathFlow(firstNs: packet.timeNs)].take(segment, fromClient: !isFromLow, packet.timeNs)
    }

    /// What was seen, judged.
    public var facts: PathFacts {
        var facts = PathFacts()
        facts.connections = flows.count
        let ordered = flows.sorted { ($0.value.firstNs, $0.key.clientPort) < ($1.value.firstNs, $1.key.clientPort) }
        for (key, flow) in ordered { judge(key.text, flow, &facts) }
        let lasting = ordered.map(\.value)
        if facts.closedAtOnce.count < 3 { facts.closedAtOnce = [] }
        if facts.closedUnanswered.count < 3 { facts.closedUnanswered = [] }
        judgeLoss(lasting, &facts)
        judgeQueue(lasting, &facts)
        return facts
    }

    private func judge(_ name: String, _ flow: PathFlow, _ facts: inout PathFacts) {
        if flow.syns > 1, !flow.sawServer {
            facts.synUnanswered.append("\(name): SYN sent \(flow.syns) times, nothing came back")
            return
        }
        if flow.syns > 0, flow.serverResets > 0, !flow.wasAccepted {
            facts.refused.append("\(name): SYN answered with a reset: nothing listens there")
            return
        }
        if flow.wasAccepted, let closed = flow.serverClosedNs, closed - flow.firstNs < 500_000_000,
            flow.clientPayloads <= 3
        {
            if flow.beganWithTLS, flow.serverPayloads == 0 {
                facts.tlsRefused.append("\(name): TLS was offered, and the server closed without TLS of its own")
            } else {
                let text =
                    "\(name): the server closed \(ms(closed - flow.firstNs)) after the connection was made, after "
                    + "\(flow.serverPayloads) answers"
                if flow.serverPayloads > 0 {
                    facts.closedAtOnce.append(text)
                } else {
                    facts.closedUnanswered.append(text)
                }
            }
        }
        if flow.idleNs > 15_000_000_000, flow.silentSends >= 3 {
            facts.idleSilence.append(
                "\(name): idle for \(flow.idleNs / 1_000_000_000) s, then \(flow.silentSends) segments without any answer"
            )
        }
        if flow.longestUnspokenNs > 2_500_000_000 {
            facts.paused.append(
                "\(name): the server's host acknowledged, and no message came for \(ms(flow.longestUnspokenNs))")
        }
    }

    private func judgeLoss(_ flows: [PathFlow], _ facts: inout PathFacts) {
        let up = flows.reduce(0) { $0 + $1.up.repeats }
        let down = flows.reduce(0) { $0 + $1.down.repeats }
        let sentUp = flows.reduce(0) { $0 + $1.up.segments }
        let sentDown = flows.reduce(0) { $0 + $1.down.segments }
        let places = flows.reduce(0) { $0 + $1.up.repeated }
        // An outage repeats too, but in one stretch; loss does it again and again.
        let seconds = flows.reduce(0) { $0 + $1.up.repeatSeconds }
        guard facts.idleSilence.isEmpty, places >= 5, seconds >= 3, up * 100 >= sentUp * 4 else { return }
        facts.resentOften.append(
            "\(up) of \(sentUp) segments to the broker, at \(places) places, and \(down) of \(sentDown) back were sent again"
        )
    }

    private func judgeQueue(_ flows: [PathFlow], _ facts: inout PathFacts) {
        guard let busy = flows.max(by: { $0.up.bytes < $1.up.bytes }), busy.up.segments >= 50 else { return }
        let delays = busy.ackDelaysNs.sorted()
        guard delays.count >= 20, let least = delays.first else { return }
        // A way that became longer has one delay before and one after; a queue fills and empties.
        let early = delays[delays.count / 10]
        let late = delays[delays.count * 3 / 4]
        guard busy.up.repeats * 100 <= busy.up.segments * 2, late >= 200_000_000,
            late >= least * 4, late >= early * 3
        else { return }
        let seconds = max(Double(busy.lastNs - busy.firstNs) / 1e9, 0.001)
        let kbit = Int(Double(busy.up.bytes) * 8 / 1000 / seconds)
        facts.queued.append(
            "segments leave at about \(kbit) kbit/s and are acknowledged after \(ms(late)) and more (at best \(ms(least))), "
                + "\(busy.up.repeats) of \(busy.up.segments) sent again: a queue, no loss")
    }

    private func ms(_ ns: Int64) -> String { "\(ns / 1_000_000) ms" }
}

/// One connection, as far as the path is concerned.
struct PathFlow: Sendable {
    struct Key: Hashable, Sendable {
        var client: IPAddress
        var clientPort: UInt16
        var server: IPAddress
        var serverPort: UInt16

        var text: String { "\(client):\(clientPort)>\(server):\(serverPort)" }
    }

    /// One direction.
    struct Half: Sendable {
        var segments = 0
        var repeats = 0
        /// Repeats of different segments: one that is sent five times counts once.
        var repeated = 0
        var lastRepeat: UInt32?
        /// Seconds of the capture in which something was repeated.
        var repeatSeconds = 0
        var lastRepeatSecond: Int64 = -1
        var bytes: Int64 = 0
        var highest: UInt32?
    }

    var firstNs: Int64
    var lastNs: Int64
    var syns = 0
    var wasAccepted = false
    var sawServer = false
    var serverResets = 0
    var serverClosedNs: Int64?
    var clientPayloads = 0
    var serverPayloads = 0
    var beganWithTLS = false
    /// The longest time without a packet before the sends that nothing answered.
    var idleNs: Int64 = 0
    /// Segments of the client since the server's last packet, after an idle time.
    var silentSends = 0
    /// The longest time between a client's message and the server's next one, during which the host acknowledged.
    var longestUnspokenNs: Int64 = 0
    var up = Half()
    var down = Half()
    var ackDelaysNs: [Int64] = []
    private var waitingSinceNs: Int64?
    /// When the host acknowledged, at once, what a client waits for.
    private var acknowledgedNs: Int64?
    private var pending: [(end: UInt32, timeNs: Int64)] = []
    private var pendingIdleNs: Int64 = 0

    init(firstNs: Int64) {
        self.firstNs = firstNs
        lastNs = firstNs
    }

    mutating func take(_ segment: CapturedSegment, fromClient: Bool, _ timeNs: Int64) {
        defer { lastNs = max(lastNs, timeNs) }
        if fromClient { takeFromClient(segment, timeNs) } else { takeFromServer(segment, timeNs) }
    }

    private mutating func takeFromClient(_ segment: CapturedSegment, _ timeNs: Int64) {
        if segment.isSynchronise { syns += 1 }
        guard segment.payloadLength > 0 else { return }
        if clientPayloads == 0, segment.payload.count > 2 {
            beganWithTLS = segment.payload[0] == 0x16 && segment.payload[1] == 0x03
        }
        clientPayloads += 1
        let gap = timeNs - lastNs
        if gap > 15_000_000_000, silentSends == 0 { pendingIdleNs = gap }
        if pendingIdleNs > 0 {
            silentSends += 1
            idleNs = max(idleNs, pendingIdleNs)
        }
        if note(segment, &up, timeNs), pending.count < 256 {
            pending.append((segment.sequence &+ UInt32(segment.payloadLength), timeNs))
        }
        if waitingSinceNs == nil {
            waitingSinceNs = timeNs
            acknowledgedNs = nil
        }
    }

    private mutating func takeFromServer(_ segment: CapturedSegment, _ timeNs: Int64) {
        sawServer = true
        if segment.isSynchronise { wasAccepted = true }
        if segment.isReset { serverResets += 1 }
        if segment.isReset || segment.isFinish, serverClosedNs == nil { serverClosedNs = timeNs }
        silentSends = 0
        pendingIdleNs = 0
        if segment.hasAcknowledgement, !segment.isReset {
            while let oldest = pending.first, !TCPSequence.isBefore(segment.acknowledgement, oldest.end) {
                if ackDelaysNs.count < 20_000 { ackDelaysNs.append(timeNs - oldest.timeNs) }
                // At once: an acknowledgement that comes with the end of an outage says nothing about the process.
                if timeNs - oldest.timeNs < 500_000_000, acknowledgedNs == nil { acknowledgedNs = timeNs }
                pending.removeFirst()
            }
        }
        if segment.payloadLength > 0 || segment.isReset || segment.isFinish {
            if let since = acknowledgedNs { longestUnspokenNs = max(longestUnspokenNs, timeNs - since) }
            waitingSinceNs = nil
            acknowledgedNs = nil
        }
        guard segment.payloadLength > 0 else { return }
        serverPayloads += 1
        _ = note(segment, &down, timeNs)
    }

    /// Counts a segment with payload; false for one that was sent before.
    private func note(_ segment: CapturedSegment, _ half: inout Half, _ timeNs: Int64) -> Bool {
        half.segments += 1
        let end = segment.sequence &+ UInt32(segment.payloadLength)
        if let highest = half.highest, !TCPSequence.isBefore(highest, end) {
            half.repeats += 1
            if half.lastRepeat != segment.sequence { half.repeated += 1 }
            half.lastRepeat = segment.sequence
            if half.lastRepeatSecond != timeNs / 1_000_000_000 { half.repeatSeconds += 1 }
            half.lastRepeatSecond = timeNs / 1_000_000_000
            return false
        }
        half.highest = end
        half.bytes += Int64(segment.payloadLength)
        return true
    }
}
