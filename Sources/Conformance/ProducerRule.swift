import KafkaWire

/// A rule of brokers for producers, as a group of cases tests it.
public struct ProducerRule: Sendable, Equatable {
    /// The group of the cases.
    public let group: String
    /// The rule, as a sentence.
    public let text: String

    private init(_ group: String, _ text: String) {
        self.group = group
        self.text = text
    }

    /// The rule of a group; a group of the user's own stands for itself.
    public static func of(_ group: String) -> ProducerRule {
        all.first { $0.group == group } ?? ProducerRule(group, "Cases of the group \(group).")
    }

    private static let all: [ProducerRule] = [
        .init("first", "The first batch of a producer is taken with any sequence, and its state begins there."),
        .init("order", "A batch must begin where the producer's last one ended; a gap is answered with 45."),
        .init(
            "duplicate", "A batch among the producer's last five is answered as the first time, and not written again."),
        .init("window", "Five batches of a producer are remembered, no more and no fewer."),
        .init("epoch", "A higher epoch begins anew at sequence 0; a lower one is fenced with 47."),
        .init("epochs", "Epochs of several producers and partitions do not disturb each other."),
        .init("interleave", "Producers and partitions keep sequences of their own."),
        .init("wrap", "After the sequence 2147483647 comes 0."),
        .init("refused", "A batch that is refused leaves the producer's state as it was."),
        .init("malformed", "What is no valid batch is refused by the right error, and nothing of it is written."),
        .init("wrong", "A batch that is wrong in itself is refused by the right error."),
        .init("oldmagic", "What the old formats were is refused, or taken where the release still takes it."),
        .init("acks", "acks decide what is answered and when: nothing for 0, the leader for 1, all in sync for all."),
        .init("plain", "Producers without idempotence are taken without any check of sequences."),
        .init("restart", "A broker that restarts knows its producers again."),
        .init("restarted", "A broker that restarts knows its producers again, as far as their last batches tell."),
        .init("nostate", "A producer that the broker does not know is taken or refused as the release does."),
        .init("gone", "A producer whose records are gone is still known, as long as the release keeps it."),
        .init("logstart", "DeleteRecords moves the log's start, and producers outlive their records."),
        .init("expiry", "A producer is forgotten after producer.id.expiration.ms, not before."),
        .init("expired", "A producer that was forgotten begins anew."),
        .init(
            "replication",
            "acks=all counts the replicas in sync: 19 and 20 where they are too few, 7 where they are late."),
        .init("failover", "A new leader knows the producers of the old one."),
        .init("outside", "What is asked outside Produce is answered as recorded."),
    ]
}

/// How an answer deviates from the rule, and what that does to a producer.
public enum Deviation: String, Sendable, Codable, CaseIterable {
    /// It refuses what it must take.
    case refusesGood = "refuses-good"
    /// It takes what it must refuse.
    case takesBad = "takes-bad"
    /// It refuses, by another error.
    case otherError = "other-error"
    /// It takes, and tells the producer something else of it.
    case otherAnswer = "other-answer"
    /// It closes the connection or does not answer.
    case silent
    /// Its log holds something else.
    case otherLog = "other-log"
    /// Something outside Produce, or the case could not be run at all.
    case other

    /// What it does to a producer, as a sentence.
    public var effect: String {
        switch self {
        case .refusesGood:
            "A record that should be delivered is not: the producer gives it up, and an idempotent one may stop for good."
        case .takesBad:
            "What a broker has to stop goes through: duplicates, gaps or damage come into the log, and nobody is told."
        case .otherError:
            "The producer acts on another error: it may retry what is hopeless, or give up what a retry would deliver."
        case .otherAnswer:
            "The record is delivered, and the producer is told a wrong offset, time or log start."
        case .silent:
            "The producer waits for its request timeout, connects anew and retries, as if the network were at fault."
        case .otherLog:
            "The log is not what was acknowledged: records are missing, twice, or consumers are told a wrong end."
        case .other: "Not on the way of a record: what depends on the answer behaves otherwise."
        }
    }

    /// The gravest deviation among the differences of a case.
    public static func of(_ differences: [Difference]) -> Deviation {
        let found = differences.map(of)
        let order: [Deviation] = [.takesBad, .otherLog, .refusesGood, .silent, .otherError, .otherAnswer, .other]
        return order.first { found.contains($0) } ?? .other
    }

    private static func of(_ difference: Difference) -> Deviation {
        if difference.place.hasPrefix("log") { return .otherLog }
        if difference.got.contains("connection closed") || difference.got.contains("no answer") { return .silent }
        guard difference.place.hasPrefix("step"), let wanted = code(difference.expected), let got = code(difference.got)
        else { return .other }
        switch (wanted, got) {
        case (0, 0): return .otherAnswer
        case (0, _): return .refusesGood
        case (_, 0): return .takesBad
        default: return wanted == got ? .otherAnswer : .otherError
        }
    }

    /// The first error code of `partition 0: NONE (0), …`.
    private static func code(_ text: String) -> Int? {
        text.firstMatch(of: #/: [A-Z_]+ \((-?\d+)\)/#).flatMap { Int($0.1) }
    }
}
