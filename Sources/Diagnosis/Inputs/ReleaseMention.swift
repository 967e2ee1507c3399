/// A release that a text mentions, and whose it is by the nearest word before it.
struct ReleaseMention: Equatable {
    var release: ReleaseNumber
    var client: ClientFamily?
    var isBroker: Bool

    private static let owners: [(word: String, client: ClientFamily?, isBroker: Bool)] = [
        ("librdkafka", .librdkafka, false), ("confluent-kafka", .librdkafka, false), ("rdkafka", .librdkafka, false),
        ("kcat", nil, false), ("kafka-clients", .kafkaClients, false), ("kafka client", .kafkaClients, false),
        ("kafka-python", .kafkaPython, false), ("aiokafka", .aiokafka, false), ("sarama", .sarama, false),
        ("python", nil, false), ("spring", nil, false), ("debian", nil, false), ("ubuntu", nil, false),
        ("java", nil, false), ("client", nil, false),
        ("broker", nil, true), ("cluster", nil, true), ("apache kafka", nil, true), ("kafka", nil, true),
        ("server", nil, true),
    ]

    /// Every release in the text, at most 8, in order.
    static func all(in text: String) -> [ReleaseMention] {
        let lower = LineText(String(text.prefix(4000)).lowercased())
        var mentions: [ReleaseMention] = []
        var at = 0
        while at < lower.bytes.count, mentions.count < 8 {
            guard LineText.isDigit(lower.bytes[at]) else {
                at += 1
                continue
            }
            var end = at
            while end < lower.bytes.count, LineText.isDigit(lower.bytes[end]) || lower.bytes[end] == 0x2E { end += 1 }
            let isPlain = at == 0 || !(lower.bytes[at - 1] == 0x2E || LineText.isDigit(lower.bytes[at - 1]))
            if isPlain, let mention = mention(lower, at, end) { mentions.append(mention) }
            at = end + 1
        }
        return mentions
    }

    private static func mention(_ text: LineText, _ start: Int, _ end: Int) -> ReleaseMention? {
        let word = String(decoding: text.bytes[start..<end], as: UTF8.self)
        guard let release = ReleaseNumber(word), release.numbers[0] < 10,
            release.numbers.count < 4
                || release.numbers[0] == 0
        else { return nil }
        let before = LineText(Array(text.bytes[max(0, start - 40)..<start]))
        var nearest: (at: Int, owner: Int)?
        for (index, owner) in owners.enumerated() {
            var from = 0
            while let found = before.find(owner.word, from: from) {
                let end = found + owner.word.utf8.count
                // Of two that end at one place the longer one says more: "kafka client", not "client".
                if nearest.map({ end > $0.at }) ?? true { nearest = (end, index) }
                from = found + 1
            }
        }
        guard let nearest else { return nil }
        let owner = owners[nearest.owner]
        guard owner.client != nil || owner.isBroker else {
            return owner.word == "client" ? ReleaseMention(release: release, client: nil, isBroker: false) : nil
        }
        return ReleaseMention(release: release, client: owner.client, isBroker: owner.isBroker)
    }
}
