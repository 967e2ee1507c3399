/// The client libraries that inputs are told apart by.
public enum ClientFamily: String, Sendable, CaseIterable {
    /// Apache Kafka's Java client, and what is built on it (Spring, Quarkus, Connect).
    case kafkaClients = "kafka-clients"
    /// librdkafka and its bindings: confluent-kafka of Python, Go and .NET, kcat, node-rdkafka.
    case librdkafka
    /// kafka-python.
    case kafkaPython = "kafka-python"
    /// aiokafka.
    case aiokafka
    /// Sarama of Go.
    case sarama

    /// True for the clients whose settings are Python keyword arguments.
    var isPython: Bool { self == .kafkaPython || self == .aiokafka }
}

/// A release number such as 2.16.1; compared number by number, missing ones are zero.
public struct ReleaseNumber: Sendable, Comparable, Hashable, CustomStringConvertible {
    /// The numbers, major first.
    public let numbers: [Int]

    /// A release of these numbers.
    public init(_ numbers: Int...) { self.numbers = numbers }

    /// Reads `2.16.1`; nil for what does not begin with two numbers joined by a dot.
    public init?(_ text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false).prefix(4) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count < 5, let number = Int(digits) else { break }
            numbers.append(number)
            if digits.count != part.count { break }
        }
        guard numbers.count >= 2 else { return nil }
        self.numbers = numbers
    }

    /// Compared as numbers: 2.9 is before 2.16.
    public static func < (a: ReleaseNumber, b: ReleaseNumber) -> Bool {
        for index in 0..<max(a.numbers.count, b.numbers.count) {
            let (x, y) = (a.at(index), b.at(index))
            if x != y { return x < y }
        }
        return false
    }

    /// Equal where every number is, missing ones being zero.
    public static func == (a: ReleaseNumber, b: ReleaseNumber) -> Bool { !(a < b) && !(b < a) }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        var end = numbers.count
        while end > 0, numbers[end - 1] == 0 { end -= 1 }
        for number in numbers[..<end] { hasher.combine(number) }
    }

    /// As it is written.
    public var description: String { numbers.map(String.init).joined(separator: ".") }

    private func at(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
}
