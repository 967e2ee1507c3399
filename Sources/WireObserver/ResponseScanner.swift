import KafkaWire

/// Reads the responses of one connection from its byte stream.
///
/// A response names no api: its correlation id does, through the request it answers. Bodies are kept only for those that
/// the owner wants, up to a bound; all others are passed over.
///
/// Panic contract: no input makes it trap.
struct ResponseScanner {
    /// What to do with a response.
    enum Interest {
        /// Keep the body.
        case keep
        /// Pass it over.
        case pass
        /// No request is known that it could answer.
        case unknown
    }

    /// A response that has gone by.
    struct Response {
        var correlationID: Int32
        var start: Int64
        var end: Int64
        var timeNs: Int64
        /// What follows the correlation id, as far as it was there.
        var body: [UInt8]
        /// False when a part of the body is missing.
        var isWhole: Bool
        var isKnown: Bool
    }

    private enum State { case searching, frame, body, rest }

    private static let headSize = 8
    private static let maximumFrame = 512 << 20
    /// Bodies are kept up to here: a Metadata answer of a large cluster takes about a megabyte.
    private static let maximumBody = 8 << 20

    private var state = State.frame
    private var pending: [UInt8] = []
    private var body: [UInt8] = []
    private var correlationID: Int32 = 0
    private var isWhole = true
    private var isKnown = true
    private var frameRemaining = 0
    private var start: Int64 = 0
    private var timeNs: Int64 = 0
    private(set) var position: Int64 = 0

    /// Responses since the owner last emptied the list.
    var completed: [Response] = []
    private var hidden = false
    /// Stretches that were no response.
    var undecodable = 0
    /// SaslHandshake v0 was seen: tokens without a correlation id may follow.
    var rawTokensAllowed = false

    /// The stream begins in mid connection, or bytes are missing.
    mutating func startSearching() {
        state = .searching
        pending.removeAll(keepingCapacity: true)
    }

    /// True for a payload of whole responses, whose lengths lead from its first byte to behind its last.
    static func isAligned(_ payload: UnsafeRawBufferPointer, length: Int) -> Bool {
        var offset = 0
        while payload.count - offset >= headSize {
            let size = Int(Int32(bigEndian: payload.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            guard size >= 4, size <= length - offset - 4 else { return false }
            offset += 4 + size
            if offset == length { return true }
        }
        return false
    }

    /// Whether responses may have gone by unseen since this was last asked.
    mutating func takeHidden() -> Bool {
        defer { hidden = false }
        return hidden
    }

    /// Bytes held of the response that is being read.
    var keptBytes: Int { body.count }

    /// So many bytes of the stream are no content, such as the framing of TLS.
    mutating func pass(_ count: Int) { position += Int64(count) }

    /// First byte of the response that is being read, or of the next one.
    var frameStart: Int64 { state == .frame || state == .searching ? position : start }

    /// Takes the next bytes of the stream; `interest` tells what the response with this correlation id is. Its second
    /// argument is true for a response that stands where one must, false for a guess.
    mutating func feed(_ chunk: UnsafeRawBufferPointer, timeNs: Int64, interest: (Int32, Bool) -> Interest) {
        note(timeNs)
        var offset = 0
        while offset < chunk.count {
            let window = UnsafeRawBufferPointer(rebasing: chunk[offset...])
            switch state {
            case .searching: offset += search(window, interest)
            case .frame: offset += head(window, interest)
            case .body, .rest:
                let taken = min(window.count, frameRemaining)
                if state == .body { keep(UnsafeRawBufferPointer(rebasing: window[..<taken])) }
                offset += taken
                consume(taken)
            }
        }
    }

    /// The next `count` bytes never came or were cut off.
    mutating func missing(_ count: Int, timeNs: Int64?) {
        if let timeNs { note(timeNs) }
        position += Int64(pending.count)
        pending.removeAll(keepingCapacity: true)
        guard state == .body || state == .rest, count <= frameRemaining else {
            position += Int64(count)
            state = .searching
            hidden = true
            return
        }
        isWhole = false
        state = .rest
        consume(count)
    }

    private mutating func note(_ timeNs: Int64) {
        self.timeNs = timeNs < self.timeNs - 1_000_000_000 ? timeNs : max(self.timeNs, timeNs)
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        guard body.count + bytes.count <= Self.maximumBody else {
            isWhole = false
            state = .rest
            return
        }
        body.append(contentsOf: bytes)
    }

    private mutating func consume(_ count: Int) {
        position += Int64(count)
        frameRemaining -= count
        guard frameRemaining == 0 else { return }
        completed.append(
            Response(
                correlationID: correlationID, start: start, end: position, timeNs: timeNs, body: body,
                isWhole: isWhole, isKnown: isKnown))
        body = []
        state = .frame
    }

    /// The head of a response, which can be split between what is pending and `window`; returns bytes of `window` taken.
    private mutating func head(_ window: UnsafeRawBufferPointer, _ interest: (Int32, Bool) -> Interest) -> Int {
        if pending.isEmpty, window.count >= Self.headSize { return begin(window, interest) }
        let earlier = pending.count
        let taken = min(Self.headSize - earlier, window.count)
        pending.append(contentsOf: window[..<taken])
        guard pending.count == Self.headSize else { return taken }
        let head = pending
        pending.removeAll(keepingCapacity: true)
        let used = head.withUnsafeBytes { begin($0, interest) }
        if used < earlier, state == .searching { position += Int64(earlier) }
        if used < earlier { return 0 }
        return used - earlier
    }

    /// Begins a response; returns how many bytes that took, 0 when it can be none.
    private mutating func begin(_ bytes: UnsafeRawBufferPointer, _ interest: (Int32, Bool) -> Interest) -> Int {
        let size = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: Int32.self)))
        let correlation = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: Int32.self))
        if size == 0, rawTokensAllowed {
            position += 4
            return 4
        }
        let kind = interest(correlation, true)
        // A response that answers nothing known is believed only as long as little depends on it.
        let limit = kind == .unknown ? 16 << 20 : Self.maximumFrame
        guard size >= 4, size <= limit else {
            undecodable += 1
            state = .searching
            return 0
        }
        correlationID = correlation
        isWhole = true
        isKnown = kind != .unknown
        start = position
        frameRemaining = size - 4
        state = kind == .keep ? .body : .rest
        position += Int64(Self.headSize)
        if frameRemaining == 0 { consume(0) }
        return Self.headSize
    }

    /// Looks for a response to a known request; returns bytes passed over.
    private mutating func search(_ window: UnsafeRawBufferPointer, _ interest: (Int32, Bool) -> Interest) -> Int {
        var offset = 0
        while window.count - offset >= Self.headSize {
            let size = Int(Int32(bigEndian: window.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            if size >= 4, size <= Self.maximumFrame {
                let correlation = Int32(bigEndian: window.loadUnaligned(fromByteOffset: offset + 4, as: Int32.self))
                if interest(correlation, false) != .unknown {
                    state = .frame
                    position += Int64(offset)
                    return offset
                }
            }
            offset += 1
        }
        position += Int64(window.count)
        return window.count
    }
}
