import EvidenceModel
import PacketWire
import TLSWire

/// The stage that puts both directions of a connection in order and hands the bytes on to the frames.
final class StreamStage {
    private static let maximumUnacknowledged = 4096

    private let tally: CaptureTally
    let log: ObservationLog
    private let frames: FrameStage
    /// Asked what a connection speaks inside TLS, with the first content from its client.
    var onContent: ((Connection, UnsafeRawBufferPointer) -> Void)?
    /// True while a connection's streams are read to their end: what is missing then was never received.
    @exclusivity(unchecked) private var isClosing = false

    init(tally: CaptureTally, log: ObservationLog, frames: FrameStage) {
        self.tally = tally
        self.log = log
        self.frames = frames
    }

    /// Puts a segment's payload in its place and reads what is in order.
    func receive(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool, timeNs: Int64) {
        if !(fromClient ? connection.client.began : connection.broker.began) {
            begin(connection, segment, fromClient: fromClient)
        }
        noteSize(connection, segment, fromClient: fromClient, timeNs: timeNs)
        let before = fromClient ? connection.client.stream.repeatedSegments : connection.broker.stream.repeatedSegments
        let arrival =
            fromClient
            ? connection.client.stream.accept(
                sequence: segment.sequence, payload: segment.payload, length: segment.payloadLength, timeNs: timeNs)
            : connection.broker.stream.accept(
                sequence: segment.sequence, payload: segment.payload, length: segment.payloadLength, timeNs: timeNs)
        let after = fromClient ? connection.client.stream.repeatedSegments : connection.broker.stream.repeatedSegments
        if after != before { noteRepeat(connection, segment, fromClient: fromClient) }
        if case .next(let skip) = arrival {
            let captured = segment.payload.count
            if skip < captured {
                let bytes = skip == 0 ? segment.payload : UnsafeRawBufferPointer(rebasing: segment.payload[skip...])
                feed(connection, bytes, fromClient: fromClient, timeNs: timeNs)
            }
            let cut = segment.payloadLength - max(captured, skip)
            if cut > 0 { miss(connection, cut, fromClient: fromClient, timeNs: timeNs) }
        }
        if fromClient ? connection.client.stream.isHolding : connection.broker.stream.isHolding {
            drain(connection, fromClient: fromClient)
        }
    }

    /// A TLS alert (RFC 8446, 6) where an answer should be: the listener wants TLS.
    private static func isAlert(_ payload: UnsafeRawBufferPointer) -> Bool {
        payload.count >= 7 && payload[0] == 0x15 && payload[1] == 3 && payload[2] <= 4 && payload[3] == 0
            && (payload[5] == 1 || payload[5] == 2)
    }

    /// The first payload of a direction: where a frame begins is known from the handshake, or from frames that end with it.
    private func begin(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool) {
        if fromClient {
            connection.client.began = true
            if !connection.sawStart, connection.secure == nil { connection.requests.startSearching() }
        } else {
            connection.broker.began = true
            if connection.secure != nil { return }
            if connection.role == .kafka, Self.isAlert(segment.payload) { connection.summary.answeredWithAlert = true }
            if !connection.sawStart, !ResponseScanner.isAligned(segment.payload, length: segment.payloadLength) {
                connection.responses.startSearching()
            }
        }
    }

    /// Reads what came in order because a hole was filled or given up.
    func drain(_ connection: Connection, fromClient: Bool) {
        while let piece = fromClient ? connection.client.stream.nextHeld() : connection.broker.stream.nextHeld() {
            switch piece {
            case .bytes(let bytes, let timeNs, let cut):
                bytes.withUnsafeBytes { feed(connection, $0, fromClient: fromClient, timeNs: timeNs) }
                if cut > 0 { miss(connection, cut, fromClient: fromClient, timeNs: timeNs) }
            case .gap(let count):
                tally.counts.gaps += 1
                tally.gapBytes += Int64(count)
                noteMissing(connection, count, fromClient: fromClient)
                connection.summary.hadGap = true
                miss(connection, count, fromClient: fromClient, timeNs: nil)
            }
        }
    }

    /// Nothing more is awaited of this connection: its streams are read to their end.
    func close(_ connection: Connection) {
        guard connection.role == .kafka || connection.secure != nil && connection.isFollowed else { return }
        isClosing = true
        defer { isClosing = false }
        connection.client.waiting.end(connection.sizes.up)
        connection.broker.waiting.end(connection.sizes.down)
        abandonHoles(connection, fromClient: true)
        abandonHoles(connection, fromClient: false)
        frames.settle(connection)
        log.publish(connection)
    }

    /// What is missing will not come any more.
    private func abandonHoles(_ connection: Connection, fromClient: Bool) {
        while fromClient ? connection.client.stream.isHolding : connection.broker.stream.isHolding {
            if fromClient {
                connection.client.stream.abandonHole()
            } else {
                connection.broker.stream.abandonHole()
            }
            drain(connection, fromClient: fromClient)
        }
    }

    private func feed(_ connection: Connection, _ bytes: UnsafeRawBufferPointer, fromClient: Bool, timeNs: Int64) {
        if let secure = connection.secure {
            feedSecure(connection, secure, bytes, fromClient: fromClient, timeNs: timeNs)
        } else {
            feedContent(connection, bytes, fromClient: fromClient, timeNs: timeNs)
        }
    }

    func feedContent(
        _ connection: Connection, _ bytes: UnsafeRawBufferPointer, fromClient: Bool, timeNs: Int64
    ) {
        if fromClient {
            connection.requests.feed(bytes, timeNs: timeNs)
            frames.afterRequests(connection)
        } else {
            connection.responses.rawTokensAllowed = connection.rawTokensAllowed
            connection.responses.feed(bytes, timeNs: timeNs) { correlationID, isAligned in
                interest(connection, correlationID, isAligned: isAligned)
            }
            frames.afterResponses(connection)
        }
    }

    private func miss(_ connection: Connection, _ count: Int, fromClient: Bool, timeNs: Int64?) {
        if let secure = connection.secure {
            secure.miss(count, fromClient: fromClient)
            settle(connection, secure)
        } else {
            missContent(connection, count, fromClient: fromClient, timeNs: timeNs)
        }
    }

    func missContent(_ connection: Connection, _ count: Int, fromClient: Bool, timeNs: Int64?) {
        if fromClient {
            connection.requests.missing(count, timeNs: timeNs)
            frames.afterRequests(connection)
        } else {
            connection.responses.missing(count, timeNs: timeNs)
            frames.afterResponses(connection)
        }
    }

    private func interest(
        _ connection: Connection, _ correlationID: Int32, isAligned: Bool
    ) -> ResponseScanner.Interest {
        let interest = connection.interest(correlationID)
        guard interest == .unknown, connection.client.stream.isHolding,
            isAligned || connection.client.stream.isAcknowledgedPastHole
        else { return interest }
        // The broker has read a request that is incomplete here: its missing bytes will not come any more.
        abandonHoles(connection, fromClient: true)
        return connection.interest(correlationID)
    }

    /// Where a stretch is missing, so that a judge can ask whether a fault took it.
    private func noteMissing(_ connection: Connection, _ count: Int, fromClient: Bool) {
        let stream = fromClient ? connection.client.stream : connection.broker.stream
        guard tally.counts.missing?.count ?? 0 < WireEvidence.Capture.mostMissing,
            let sequence = stream.sequence(at: stream.next - Int64(count))
        else { return }
        tally.counts.missing =
            (tally.counts.missing ?? []) + [
                WireEvidence.MissingStretch(
                    connection: WireAnalysis.text(connection.summary.client) + ">"
                        + WireAnalysis.text(connection.summary.broker),
                    direction: fromClient ? .clientToBroker : .brokerToClient, sequence: sequence, lengthBytes: count,
                    isReceived: !isClosing || stream.isAcknowledgedPastHole)
            ]
    }

    @inline(__always)
    private func noteSize(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool, timeNs: Int64) {
        if fromClient {
            guard let start = connection.client.stream.position(of: segment.sequence) else { return }
            connection.client.waiting.sent(start, segment.payloadLength, timeNs, connection.sizes.up)
        } else {
            guard let start = connection.broker.stream.position(of: segment.sequence) else { return }
            connection.broker.waiting.sent(start, segment.payloadLength, timeNs, connection.sizes.down)
        }
    }

    // MARK: Repeats and acknowledgements

    private func noteRepeat(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool) {
        tally.counts.retransmittedSegments += 1
        let timeNs = connection.summary.lastNs
        let stream = fromClient ? connection.client.stream : connection.broker.stream
        guard let start = stream.position(of: segment.sequence) else { return }
        let end = start + Int64(segment.payloadLength)
        let flag: ObservedAttempt.Flags = fromClient ? .requestAcknowledged : .answerAcknowledged
        let half = fromClient ? connection.client : connection.broker
        for message in half.acknowledged + half.unacknowledged where message.start < end && message.end > start {
            log.addRepeat(message, flag)
            log.watch?.note(fromClient ? .requestRepeated : .answerRepeated, message, timeNs)
        }
        let present = fromClient ? connection.requests.frameStart : connection.responses.frameStart
        guard end > present else { return }
        if fromClient, connection.client.earlyRepeats.count < 256 {
            connection.client.earlyRepeats.append(start...end - 1)
        } else if !fromClient, connection.broker.earlyRepeats.count < 256 {
            connection.broker.earlyRepeats.append(start...end - 1)
        }
    }

    /// One side acknowledged what the other had sent.
    func acknowledge(_ connection: Connection, by fromClient: Bool, _ sequence: UInt32, _ timeNs: Int64) {
        if fromClient {
            if let position = connection.broker.stream.position(of: sequence) {
                connection.broker.waiting.acknowledge(position, timeNs, connection.sizes.down)
            }
            acknowledge(&connection.broker, sequence, timeNs, .answerAcknowledged)
        } else {
            if let position = connection.client.stream.position(of: sequence) {
                connection.client.waiting.acknowledge(position, timeNs, connection.sizes.up)
            }
            acknowledge(&connection.client, sequence, timeNs, .requestAcknowledged)
        }
    }

    private func acknowledge(
        _ half: inout Connection.Half, _ sequence: UInt32, _ timeNs: Int64, _ flag: ObservedAttempt.Flags
    ) {
        half.stream.acknowledged(sequence, timeNs: timeNs)
        guard let position = half.stream.position(of: sequence) else { return }
        half.acknowledgedTo = max(half.acknowledgedTo, position)
        guard let first = half.unacknowledged.first, first.end <= position else { return }
        var done = 0
        while done < half.unacknowledged.count, half.unacknowledged[done].end <= position {
            let message = half.unacknowledged[done]
            log.watch?.note(flag == .requestAcknowledged ? .requestAcknowledged : .answerAcknowledged, message, timeNs)
            log.acknowledge(message, flag)
            done += 1
        }
        if half.acknowledged.count > 64 { half.acknowledged.removeFirst(32) }
        half.acknowledged += half.unacknowledged.prefix(min(done, 32))
        half.unacknowledged.removeFirst(done)
    }
}

extension StreamStage {
    /// Keeps a message until the receiver has acknowledged it, so that repeats of its segments are counted for it.
    static func track(
        _ message: Connection.Message, in half: inout Connection.Half, _ flag: ObservedAttempt.Flags,
        _ log: ObservationLog
    ) {
        for range in half.earlyRepeats where range.lowerBound < message.end && range.upperBound >= message.start {
            log.addRepeat(message, flag)
        }
        half.earlyRepeats.removeAll { $0.upperBound < message.end }
        guard message.end > half.acknowledgedTo else {
            // It was read late, behind a hole.
            log.acknowledge(message, flag)
            return
        }
        half.unacknowledged.append(message)
        if half.unacknowledged.count > maximumUnacknowledged { half.unacknowledged.removeFirst() }
    }
}
