import KafkaWire

/// What the names of a case stand for in one run of it.
struct TransactionNames {
    let topic: String
    /// Ids of producers by letter.
    private(set) var producers: [String: Int64] = ["U": 987_654_321_012]
    private var letters: [Int64: String] = [987_654_321_012: "U"]
    private var firstEpochs: [Int64: Int64] = [:]
    /// Member ids by name.
    var members: [String: String] = [:]

    init(topic: String) { self.topic = topic }

    /// The transactional id, or the group, of a name.
    func id(_ name: String) -> String { name.isEmpty ? "" : "\(topic)-\(name)" }

    /// The topic of a name; nil for the case's own.
    func topic(_ name: String?) -> String { name.map { "\(topic)-\($0 == "?" ? "nowhere" : $0)" } ?? topic }

    /// A partition: a number, or a topic's name and a number.
    func partition(_ value: JSONValue) -> (topic: String, index: Int32) {
        if let index = value.int { return (topic, Int32(index)) }
        let parts = value.elements
        return (topic(parts.first?.string), Int32(parts.last?.int ?? 0))
    }

    /// A partition of an answer as the case writes it.
    func name(_ topicName: String, _ index: Int32) -> JSONValue {
        if topicName == "__consumer_offsets" { return .text("offsets") }
        if topicName == topic { return .number(Int64(index)) }
        let short = topicName.hasPrefix(topic + "-") ? String(topicName.dropFirst(topic.count + 1)) : topicName
        return .list([.text(short == "nowhere" ? "?" : short), .number(Int64(index))])
    }

    /// The id of a letter, or of a number; -1 for none.
    func producerID(_ value: JSONValue?) throws -> Int64 {
        guard let value, value != .null else { return -1 }
        if let number = value.int { return number }
        guard let letter = value.string, let id = producers[letter] else {
            throw ConformanceError(description: "producer \(value) has not come in an answer yet")
        }
        return id
    }

    /// The epoch on the wire of one that counts from a producer's first.
    func epoch(_ value: JSONValue?, of id: Int64) -> Int16 {
        guard let epoch = value?.int else { return -1 }
        return Int16(truncatingIfNeeded: epoch < 0 ? epoch : epoch + (firstEpochs[id] ?? 0))
    }

    /// Notes an id that an answer gave out; the first time it gets the next letter.
    mutating func bind(_ id: Int64, epoch: Int16) {
        guard id >= 0, letters[id] == nil else { return }
        let number = producers.count - 1
        let letter = number < 20 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number))) : "producer \(number)"
        producers[letter] = id
        letters[id] = letter
        firstEpochs[id] = Int64(epoch)
    }

    /// An id as the case writes it.
    func letter(_ id: Int64) -> JSONValue { letters[id].map { .text($0) } ?? .number(id) }

    /// An epoch as the case writes it.
    func told(_ epoch: Int64, of id: Int64) -> JSONValue {
        .number(epoch < 0 ? epoch : epoch - (firstEpochs[id] ?? 0))
    }
}
