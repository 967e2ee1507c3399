import KafkaWire

/// Whether bytes can be a request in every part that is there: for finding the way into a connection whose beginning was
/// not captured. The header alone does not tell, since the bytes of an answer can look like one.
enum RequestShape {
    /// The highest version of an api that is told from chance; unreleased ones have a margin.
    private static func highestVersion(_ api: APIKey) -> Int16 {
        switch api {
        case .produce: ProduceRequest.versions.upperBound
        case .fetch: 20
        case .metadata, .listOffsets, .offsetCommit, .offsetFetch, .joinGroup: 14
        case .saslHandshake: 1
        default: 9
        }
    }

    /// A known api in a version that it can have, a client id of printable characters, and for Produce what follows.
    static func isRequest(_ bytes: UnsafeRawBufferPointer, _ head: RequestScanner.Head) -> Bool {
        let api = APIKey(rawValue: head.apiKey)
        guard api.isKnown, head.version <= highestVersion(api), head.clientIDLength <= 256, head.correlationID >= 0
        else { return false }
        let length = max(head.clientIDLength, 0)
        let text = bytes.dropFirst(RequestScanner.headerSize).prefix(length)
        guard text.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return false }
        guard text.count == length else { return bytes.count < 64 }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[(RequestScanner.headerSize + length)...])
        return api != .produce || isProduce(rest, version: head.version)
    }

    /// Acks of -1, 0 or 1 and a timeout above 0, as far as the bytes go (KIP-98, KIP-482).
    private static func isProduce(_ bytes: UnsafeRawBufferPointer, version: Int16) -> Bool {
        var cursor = FieldCursor(bytes)
        let isFlexible = version >= 9
        if isFlexible, !cursor.tags() { return true }
        if version >= 3, cursor.string(compact: isFlexible) == nil { return true }
        guard let acks = cursor.integer(Int16.self) else { return true }
        guard (-1...1).contains(acks) else { return false }
        guard let timeout = cursor.integer(Int32.self) else { return true }
        guard timeout > 0 else { return false }
        guard let topics = cursor.length(compact: isFlexible, short: false) else { return true }
        return (1...100_000).contains(topics)
    }
}
