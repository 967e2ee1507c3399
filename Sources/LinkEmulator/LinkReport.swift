import EvidenceModel

/// The link's own account of a run.
///
/// Every packet has exactly one fate: `packetsIn + packetsDuplicated + packetsMade` equals
/// `packetsForwarded + packetsDropped + packetsHeld`.
public struct LinkReport: Sendable, Equatable, Codable {
    /// Counts of one broker node and direction.
    public struct Path: Sendable, Equatable, Codable {
        /// Broker node, from 1; 0 for packets that are of no node and direction, such as malformed ones.
        public var node: Int
        /// The direction.
        public var direction: Direction
        /// Packets that came in.
        public var packetsIn: UInt64 = 0
        /// Bytes of these packets.
        public var bytesIn: UInt64 = 0
        /// Packets that left, copies and resets included.
        public var packetsForwarded: UInt64 = 0
        /// Bytes of these packets.
        public var bytesForwarded: UInt64 = 0
        /// Packets that were lost, by a fault or by a rule.
        public var packetsDropped: UInt64 = 0
        /// Copies made by `duplicate`.
        public var packetsDuplicated: UInt64 = 0
        /// Packets made by the link: resets, and parts of packets that were cut at a message.
        public var packetsMade: UInt64 = 0

        init(node: Int, direction: Direction) {
            self.node = node
            self.direction = direction
        }
    }

    /// How late packets left, against the time that their fate said.
    public struct Lateness: Sendable, Equatable, Codable {
        /// Packets measured.
        public var packets: UInt64 = 0
        /// Median, microseconds.
        public var p50Us: Double = 0
        /// 99th percentile, microseconds.
        public var p99Us: Double = 0
        /// 99.9th percentile, microseconds.
        public var p999Us: Double = 0
        /// The latest, microseconds.
        public var maxUs: Double = 0
    }

    /// One entry for each node and direction.
    public var paths: [Path] = []
    /// Packets that the link still held when it stopped.
    public var packetsHeld: UInt64 = 0
    /// Of packets that were held for a time: from that time until they were written to the device.
    public var lateness = Lateness()
    /// Of the link's own timer, which tells how starved of processor time it was even where nothing was held.
    /// Counted from time zero on, where there is one.
    public var wakeUpLateness = Lateness()
    /// Entries of the fault log.
    public var faultLogEntries: UInt64 = 0
    /// Entries that were lost because the writer could not keep up.
    public var faultLogLostEntries: UInt64 = 0
    /// errno of the fault log's file; 0 for none.
    public var faultLogError: Int32 = 0
    /// Packet buffers that were neither free nor held at the end: always 0, or the link has a bug.
    public var slotsLeaked: Int = 0
    /// The most packets that were held at once.
    public var slotsPeak: Int = 0
    /// Processor time of the packet thread.
    public var processorTimeUs: Int64 = 0
    /// From start to stop.
    public var elapsedUs: Int64 = 0
    /// Packets by rule: see docs/link.md.
    public var counters = Counters()

    /// Packets that a rule and not a fault decided on, and what the trigger parser met.
    public struct Counters: Sendable, Equatable, Codable {
        /// Dropped: not a packet that `IPv4Packet` accepts.
        public var malformed: UInt64 = 0
        /// Dropped: IP version 6.
        public var ipv6: UInt64 = 0
        /// Dropped: longer than the MTU.
        public var oversize: UInt64 = 0
        /// Dropped: no port has the destination address.
        public var unroutable: UInt64 = 0
        /// Dropped: `packetLimit` was reached.
        public var overflow: UInt64 = 0
        /// Dropped: the device refused the write.
        public var writeFailures: UInt64 = 0
        /// The errno of the last write that a device refused.
        public var lastWriteError: Int32 = 0
        /// Treated as packets without ports: parts of fragmented packets.
        public var fragments: UInt64 = 0
        /// Treated as packets without connections: not TCP.
        public var nonTCP: UInt64 = 0
        /// TCP packets whose header does not fit its packet; forwarded, never matched.
        public var malformedTCP: UInt64 = 0
        /// Connections that were watched for messages.
        public var connections: UInt64 = 0
        /// Directions of connections whose messages could not be followed while a fault still looked for some: begun
        /// before the link, a hole in the stream, or not Kafka (an encrypted connection is not, to the link).
        public var opaqueConnections: UInt64 = 0
        /// Connections whose state was dropped because the table was full.
        public var evictedConnections: UInt64 = 0
        /// Requests seen.
        public var requests: UInt64 = 0
        /// Responses seen.
        public var responses: UInt64 = 0
        /// Responses to requests that were not seen.
        public var unmatchedResponses: UInt64 = 0
        /// Messages that a trigger had to look into and that could not be read to their end.
        public var unreadMessages: UInt64 = 0
        /// Messages that a trigger acted on.
        public var triggers: UInt64 = 0
        /// Actions that found the table of message rules full.
        public var rulesOverflow: UInt64 = 0
        /// Connections reset.
        public var resets: UInt64 = 0

        init() {}
    }

    init() {}

    /// Packets that came in, of all paths.
    public var packetsIn: UInt64 { paths.reduce(0) { $0 + $1.packetsIn } }
    /// Packets that left, of all paths.
    public var packetsForwarded: UInt64 { paths.reduce(0) { $0 + $1.packetsForwarded } }
    /// Packets that were lost, of all paths.
    public var packetsDropped: UInt64 { paths.reduce(0) { $0 + $1.packetsDropped } }
    /// Copies, of all paths.
    public var packetsDuplicated: UInt64 { paths.reduce(0) { $0 + $1.packetsDuplicated } }
    /// Packets made by the link, of all paths.
    public var packetsMade: UInt64 { paths.reduce(0) { $0 + $1.packetsMade } }

    /// The values of the history's `link-ended` event: everything that was counted. What each one means to a judge is
    /// said by `RecordedCounter`.
    public var historyValues: [String: Int64] {
        let fates: [String: UInt64] = [
            "packets_in": packetsIn, "packets_forwarded": packetsForwarded, "packets_dropped": packetsDropped,
            "packets_duplicated": packetsDuplicated, "packets_made": packetsMade, "packets_held": packetsHeld,
            "fault_log_entries": faultLogEntries, "fault_log_lost_entries": faultLogLostEntries,
            "overflow_packets": counters.overflow, "write_failures": counters.writeFailures,
            "malformed_packets": counters.malformed, "oversize_packets": counters.oversize,
            "unroutable_packets": counters.unroutable, "ipv6_packets": counters.ipv6,
            "non_tcp_packets": counters.nonTCP, "fragments": counters.fragments,
            "malformed_tcp_packets": counters.malformedTCP, "connections": counters.connections,
            "opaque_connections": counters.opaqueConnections, "evicted_connections": counters.evictedConnections,
            "requests": counters.requests, "responses": counters.responses,
            "unmatched_responses": counters.unmatchedResponses, "unread_messages": counters.unreadMessages,
            "triggers": counters.triggers, "rules_overflow": counters.rulesOverflow, "resets": counters.resets,
        ]
        let others: [String: Int64] = [
            "lateness_p50_us": Int64(lateness.p50Us.rounded()), "lateness_p99_us": Int64(lateness.p99Us.rounded()),
            "lateness_max_us": Int64(lateness.maxUs.rounded()),
            "wake_up_lateness_p99_us": Int64(wakeUpLateness.p99Us.rounded()), "processor_time_us": processorTimeUs,
            "elapsed_us": elapsedUs, "fault_log_errno": Int64(faultLogError), "slots_leaked": Int64(slotsLeaked),
            "slots_peak": Int64(slotsPeak), "last_write_errno": Int64(counters.lastWriteError),
        ]
        return fates.mapValues { Int64(clamping: $0) }.merging(others) { first, _ in first }
    }
}
