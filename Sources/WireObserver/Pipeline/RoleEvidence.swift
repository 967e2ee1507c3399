import PacketWire

/// What is known about the ends of a connection whose handshake was not captured: which one is the client.
///
/// No single packet proves it, since the bytes of an answer can look like a request. What proves it is a request whose
/// correlation id an answer from the other end repeats; until then the connection's first packets are held.
final class RoleEvidence {
    /// A segment that waits for the decision.
    struct Held {
        var segment: CapturedSegment
        var payload: [UInt8]
        /// The sender under the connection's own addresses.
        var sender: ObservedConnection.Endpoint
        var timeNs: Int64
        var interface: Int64
    }

    /// One end, taken for the client.
    private struct Hypothesis {
        /// Correlation ids of the latest requests, should these be requests.
        var asked: [Int32] = []
        /// Frames that look like requests in all their parts.
        var requests = 0
        /// Requests that the other end answered.
        var answered = 0

        var score: Int { min(requests, 4) + 4 * min(answered, 10) }
    }

    private static let mostAsked = 64
    private static let mostFrames = 16
    /// Answered requests that prove a client, where nothing speaks for the other end.
    private static let proof = 2
    /// The difference of scores that decides before the last held packet.
    private static let clearLead = 8

    private(set) var held: [Held] = []
    private(set) var heldBytes = 0
    /// The end that was taken for the client by its port, then the other.
    private var first = Hypothesis()
    private var second = Hypothesis()
    private var secured = 0
    /// Which end sent a ClientHello of TLS: the first one; nil where none was seen.
    private(set) var helloIsFirst: Bool?
    /// The decision: the end that was taken for the client by its port is it.
    var clientIsFirst = true
    private var payloads = 0

    /// Keeps a segment until the decision.
    func hold(
        _ segment: CapturedSegment, from sender: ObservedConnection.Endpoint, timeNs: Int64, _ interface: Int64
    ) {
        var kept = segment
        kept.payload = UnsafeRawBufferPointer(start: nil, count: 0)
        kept.network = UnsafeRawBufferPointer(start: nil, count: 0)
        held.append(
            Held(
                segment: kept, payload: Array(segment.payload), sender: sender, timeNs: timeNs, interface: interface))
        heldBytes += segment.payload.count + 128
    }

    /// Hands over what was held.
    func release() -> [Held] {
        defer {
            held = []
            heldBytes = 0
        }
        return held
    }

    /// Reads the frames at the beginning of a segment as requests and as answers.
    ///
    /// - Parameter isFirst: sent by the end that was taken for the client by its port.
    func note(_ payload: UnsafeRawBufferPointer, isFirst: Bool) {
        payloads += 1
        if Self.looksLikeTLS(payload) {
            secured += 1
            if helloIsFirst == nil, payload[0] == 0x16, payload.count >= 6, payload[5] == 1 { helloIsFirst = isFirst }
        }
        var offset = 0
        var frames = 0
        while payload.count - offset >= 8, frames < Self.mostFrames {
            let rest = UnsafeRawBufferPointer(rebasing: payload[offset...])
            let size = Int(Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 0, as: Int32.self)))
            guard size >= 4, size <= RequestScanner.maximumFrame else { return }
            let correlationID = Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 4, as: Int32.self))
            if isFirst {
                Self.note(&first, &second, rest, correlationID)
            } else {
                Self.note(&second, &first, rest, correlationID)
            }
            offset += 4 + size
            frames += 1
        }
    }

    private static func note(
        _ sender: inout Hypothesis, _ receiver: inout Hypothesis, _ frame: UnsafeRawBufferPointer,
        _ correlationID: Int32
    ) {
        if let place = receiver.asked.firstIndex(of: correlationID) {
            receiver.answered += 1
            receiver.asked.remove(at: place)
        }
        guard let head = RequestScanner.head(frame), RequestShape.isRequest(frame, head) else { return }
        sender.requests += 1
        sender.asked.append(head.correlationID)
        if sender.asked.count > mostAsked { sender.asked.removeFirst() }
    }

    /// True where the frames prove an end: the first when `prior` is above 0 and all else equal.
    ///
    /// - Parameter prior: what ports and other connections say, above 0 for the first end.
    func isDecided(prior: Int) -> Bool {
        let (mine, theirs) = (first.answered, second.answered)
        if mine >= Self.proof && theirs == 0 || theirs >= Self.proof && mine == 0 { return true }
        return abs(lead(prior)) >= Self.clearLead
    }

    /// Above 0 for the end that was taken for the client by its port.
    func lead(_ prior: Int) -> Int { first.score - second.score + prior }

    /// True once the requests of one end were answered by the other.
    func isProven(first isFirst: Bool) -> Bool { (isFirst ? first : second).answered >= Self.proof }

    /// True when the frames contradict the decision that was made.
    func isContradicted(first isFirst: Bool) -> Bool {
        let (mine, theirs) = isFirst ? (first, second) : (second, first)
        return mine.answered == 0 && theirs.answered >= Self.proof
    }

    /// Records of TLS in most of the segments: nothing in them can be read.
    var isSecured: Bool { secured >= 3 && secured * 2 > payloads && first.answered + second.answered == 0 }

    /// A TLS record header (RFC 8446, 5.1): type 20 to 23, version 3.x, at most 2^14 + 2048 bytes.
    private static func looksLikeTLS(_ payload: UnsafeRawBufferPointer) -> Bool {
        guard payload.count >= 5, (20...23).contains(payload[0]), payload[1] == 3, payload[2] <= 4 else { return false }
        return Int(payload[3]) << 8 | Int(payload[4]) <= 16_384 + 2048
    }
}
