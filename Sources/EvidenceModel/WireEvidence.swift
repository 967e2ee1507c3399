/// What the captures say, as `crosswind inspect --json` prints it.
public struct WireEvidence: Codable, Sendable, Equatable {
    /// One entry for each capture file.
    public var captures: [Capture]
    /// Batches in order of first appearance, each with every attempt to deliver it.
    public var batches: [Batch]
    /// What deserves a look: broken invariants, gaps, reuse, epoch bumps, opaque traffic.
    public var findings: [Finding]
    /// What became of each packet between the captures of both ends; nil where they were not compared.
    public var crossings: [Crossing]?

    /// Evidence; without arguments, none.
    public init(captures: [Capture] = [], batches: [Batch] = [], findings: [Finding] = []) {
        self.captures = captures
        self.batches = batches
        self.findings = findings
    }

    /// Which end of the link a capture was taken at.
    public enum Side: String, Codable, Sendable { case client, broker }

    /// Counts of one capture file.
    public struct Capture: Codable, Sendable, Equatable {
        /// File name.
        public var file: String
        /// The end of the link.
        public var side: Side
        /// Packets read.
        public var packets: Int
        /// TCP connections seen.
        public var connections: Int
        /// Produce requests decoded.
        public var produceRequests: Int
        /// Produce responses decoded.
        public var produceResponses: Int
        /// Requests of every api by name and version, for example `Metadata v12`; nil in records that are older.
        public var requests: [String: Int]?
        /// Partition answers by error code.
        public var answers: [String: Int]
        /// Partition answers that carry the fingerprint of a deduplication: success with a log append time.
        public var deduplicatedAnswers: Int
        /// Segments that repeated bytes already seen.
        public var retransmittedSegments: Int
        /// Connections ended by a reset.
        public var resets: Int
        /// Stream gaps that were skipped because their bytes never came.
        public var gaps: Int
        /// Where these stretches are, at most ``mostMissing`` of them; nil where there are none, and in records that are
        /// older.
        public var missing: [MissingStretch]?
        /// Frames that could not be decoded.
        public var undecodableFrames: Int
        /// Time of the first packet, microseconds since the epoch; 0 when empty.
        public var firstPacketUs: Int64
        /// Time of the last packet.
        public var lastPacketUs: Int64

        /// Stretches that are listed.
        public static let mostMissing = 1000

        /// A capture that has seen nothing yet.
        public init(file: String, side: Side) {
            self.file = file
            self.side = side
            packets = 0
            connections = 0
            produceRequests = 0
            produceResponses = 0
            answers = [:]
            deduplicatedAnswers = 0
            retransmittedSegments = 0
            resets = 0
            gaps = 0
            undecodableFrames = 0
            firstPacketUs = 0
            lastPacketUs = 0
        }

        enum CodingKeys: String, CodingKey {
            case file, side, packets, connections
            case produceRequests = "produce_requests"
            case produceResponses = "produce_responses"
            case requests, answers
            case deduplicatedAnswers = "deduplicated_answers"
            case retransmittedSegments = "retransmitted_segments"
            case resets, gaps, missing
            case undecodableFrames = "undecodable_frames"
            case firstPacketUs = "first_packet_us"
            case lastPacketUs = "last_packet_us"
        }
    }

    /// Bytes of a stream that a capture does not hold.
    public struct MissingStretch: Codable, Sendable, Equatable {
        /// `198.18.0.1:40000>198.18.1.1:9092`, client first.
        public var connection: String
        /// The direction in which they were sent.
        public var direction: Direction
        /// TCP sequence number of the first one.
        public var sequence: UInt32
        /// How many bytes.
        public var lengthBytes: Int
        /// True when the receiver acknowledged or used them: then the capture missed them, and nothing on the way took
        /// them.
        public var isReceived: Bool

        /// A stretch of `connection`.
        public init(
            connection: String, direction: Direction, sequence: UInt32, lengthBytes: Int, isReceived: Bool
        ) {
            self.connection = connection
            self.direction = direction
            self.sequence = sequence
            self.lengthBytes = lengthBytes
            self.isReceived = isReceived
        }

        enum CodingKeys: String, CodingKey {
            case connection, direction, sequence
            case lengthBytes = "length_bytes"
            case isReceived = "received"
        }
    }

    /// A batch: with a producer id the key is (producer id, epoch, topic, partition, base sequence); without one, the
    /// hash of its payload joins the attempts.
    public struct Batch: Codable, Sendable, Equatable {
        /// Names the batch in reports and for `inspect --batch`, for example `orders-0/1000.0/seq 15`.
        public var id: String
        /// Topic name, or the topic id as text where no metadata named it.
        public var topic: String
        /// Partition.
        public var partition: Int32
        /// Producer id, -1 for none; ``unknownProducer``, null in JSON, where the capture was cut before it.
        @UnknownAsNull public var producerID: Int64
        /// Producer epoch, -1 for none.
        public var producerEpoch: Int16
        /// First sequence number, -1 for none.
        public var baseSequence: Int32
        /// Last sequence number, -1 for none.
        public var lastSequence: Int32
        /// Number of records.
        public var recordCount: Int32
        /// Names the records of the first attempt, 16 hexadecimal digits: CRC-32C of the records section (8) and its
        /// length (8). It does not depend on producer id, epoch or sequence, so the same records under another epoch show.
        public var payloadHash: String
        /// The offset that the broker gave; nil when it never answered with one.
        public var baseOffset: Int64?
        /// True when an attempt was answered as a duplicate.
        public var deduplicated: Bool
        /// True when it was refused as too large and its records were sent again in smaller batches (KIP-126); nil
        /// otherwise.
        public var isSplit: Bool?
        /// Every attempt, in time order.
        public var attempts: [Attempt]

        /// Stands for a producer id that was not captured.
        public static let unknownProducer = UnknownAsNull.unknown

        /// A batch, by default without attempts.
        public init(
            id: String, topic: String, partition: Int32, producerID: Int64, producerEpoch: Int16, baseSequence: Int32,
            lastSequence: Int32, recordCount: Int32, payloadHash: String, baseOffset: Int64? = nil,
            deduplicated: Bool = false, attempts: [Attempt] = []
        ) {
            self.id = id
            self.topic = topic
            self.partition = partition
            self.producerID = producerID
            self.producerEpoch = producerEpoch
            self.baseSequence = baseSequence
            self.lastSequence = lastSequence
            self.recordCount = recordCount
            self.payloadHash = payloadHash
            self.baseOffset = baseOffset
            self.deduplicated = deduplicated
            self.attempts = attempts
        }

        enum CodingKeys: String, CodingKey {
            case id, topic, partition
            case producerID = "producer_id"
            case producerEpoch = "producer_epoch"
            case baseSequence = "base_sequence"
            case lastSequence = "last_sequence"
            case recordCount = "record_count"
            case payloadHash = "payload_hash"
            case baseOffset = "base_offset"
            case deduplicated
            case isSplit = "split"
            case attempts
        }
    }

    /// One Produce request's try at one batch, and what became of it.
    public struct Attempt: Codable, Sendable, Equatable {
        /// `198.18.0.1:40000>198.18.1.1:9092`, client first.
        public var connection: String
        /// Broker node, from 1, where the capture set tells; 0 otherwise.
        public var node: Int
        /// Correlation id of the request.
        public var correlationID: Int32
        /// Produce version.
        public var apiVersion: Int16
        /// `acks` of the request.
        public var acks: Int16
        /// The four times, microseconds since the epoch; nil where not seen. For a message of several segments the
        /// time is that of its last byte.
        public var requestLeftClientUs: Int64?
        /// The request's last byte reached the broker's interface.
        public var requestReachedBrokerUs: Int64?
        /// The answer's last byte left the broker's interface.
        public var ackLeftBrokerUs: Int64?
        /// The answer's last byte reached the client's interface.
        public var ackReachedClientUs: Int64?
        /// The partition's error code in the answer; nil without an answer.
        public var errorCode: Int16?
        /// Base offset in the answer; nil without one.
        public var baseOffset: Int64?
        /// True when the answer carries the fingerprint of a deduplication.
        public var deduplicated: Bool
        /// What became of it.
        public var fate: Fate
        /// Segments of the request that were sent again, as seen at the client.
        public var requestRetransmissions: Int
        /// Segments of the answer that were sent again, as seen at the broker.
        public var ackRetransmissions: Int
        /// The records of this attempt where they are not those of the batch's first attempt: a broken retry, which
        /// a broker does not notice.
        public var payloadHash: String?

        /// An attempt; what was not seen stays nil.
        public init(
            connection: String, node: Int = 0, correlationID: Int32, apiVersion: Int16, acks: Int16,
            requestLeftClientUs: Int64? = nil, requestReachedBrokerUs: Int64? = nil, ackLeftBrokerUs: Int64? = nil,
            ackReachedClientUs: Int64? = nil, errorCode: Int16? = nil, baseOffset: Int64? = nil,
            deduplicated: Bool = false, fate: Fate, requestRetransmissions: Int = 0, ackRetransmissions: Int = 0
        ) {
            self.connection = connection
            self.node = node
            self.correlationID = correlationID
            self.apiVersion = apiVersion
            self.acks = acks
            self.requestLeftClientUs = requestLeftClientUs
            self.requestReachedBrokerUs = requestReachedBrokerUs
            self.ackLeftBrokerUs = ackLeftBrokerUs
            self.ackReachedClientUs = ackReachedClientUs
            self.errorCode = errorCode
            self.baseOffset = baseOffset
            self.deduplicated = deduplicated
            self.fate = fate
            self.requestRetransmissions = requestRetransmissions
            self.ackRetransmissions = ackRetransmissions
        }

        enum CodingKeys: String, CodingKey {
            case connection, node
            case correlationID = "correlation_id"
            case apiVersion = "api_version"
            case acks
            case requestLeftClientUs = "request_left_client_us"
            case requestReachedBrokerUs = "request_reached_broker_us"
            case ackLeftBrokerUs = "ack_left_broker_us"
            case ackReachedClientUs = "ack_reached_client_us"
            case errorCode = "error_code"
            case baseOffset = "base_offset"
            case deduplicated, fate
            case requestRetransmissions = "request_retransmissions"
            case ackRetransmissions = "ack_retransmissions"
            case payloadHash = "payload_hash"
        }
    }

    /// What became of an attempt.
    public enum Fate: String, Codable, Sendable, CaseIterable {
        /// Answered, and the answer reached a client that still had the connection.
        case acknowledged
        /// Answered with an error code.
        case refused
        /// The request never reached the broker.
        case requestLost = "request_lost"
        /// The broker answered and the answer never reached the client.
        case ackLost = "ack_lost"
        /// The answer came after the client had closed the connection.
        case ackLate = "ack_late"
        /// The connection ended before an answer was seen, and no capture tells more.
        case connectionLost = "connection_lost"
        /// acks=0: no answer was asked for.
        case noAckAskedFor = "no_ack_asked_for"
        /// Still waiting when the capture ended.
        case openAtEnd = "open_at_end"
    }

    /// Something that a person should look at first.
    public struct Finding: Codable, Sendable, Equatable {
        /// A stable name, for example `sequence_gap`, `sequence_reuse`, `epoch_bump`, `opaque_traffic`.
        public var kind: String
        /// When, microseconds since the epoch.
        public var timeUs: Int64
        /// The batch concerned; nil where it is none.
        public var batch: String?
        /// One sentence.
        public var detail: String

        /// A finding about a moment and, where it concerns one, a batch.
        public init(kind: String, timeUs: Int64, batch: String? = nil, detail: String) {
            self.kind = kind
            self.timeUs = timeUs
            self.batch = batch
            self.detail = detail
        }

        enum CodingKeys: String, CodingKey {
            case kind
            case timeUs = "time_us"
            case batch, detail
        }
    }
}
