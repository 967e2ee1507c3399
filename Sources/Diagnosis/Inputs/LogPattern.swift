/// A text of a log and the sign that it is.
struct LogPattern: Sendable {
    /// What stands in the line.
    var text: String
    /// What it means.
    var sign: Sign
    /// The client that writes it; nil where several do.
    var client: ClientFamily?
    /// The word after this text is noted, for example a partition or a host.
    var name: String?
    /// The number after this text is noted, for example milliseconds.
    var number: String?

    init(_ text: String, _ sign: Sign, name: String? = nil, number: String? = nil) {
        self.text = text
        self.sign = sign
        self.name = name
        self.number = number
    }

    /// Every pattern of every client and of brokers.
    static let all: [LogPattern] =
        of(.kafkaClients, kafkaClients) + of(.librdkafka, librdkafka) + of(.kafkaPython, kafkaPython)
        + of(.aiokafka, aiokafka) + of(.sarama, sarama) + of(nil, python) + of(nil, application) + of(nil, brokers)

    private static func of(_ client: ClientFamily?, _ patterns: [LogPattern]) -> [LogPattern] {
        patterns.map { pattern in
            var pattern = pattern
            pattern.client = client
            return pattern
        }
    }
}
