/// What the record of one point of a sweep says in numbers: windows for the objective, the wire for the limits.
/// `observation.json` of the point's directory.
public struct PointObservation: Codable, Sendable, Equatable {
    /// The windows, in time order.
    public var windows: [Window] = []
    /// Acknowledged records per second over all windows.
    public var throughputRecordsPerS: Double?
    /// From the time a record was due to its acknowledgement, over the records of all windows; nil percentiles were never
    /// reached because records were not acknowledged.
    public var latencyMs = Latency()
    /// From the send call to the acknowledgement, for comparison.
    public var latencyFromSendMs = Latency()
    /// How much later than due the client took a record: 99th percentile.
    public var handoverLatenessP99Ms: Double?
    /// Records of the windows that were due but neither acknowledged nor failed at the end of the cell.
    public var unacknowledged = 0
    /// The most records that were handed over and not yet acknowledged.
    public var outstandingMax = 0
    /// What the captures show of the windows.
    public var wire: Wire?
    /// What the link's fault log shows of the windows; nil without a rate limit.
    public var link: LinkLoad?
    /// 99th percentile of the link emulator's own lateness.
    public var linkLatenessP99Us: Int64?

    /// Nothing was observed yet.
    public init() {}

    /// One window.
    public struct Window: Codable, Sendable, Equatable {
        /// Begin, milliseconds after the begin of the load.
        public var atMs: Double
        /// Acknowledged records per second.
        public var throughputRecordsPerS: Double
        /// From due to acknowledgement, of the records that were due in the window.
        public var latencyMs: Latency

        /// A window.
        public init(atMs: Double, throughputRecordsPerS: Double, latencyMs: Latency) {
            self.atMs = atMs
            self.throughputRecordsPerS = throughputRecordsPerS
            self.latencyMs = latencyMs
        }

        enum CodingKeys: String, CodingKey {
            case atMs = "at_ms"
            case throughputRecordsPerS = "throughput_records_per_s"
            case latencyMs = "latency_ms"
        }
    }

    /// Percentiles in milliseconds. A record that was never acknowledged counts as later than all others, so a nil
    /// means: not reached.
    public struct Latency: Codable, Sendable, Equatable {
        /// Median.
        public var p50: Double?
        /// 99th percentile.
        public var p99: Double?
        /// The largest.
        public var max: Double?

        /// Percentiles; without arguments none.
        public init(p50: Double? = nil, p99: Double? = nil, max: Double? = nil) {
            self.p50 = p50
            self.p99 = p99
            self.max = max
        }
    }

    /// Produce requests of the windows, as the captures show them.
    public struct Wire: Codable, Sendable, Equatable {
        /// Requests.
        public var requests = 0
        /// Mean records of a request.
        public var recordsPerRequest = 0.0
        /// Records of a large request: 95th percentile.
        public var largeRequestRecords = 0.0
        /// Mean bytes of the record batches of a request.
        public var bytesPerRequest = 0.0
        /// Connections that carried requests.
        public var connections = 0
        /// Requests between client and answer on the busiest connection: mean over time.
        public var inFlightMean = 0.0
        /// The most at once.
        public var inFlightMax = 0
        /// Request left client to answer reached client: mean, milliseconds.
        public var roundTripMs = 0.0
        /// Way there and back without the broker: the shortest that is common (5th percentile), milliseconds.
        public var baseTransitMs = 0.0
        /// The same: mean.
        public var transitMs = 0.0
        /// Request reached broker to answer left broker: mean, milliseconds.
        public var brokerMs = 0.0
        /// Share of the time in which a broker had a request and its answer had not left.
        public var brokerBusyShare = 0.0
        /// TCP segments with data that were sent again, as a share of the packets of the client.
        public var retransmissionShare = 0.0
        /// Packets from the client that did not arrive, as a share.
        public var lossShare = 0.0
        /// Requests with a retransmission, as a share.
        public var retransmittedRequestShare = 0.0
        /// Bytes of IP packets for one record on the way to the broker, headers included; computed from the sizes.
        public var wireBytesPerRecord = 0.0
        /// Bytes of the busiest connection that were under way without an acknowledgement: the most of a twentieth of a
        /// second, of most of them (median); nil where no capture shows it.
        public var unacknowledgedBytes: Int?

        /// No requests.
        public init() {}

        enum CodingKeys: String, CodingKey {
            case requests
            case recordsPerRequest = "records_per_request"
            case largeRequestRecords = "large_request_records"
            case bytesPerRequest = "bytes_per_request"
            case connections
            case inFlightMean = "in_flight_mean"
            case inFlightMax = "in_flight_max"
            case roundTripMs = "round_trip_ms"
            case baseTransitMs = "base_transit_ms"
            case transitMs = "transit_ms"
            case brokerMs = "broker_ms"
            case brokerBusyShare = "broker_busy_share"
            case retransmissionShare = "retransmission_share"
            case lossShare = "loss_share"
            case retransmittedRequestShare = "retransmitted_request_share"
            case wireBytesPerRecord = "wire_bytes_per_record"
            case unacknowledgedBytes = "unacknowledged_bytes"
        }
    }

    /// A rate limit in the direction where it was busier.
    public struct LinkLoad: Codable, Sendable, Equatable {
        /// Share of the time in which a packet waited for or used the bottleneck.
        public var busyShare: Double
        /// Bits per second that left it while it was busy.
        public var drainBitsPerS: Double
        /// Mean time of a packet in it, milliseconds.
        public var heldMs: Double
        /// Packets that found the queue full.
        public var dropped: Int
        /// The direction.
        public var direction: Direction

        /// A load.
        public init(busyShare: Double, drainBitsPerS: Double, heldMs: Double, dropped: Int, direction: Direction) {
            self.busyShare = busyShare
            self.drainBitsPerS = drainBitsPerS
            self.heldMs = heldMs
            self.dropped = dropped
            self.direction = direction
        }

        enum CodingKeys: String, CodingKey {
            case busyShare = "busy_share"
            case drainBitsPerS = "drain_bit_per_s"
            case heldMs = "held_ms"
            case dropped = "dropped_packets"
            case direction
        }
    }

    enum CodingKeys: String, CodingKey {
        case windows
        case throughputRecordsPerS = "throughput_records_per_s"
        case latencyMs = "latency_ms"
        case latencyFromSendMs = "latency_from_send_ms"
        case handoverLatenessP99Ms = "handover_lateness_p99_ms"
        case unacknowledged
        case outstandingMax = "outstanding_max"
        case wire, link
        case linkLatenessP99Us = "link_lateness_p99_us"
    }
}
