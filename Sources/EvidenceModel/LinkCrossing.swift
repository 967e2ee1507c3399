extension WireEvidence {
    /// What became of the packets of one direction of one broker's link, by comparing the captures at its two ends. It
    /// does not ask the link, so it can confirm or contradict what the link says of itself.
    public struct Crossing: Codable, Sendable, Equatable {
        /// Broker node, from 1.
        public var node: Int
        /// The direction.
        public var direction: Direction
        /// Packets seen at the sender's end.
        public var sent: Int
        /// Of these, how many were seen at the receiver's end.
        public var arrived: Int
        /// Packets seen at the receiver's end once more than they were sent.
        public var duplicated: Int
        /// Packets that arrived after one that was sent later.
        public var reordered: Int
        /// Packets at the receiver's end that nobody sent: resets and parts of packets that the link made.
        public var made: Int
        /// Packets that did not arrive, in time order; at most `lostLimit`.
        public var lost: [LostPacket]
        /// The same over time; slices without a packet are left out.
        public var slices: [Slice]

        /// How many lost packets are named.
        public static let lostLimit = 20_000
        /// Length of a slice.
        public static let sliceUs: Int64 = 50_000

        /// A direction in which nothing was sent yet.
        public init(node: Int, direction: Direction) {
            self.node = node
            self.direction = direction
            sent = 0
            arrived = 0
            duplicated = 0
            reordered = 0
            made = 0
            lost = []
            slices = []
        }
    }

    /// A packet that was sent and did not arrive.
    public struct LostPacket: Codable, Sendable, Equatable {
        /// When it was seen at the sender's end, microseconds since the epoch.
        public var timeUs: Int64
        /// `198.18.0.1:40000>198.18.1.1:9092`, in the direction of the packet.
        public var connection: String
        /// TCP sequence number.
        public var sequence: UInt32

        /// A packet by time, connection and sequence number.
        public init(timeUs: Int64, connection: String, sequence: UInt32) {
            self.timeUs = timeUs
            self.connection = connection
            self.sequence = sequence
        }

        enum CodingKeys: String, CodingKey {
            case timeUs = "time_us"
            case connection, sequence
        }
    }

    /// A twentieth of a second of a direction.
    public struct Slice: Codable, Sendable, Equatable {
        /// Begin, microseconds since the epoch.
        public var timeUs: Int64
        /// Packets seen at the sender's end.
        public var sent: Int
        /// Of these, how many arrived.
        public var arrived: Int
        /// One-way delays of those that arrived, ascending: all, or 21 that are evenly spread by rank.
        public var delaysUs: [Int64]
        /// The most bytes of one connection that had left its sender without an acknowledgement when one more packet
        /// left; nil where none was acknowledged yet, and in records that are older.
        public var unacknowledgedBytes: Int?

        /// A slice of a direction.
        public init(timeUs: Int64, sent: Int, arrived: Int, delaysUs: [Int64], unacknowledgedBytes: Int? = nil) {
            self.unacknowledgedBytes = unacknowledgedBytes
            self.timeUs = timeUs
            self.sent = sent
            self.arrived = arrived
            self.delaysUs = delaysUs
        }

        enum CodingKeys: String, CodingKey {
            case timeUs = "time_us"
            case sent, arrived
            case delaysUs = "delays_us"
            case unacknowledgedBytes = "unacknowledged_bytes"
        }
    }
}
