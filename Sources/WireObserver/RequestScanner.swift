import KafkaWire

/// Reads the requests of one connection from its byte stream, keeping headers and passing over record data.
///
/// A Produce request is read to the header of each batch; the records behind it are only counted, so that a large request
/// costs no memory and bytes that a capture lost or cut inside the records cost nothing. Versions 0 to 13 of Produce are
/// read whole; of other requests only the header is.
///
/// Panic contract: no input makes it trap; what cannot be is counted in ``undecodable`` and the scanner looks for the next
/// request.
struct RequestScanner {
    /// A request that has gone by.
    struct Request {
        var apiKey: Int16
        var version: Int16
        var correlationID: Int32
        /// Position of its first byte in the stream.
        var start: Int64
        /// Position behind its last byte.
        var end: Int64 = 0
        /// When its last byte was seen.
        var timeNs: Int64 = 0
        /// -1 until read: an answer is expected unless the request says otherwise.
        var acks: Int16 = -1
        var isTransactional = false
        /// False when a part was missing or could not be: some partitions may not be among the entries.
        var isWhole = true
        /// Its entries in ``entries``.
        var firstEntry = 0
        var entryCount = 0
        /// Header's tagged fields and body, of requests about transactions.
        var body: [UInt8] = []
    }

    /// One partition of a Produce request.
    struct Entry {
        var topic: Int32
        var partition: Int32
        var producerID: Int64 = -1
        var producerEpoch: Int16 = -1
        var baseSequence: Int32 = -1
        var lastSequence: Int32 = -1
        var recordCount: Int32 = 0
        /// Checksum and length of the records alone.
        var payload: UInt64 = 0
        /// Checksum and length of all that a retry repeats when there is no producer id.
        var identity: UInt64 = 0
        var baseTimestampMs: Int64 = -1
        var batches: Int32 = 0
        /// True when the batch header was seen whole.
        var isHeaderWhole = false
    }

    /// What was cut off or is missing, and matters.
    struct Hidden {
        /// Batches, or what tells their sequences.
        var any = false
        /// Batches, or their numbers of records.
        var counts = false
        /// The batch that is cut tells its number of records, and is the last of its partition.
        var isCountKnown = false
    }

    enum State {
        /// Not aligned: looking for something that can only be a request.
        case searching
        /// At the first byte of a request.
        case frame
        case preamble, topic, partition, records, partitionEnd, topicEnd
        /// Kept whole: a request about a transaction.
        case kept
        /// Nothing more of this request matters.
        case rest
    }

    /// What is still to come of a request.
    struct Remaining {
        var topics = 0
        var partitions = 0
        /// Bytes of the partition's records.
        var records = 0
    }

    enum Step {
        case took(Int)
        case more
        case wrong
    }

    /// The largest request taken for one. Brokers take 100 MB unless told otherwise (socket.request.max.bytes).
    static let maximumFrame = 512 << 20
    /// More than any field that is kept.
    private static let maximumPending = 70_000

    let topics: TopicTable
    var state = State.frame
    var current = Request(apiKey: 0, version: 0, correlationID: 0, start: 0)
    var frameRemaining = 0
    var skip = 0
    private var pending: [UInt8] = []
    private(set) var position: Int64 = 0
    /// What is still to come of the request.
    var remaining = Remaining()
    var currentTopic: Int32 = -1
    var rawTokensAllowed = false
    /// When the latest bytes went by.
    private(set) var timeNs: Int64 = 0
    /// Length of the last batch's records, and what moves a checksum on over so many bytes.
    var lastFactor: (length: Int, value: UInt32) = (-1, 0)

    /// Requests since the owner last emptied the list.
    var completed: [Request] = []
    /// Entries of the completed requests and of the present one.
    var entries: [Entry] = []
    /// True once a request was recognised.
    var isSynchronised = false
    /// What was missing since the owner last asked.
    var hidden = Hidden()
    /// Frames or stretches that were no request.
    var undecodable = 0
    /// Requests of apis or versions that are not known, headers read.
    var unknownRequests = 0
    /// The client's name, from the first request that shows it.
    var clientID: String?

    init(topics: TopicTable) { self.topics = topics }

    /// So many bytes of the stream are no content, such as the framing of TLS.
    mutating func pass(_ count: Int) { position += Int64(count) }

    /// First byte of the request that is being read, or of the next one.
    var frameStart: Int64 { state == .frame || state == .searching ? position : current.start }

    /// Removes what the owner has taken.
    mutating func clearCompleted() {
        completed.removeAll(keepingCapacity: true)
        let isBetween = state == .frame || state == .searching
        entries.removeFirst(isBetween ? entries.count : current.firstEntry)
        current.firstEntry = 0
    }

    /// So many bytes come before the first request.
    mutating func skip(_ count: Int) { skip = count }

    /// The stream begins in mid connection.
    mutating func startSearching() { state = .searching }

    /// Takes the next bytes of the stream.
    mutating func feed(_ chunk: UnsafeRawBufferPointer, timeNs: Int64) {
        note(timeNs)
        var offset = 0
        while true {
            if skip > 0 {
                let taken = min(skip, chunk.count - offset)
                offset += taken
                skip -= taken
                consume(taken)
                if skip > 0 { return }
            }
            if pending.isEmpty {
                guard offset < chunk.count else { return }
                let window = UnsafeRawBufferPointer(rebasing: chunk[offset...])
                switch advance(window) {
                case .took(let count):
                    offset += count
                    consume(count)
                case .more:
                    pending.append(contentsOf: window)
                    return
                case .wrong: recover()
                }
            } else {
                let taken = min(chunk.count - offset, 256)
                guard taken > 0 else { return }
                pending.append(contentsOf: chunk[offset..<offset + taken])
                offset += taken
                let available = pending.count
                let result = pending.withUnsafeBytes { advance($0) }
                switch result {
                case .took(let count) where available - count <= taken:
                    pending.removeAll(keepingCapacity: true)
                    // What was appended too much goes back.
                    offset -= available - count
                    consume(count)
                case .more where available <= Self.maximumPending: continue
                case .took, .more, .wrong:
                    pending.removeAll(keepingCapacity: true)
                    offset -= taken
                    consume(available - taken)
                    recover()
                }
            }
        }
    }

    /// The next `count` bytes of the stream never came or were cut off.
    ///
    /// - Parameter timeNs: when their packet went by; nil where no packet held them: then the request keeps the time of what
    ///   was seen of it.
    mutating func missing(_ count: Int, timeNs: Int64?) {
        if let timeNs { note(timeNs) }
        let inSkip = min(skip, count)
        skip -= inSkip
        consume(inSkip)
        let left = count - inSkip
        guard left > 0 else { return }
        hidden.isCountKnown = false
        if state != .frame, state != .searching, state != .rest { cutInside() }
        if mayHide(left) {
            hidden.any = true
            if !hidden.isCountKnown || remaining.topics > 1 || remaining.partitions > 1
                || left > frameRemaining - pending.count
            {
                hidden.counts = true
            }
        }
        let available = pending.count
        pending.removeAll(keepingCapacity: true)
        consume(available)
        guard state != .frame, state != .searching, left <= frameRemaining else {
            // A request whose end is lost takes its entries with it; those of completed ones stay.
            if state != .frame, state != .searching {
                entries.removeLast(max(entries.count - current.firstEntry, 0))
            }
            position += Int64(left)
            frameRemaining = 0
            state = .searching
            return
        }
        current.isWhole = false
        state = .rest
        skip = frameRemaining - left
        consume(left)
    }

    /// Whether what is missing can have held a batch, or what tells its sequences.
    private func mayHide(_ left: Int) -> Bool {
        switch state {
        case .frame, .searching: return true
        case .rest, .kept: return left > frameRemaining
        case .preamble, .topic, .partition: return true
        case .records, .partitionEnd, .topicEnd:
            let isWhole = entries.last?.isHeaderWhole ?? false
            return !isWhole || remaining.records > 0 || remaining.topics > 1 || remaining.partitions > 1
                || left > frameRemaining
        }
    }

    /// A request is there when the last of its packets is: a hole can be filled after what follows it came.
    private mutating func note(_ timeNs: Int64) {
        // A clock that was set back by more than packets can be swapped starts anew.
        self.timeNs = timeNs < self.timeNs - 1_000_000_000 ? timeNs : max(self.timeNs, timeNs)
    }

    /// A gap begins inside a field: takes what can be had from the bytes before it.
    private mutating func cutInside() {
        guard state == .records else { return }
        pending.withUnsafeBytes { cutBatchHeader($0) }
    }

    /// Moves on and ends the request when its last byte went by.
    private mutating func consume(_ count: Int) {
        position += Int64(count)
        guard state != .frame, state != .searching else { return }
        frameRemaining -= count
        if frameRemaining <= 0, skip == 0 { endFrame() }
    }

    private mutating func endFrame() {
        if state != .rest { current.isWhole = current.isWhole && isAtEndOfProduce }
        current.end = position
        current.timeNs = timeNs
        current.entryCount = entries.count - current.firstEntry
        completed.append(current)
        frameRemaining = 0
        state = .frame
    }

    /// The present request cannot be: its rest is passed over when its end is known.
    private mutating func recover() {
        undecodable += 1
        if state == .frame || state == .searching {
            state = .searching
            return
        }
        current.isWhole = false
        state = .rest
        skip = frameRemaining
        if frameRemaining == 0 { endFrame() }
    }

    private var isAtEndOfProduce: Bool {
        remaining.topics == 0 && remaining.partitions == 0 && remaining.records == 0
    }

    /// One step over `window`, which begins at the present position.
    private mutating func advance(_ window: UnsafeRawBufferPointer) -> Step {
        if state == .frame { return frameHeader(window) }
        if state == .searching { return search(window) }
        if frameRemaining == 0 { return .wrong }
        let isAll = window.count >= frameRemaining
        let limited = isAll ? UnsafeRawBufferPointer(rebasing: window[..<frameRemaining]) : window
        let step = bodyStep(limited)
        if case .more = step, isAll { return .wrong }
        return step
    }
}
