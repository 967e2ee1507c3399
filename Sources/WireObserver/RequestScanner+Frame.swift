import KafkaWire

extension RequestScanner {
    /// The smallest header: length, api key, version, correlation id, length of the client id.
    static let headerSize = 14

    /// What the first bytes of a request say.
    struct Head {
        var size: Int
        var apiKey: Int16
        var version: Int16
        var correlationID: Int32
        var clientIDLength: Int
    }

    /// The header at the start of `bytes` when it can be a request's; nil when it cannot or is not all there.
    static func head(_ bytes: UnsafeRawBufferPointer) -> Head? {
        guard bytes.count >= headerSize else { return nil }
        let size = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: Int32.self)))
        let api = Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: Int16.self))
        let version = Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: Int16.self))
        let correlation = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
        let client = Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int16.self)))
        guard (10...maximumFrame).contains(size), (0..<128).contains(api), (0..<40).contains(version),
            client >= -1, client <= size - 10
        else { return nil }
        return Head(
            size: size, apiKey: api, version: version, correlationID: correlation, clientIDLength: client)
    }

    /// True when `bytes` begin with what can hardly be anything but a request: for finding the way into a connection.
    static func looksLikeRequest(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let head = head(bytes) else { return false }
        return RequestShape.isRequest(bytes, head)
    }

    mutating func frameHeader(_ window: UnsafeRawBufferPointer) -> Step {
        guard window.count >= Self.headerSize else { return .more }
        guard let head = Self.head(window) else { return rawToken(window) }
        let clientID = max(head.clientIDLength, 0)
        let isFlexible = APIKey(rawValue: head.apiKey).isFlexible(head.version)
        begin(head)
        if self.clientID == nil, clientID <= 1024, window.count >= Self.headerSize + clientID {
            let name = UnsafeRawBufferPointer(rebasing: window[Self.headerSize..<Self.headerSize + clientID])
            self.clientID = String(decoding: name, as: UTF8.self)
        }
        if head.apiKey == APIKey.produce.rawValue, ProduceRequest.versions.contains(head.version) {
            // The tagged fields of the header are left to the preamble.
            guard 4 + head.size >= Self.headerSize + clientID + (isFlexible ? 1 : 0) else {
                state = .rest
                skip = frameRemaining - Self.headerSize
                return .took(Self.headerSize)
            }
            state = .preamble
            skip = clientID
            return .took(Self.headerSize)
        }
        if !APIKey(rawValue: head.apiKey).isKnown || head.apiKey == 0 { unknownRequests += 1 }
        rawTokensAllowed = head.apiKey == APIKey.saslHandshake.rawValue && head.version == 0
        current.isWhole = head.apiKey != 0
        if TransactionCall.isKept(head.apiKey, head.version), 4 + head.size > Self.headerSize + clientID,
            head.size <= TransactionCall.longestRequest
        {
            state = .kept
            skip = clientID
            return .took(Self.headerSize)
        }
        state = .rest
        skip = frameRemaining - Self.headerSize
        return .took(Self.headerSize)
    }

    private mutating func begin(_ head: Head) {
        isSynchronised = true
        current = Request(
            apiKey: head.apiKey, version: head.version, correlationID: head.correlationID, start: position)
        current.firstEntry = entries.count
        frameRemaining = 4 + head.size
        remaining.topics = 0
        remaining.partitions = 0
        remaining.records = 0
    }

    /// After SaslHandshake v0, tokens go by with a length and no header (before KIP-152).
    private mutating func rawToken(_ window: UnsafeRawBufferPointer) -> Step {
        let size = Int(Int32(bigEndian: window.loadUnaligned(fromByteOffset: 0, as: Int32.self)))
        guard rawTokensAllowed, (0...65_536).contains(size) else { return .wrong }
        skip = size
        return .took(4)
    }

    mutating func search(_ window: UnsafeRawBufferPointer) -> Step {
        var offset = 0
        while window.count - offset >= Self.headerSize {
            // Every request has a size below 2^29 and an api key below 128: two bytes rule out almost every offset.
            if window[offset] < 0x20, window[offset + 4] == 0,
                Self.looksLikeRequest(UnsafeRawBufferPointer(rebasing: window[offset...]))
            {
                state = .frame
                return .took(offset)
            }
            offset += 1
        }
        return .took(window.count)
    }

    mutating func bodyStep(_ window: UnsafeRawBufferPointer) -> Step {
        var cursor = FieldCursor(window)
        let isFlexible = current.version >= 9
        switch state {
        case .preamble: return preamble(&cursor, isFlexible)
        case .topic: return topic(&cursor, isFlexible)
        case .partition: return partition(&cursor, isFlexible)
        case .records: return batchHeader(window)
        case .kept:
            guard window.count >= frameRemaining else { return .more }
            current.body = Array(window)
            return .took(frameRemaining)
        case .partitionEnd:
            if isFlexible, !cursor.tags() { return .more }
            remaining.partitions -= 1
            state = remaining.partitions > 0 ? .partition : .topicEnd
            return .took(cursor.position)
        case .topicEnd:
            if isFlexible, !cursor.tags() { return .more }
            remaining.topics -= 1
            if remaining.topics > 0 {
                state = .topic
                return .took(cursor.position)
            }
            // Tagged fields of the request itself.
            state = .rest
            skip = frameRemaining - cursor.position
            return .took(cursor.position)
        case .frame, .searching, .rest: return .wrong
        }
    }

    private mutating func preamble(_ cursor: inout FieldCursor, _ isFlexible: Bool) -> Step {
        if isFlexible, !cursor.tags() { return .more }
        if current.version >= 3 {
            guard let id = cursor.string(compact: isFlexible) else { return .more }
            current.isTransactional = id != nil
        }
        guard let acks = cursor.integer(Int16.self), cursor.integer(Int32.self) != nil,
            let count = cursor.length(compact: isFlexible, short: false)
        else { return .more }
        guard count >= 0, count <= frameRemaining else { return .wrong }
        current.acks = acks
        remaining.topics = count
        return next(count > 0 ? .topic : .rest, cursor)
    }

    private mutating func topic(_ cursor: inout FieldCursor, _ isFlexible: Bool) -> Step {
        var id = KafkaUUID.zero
        var name: UnsafeRawBufferPointer?
        if current.version >= 13 {
            guard let high = cursor.integer(UInt64.self), let low = cursor.integer(UInt64.self) else { return .more }
            id = KafkaUUID(high: high, low: low)
        } else {
            guard let field = cursor.string(compact: isFlexible) else { return .more }
            guard let field else { return .wrong }
            name = field
        }
        guard let count = cursor.length(compact: isFlexible, short: false) else { return .more }
        guard count >= 0, count <= frameRemaining else { return .wrong }
        currentTopic = name.map { topics.index(name: $0) } ?? topics.index(id: id)
        remaining.partitions = count
        return next(count > 0 ? .partition : .topicEnd, cursor)
    }

    private mutating func partition(_ cursor: inout FieldCursor, _ isFlexible: Bool) -> Step {
        guard let index = cursor.integer(Int32.self),
            let length = cursor.length(compact: isFlexible, short: false)
        else { return .more }
        guard length <= frameRemaining - cursor.position else { return .wrong }
        entries.append(Entry(topic: currentTopic, partition: index))
        remaining.records = max(length, 0)
        return next(remaining.records > 0 ? .records : .partitionEnd, cursor)
    }

    /// Goes to `next`; a request that has nothing more is passed over to its end.
    private mutating func next(_ next: State, _ cursor: FieldCursor) -> Step {
        state = next
        if next == .rest { skip = frameRemaining - cursor.position }
        return .took(cursor.position)
    }
}
