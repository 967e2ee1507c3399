/// One line of `link.jsonl`: a packet or connection whose fate was not "forward at once", and why.
public struct FaultLogEntry: Codable, Sendable, Equatable {
    /// Microseconds since the Unix epoch at which the fate was decided.
    public var timeUs: Int64
    /// The fault that decided, `fault-N` of the cell's description.
    public var fault: String
    /// `drop`, `delay`, `duplicate`, `reorder`, `corrupt`, `queue` (held by a rate limit), `reset`, …
    public var fate: String
    /// The impairment or action that decided, for example `loss`, `partition`, `rate`, `message`.
    public var reason: String
    /// Broker node, from 1.
    public var node: Int
    /// The direction of the packet.
    public var direction: Direction
    /// Index of the packet among those of its node and direction, from 0. It is what the random streams count by.
    public var packetIndex: UInt64
    /// How long the packet was held by this fate; nil where it was not.
    public var delayUs: Int64?
    /// `198.18.0.1:40000>198.18.1.1:9092`, in the direction of the packet; nil where it is not TCP.
    public var connection: String?
    /// TCP sequence number of the packet.
    public var sequence: UInt32?
    /// Length of the IP packet in bytes.
    public var lengthBytes: Int
    /// The Kafka message that triggered it; nil for packet impairments.
    public var message: Message?

    /// A Kafka message named by a fault log entry.
    public struct Message: Codable, Sendable, Equatable {
        /// Kafka api name, for example `Produce`.
        public var api: String
        /// `request` or `response`.
        public var kind: String
        /// Correlation id of the message.
        public var correlationID: Int32

        /// A message by its api, kind and correlation id.
        public init(api: String, kind: String, correlationID: Int32) {
            self.api = api
            self.kind = kind
            self.correlationID = correlationID
        }

        enum CodingKeys: String, CodingKey {
            case api, kind
            case correlationID = "correlation_id"
        }
    }

    /// An entry; what a packet does not have stays nil.
    public init(
        timeUs: Int64, fault: String, fate: String, reason: String, node: Int, direction: Direction,
        packetIndex: UInt64, delayUs: Int64? = nil, connection: String? = nil, sequence: UInt32? = nil,
        lengthBytes: Int, message: Message? = nil
    ) {
        self.timeUs = timeUs
        self.fault = fault
        self.fate = fate
        self.reason = reason
        self.node = node
        self.direction = direction
        self.packetIndex = packetIndex
        self.delayUs = delayUs
        self.connection = connection
        self.sequence = sequence
        self.lengthBytes = lengthBytes
        self.message = message
    }

    enum CodingKeys: String, CodingKey {
        case timeUs = "time_us"
        case fault, fate, reason, node, direction
        case packetIndex = "packet_index"
        case delayUs = "delay_us"
        case connection, sequence
        case lengthBytes = "length_bytes"
        case message
    }
}

/// The two directions of the link.
public enum Direction: String, Codable, Sendable, CaseIterable {
    /// From the producer to a broker.
    case clientToBroker
    /// From a broker to the producer.
    case brokerToClient
}
