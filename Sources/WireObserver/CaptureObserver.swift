import EvidenceModel
import KafkaWire
import PacketWire

/// Follows the packets of one capture and notes every Produce attempt: the streaming part of the observer, the same for
/// files and for a capture that is running.
///
/// Memory: bounded for each connection (``StreamReassembler/Limits``), for the number of connections, and about 120 bytes
/// for each attempt, of which a live observer keeps only the latest.
final class CaptureObserver {
    /// How much is kept.
    enum Retention {
        /// Every attempt, for an analysis.
        case everything
        /// The latest attempts only, for counters.
        case recent(Int)
    }

    struct FlowKey: Hashable {
        var low: ObservedConnection.Endpoint
        var high: ObservedConnection.Endpoint

        /// One word for all: every packet of another connection than the last looks up its own.
        func hash(into hasher: inout Hasher) {
            var word = low.address.low &* 0x9e37_79b9_7f4a_7c15 ^ low.address.high
            word = (word ^ word >> 32) &* 0xff51_afd7_ed55_8ccd ^ high.address.low ^ high.address.high << 7
            hasher.combine(word ^ UInt64(low.port) << 48 ^ UInt64(high.port) << 24)
        }
    }

    /// A producer id that a broker gave out.
    struct ProducerGrant {
        var timeNs: Int64
        var connection: Int32
        var producerID: Int64
        var epoch: Int16
    }

    static let maximumConnections = 32_768

    let topics: TopicTable
    let retention: Retention
    let limits: StreamReassembler.Limits
    private var flows: [FlowKey: Connection] = [:]
    @exclusivity(unchecked) private var lastKey: FlowKey?
    @exclusivity(unchecked) private var lastConnection: Connection?

    // The compiler's checks for overlapping access cost a tenth of the time; nothing here re-enters.
    @exclusivity(unchecked) var counts: WireEvidence.Capture
    /// Broker node that the capture was taken at, from 1; 0 where unknown.
    var node = 0
    var droppedByKernel: UInt64 = 0
    @exclusivity(unchecked) var attempts = SegmentedArray<ObservedAttempt>()
    /// Attempts let go of: `attempts[i]` has the number `i + firstAttempt`.
    var firstAttempt = 0
    var connections: [ObservedConnection] = []
    var grants: [ProducerGrant] = []
    @exclusivity(unchecked) var sideEvidence = SideEvidence()
    @exclusivity(unchecked) var live = LiveCounters()
    var sequences = SequenceTracker()
    /// Notes what happens to some attempts, for a ladder.
    var watch: AttemptWatch?
    var tlsConnections = 0
    var firstTLS: (ObservedConnection.Endpoint, Int64)?
    var cutPackets = 0
    var fragments = 0
    var malformedPackets = 0
    var unsupportedPackets = 0
    /// Packets whose checksum was wrong at the end that received them.
    var rejectedPackets = 0
    private var hostChecksums = HostChecksums()
    var cutHeaders = 0
    var unmatchedResponses = 0
    /// Partition answers whose base offset no log can have, and the first of them with its time.
    var impossibleOffsets = 0
    var firstImpossibleOffset: (offset: Int64, timeNs: Int64)?
    var unknownRequests = 0
    var gapBytes: Int64 = 0
    /// True while a connection's streams are read to their end: what is missing then was never received.
    @exclusivity(unchecked) var isClosing = false
    /// Lengths of segments that get through, by the two hosts, the sender first.
    private var sizes: [SizesKey: SegmentSizes] = [:]

    private struct SizesKey: Hashable {
        var from: ObservedConnection.Endpoint
        var to: ObservedConnection.Endpoint
    }
    /// Partition answers with success, and with each error.
    @exclusivity(unchecked) var successes = 0
    var errors: [Int16: Int] = [:]
    /// Requests by api key (upper half) and version.
    @exclusivity(unchecked) var requestCounts: [Int32: Int] = [:]

    init(
        file: String, side: WireEvidence.Side, topics: TopicTable, retention: Retention = .everything,
        limits: StreamReassembler.Limits = .init()
    ) {
        counts = WireEvidence.Capture(file: file, side: side)
        self.topics = topics
        self.retention = retention
        self.limits = limits
    }

    /// Connections that are followed at present.
    var trackedConnections: Int { flows.count }

    /// Takes the next packet of the capture.
    func observe(_ packet: CapturedPacket) {
        counts.packets += 1
        let timeUs = packet.timeNs / 1000
        if counts.packets == 1 { counts.firstPacketUs = timeUs }
        if timeUs < counts.firstPacketUs { counts.firstPacketUs = timeUs }
        if timeUs > counts.lastPacketUs { counts.lastPacketUs = timeUs }
        if packet.bytes.count < packet.originalLength { cutPackets += 1 }
        switch CapturedSegment.decode(packet) {
        case .segment(let segment):
            if hostChecksums.rejects(packet, from: segment.source) {
                rejectedPackets += 1
            } else {
                observe(segment, timeNs: packet.timeNs)
            }
        case .notTCP: if !packet.linkType.isSupported { unsupportedPackets += 1 }
        case .fragment: fragments += 1
        case .malformed: malformedPackets += 1
        }
    }

    /// The capture has ended: what still waits for missing bytes is taken as it is.
    func finish() {
        for connection in flows.values { close(connection) }
        flows.removeAll()
        lastKey = nil
        lastConnection = nil
        counts.answers = Dictionary(uniqueKeysWithValues: errors.map { (String($0.key), $0.value) })
        if successes > 0 { counts.answers["0"] = successes }
        counts.requests = Dictionary(
            uniqueKeysWithValues: requestCounts.map { key, count in
                (APIKey(rawValue: Int16(key >> 16)).name + " v\(key & 0xffff)", count)
            })
    }

    // MARK: Connections

    private func observe(_ segment: CapturedSegment, timeNs: Int64) {
        let source = ObservedConnection.Endpoint(address: segment.source, port: segment.sourcePort)
        let destination = ObservedConnection.Endpoint(address: segment.destination, port: segment.destinationPort)
        let connection = connection(source, destination, segment, timeNs)
        connection.summary.lastNs = max(connection.summary.lastNs, timeNs)
        let fromClient = connection.summary.client == source
        if segment.isReset || segment.isFinish { noteClose(connection, segment, fromClient, timeNs) }
        guard connection.role != .other, connection.role != .tls else { return }
        sideEvidence.note(segment, connection, fromClient: fromClient, timeNs: timeNs)
        if segment.isSynchronise {
            open(connection, segment, fromClient)
            return
        }
        if segment.hasAcknowledgement, !segment.isReset {
            acknowledge(connection, by: fromClient, segment.acknowledgement, timeNs)
        }
        if segment.payloadLength > 0 {
            if connection.role == .unknown { identify(connection, segment, source) }
            guard connection.role != .other, connection.role != .tls else { return }
            receive(connection, segment, fromClient: connection.summary.client == source, timeNs: timeNs)
        } else if connection.client.stream.isHolding || connection.broker.stream.isHolding {
            drain(connection, fromClient: true)
            drain(connection, fromClient: false)
        }
    }

    private func connection(
        _ source: ObservedConnection.Endpoint, _ destination: ObservedConnection.Endpoint,
        _ segment: CapturedSegment, _ timeNs: Int64
    ) -> Connection {
        let isSourceLow =
            source.port != destination.port
            ? source.port < destination.port
            : (source.address.high, source.address.low) < (destination.address.high, destination.address.low)
        let key = isSourceLow ? FlowKey(low: source, high: destination) : FlowKey(low: destination, high: source)
        let isNewSYN = segment.isSynchronise && !segment.hasAcknowledgement
        if let lastConnection, key == lastKey, !isNewSYN { return lastConnection }
        if let known = flows[key] {
            // The same ports again: a SYN with another initial sequence number begins another connection.
            let isSameStart = known.summary.clientISN == segment.sequence
            if !isNewSYN || isSameStart {
                (lastKey, lastConnection) = (key, known)
                return known
            }
            close(known)
        }
        if flows.count >= Self.maximumConnections { evict(timeNs) }
        counts.connections += 1
        // The lower port serves, unless the handshake or the content says otherwise.
        let isSourceClient = segment.isSynchronise ? !segment.hasAcknowledgement : !isSourceLow
        let created = Connection(
            client: isSourceClient ? source : destination, broker: isSourceClient ? destination : source,
            timeNs: timeNs, sawStart: segment.isSynchronise, topics: topics, limits: limits)
        created.sizes = (
            sizes(created.summary.client, created.summary.broker), sizes(created.summary.broker, created.summary.client)
        )
        flows[key] = created
        (lastKey, lastConnection) = (key, created)
        return created
    }

    /// What is known of the way from one host to another; ports of one end only, since clients take a new one each time.
    private func sizes(
        _ from: ObservedConnection.Endpoint, _ to: ObservedConnection.Endpoint
    ) -> SegmentSizes {
        var key = SizesKey(from: from, to: to)
        if from.port > to.port { key.from.port = 0 } else { key.to.port = 0 }
        if let known = sizes[key] { return known }
        let made = SegmentSizes()
        if sizes.count < Self.maximumConnections { sizes[key] = made }
        return made
    }

    /// Ways on which long segments never got through while shorter ones did.
    var blackHoles: [(from: ObservedConnection.Endpoint, to: ObservedConnection.Endpoint, sizes: SegmentSizes)] {
        sizes.filter { $0.value.blackHole != nil }.map { ($0.key.from, $0.key.to, $0.value) }
            .sorted { ($0.sizes.stuck?.firstNs ?? 0) < ($1.sizes.stuck?.firstNs ?? 0) }
    }

    /// Makes room: closed connections first, then the half that was silent for longest.
    private func evict(_ nowNs: Int64) {
        lastKey = nil
        lastConnection = nil
        var victims = flows.filter { $0.value.summary.closedNs != nil }
        if victims.count < Self.maximumConnections / 4 {
            let times = flows.values.map { $0.summary.lastNs }.sorted()
            let median = times[times.count / 2]
            victims = flows.filter { $0.value.summary.lastNs <= median }
        }
        for (key, connection) in victims {
            close(connection)
            flows[key] = nil
        }
    }

    private func open(_ connection: Connection, _ segment: CapturedSegment, _ fromClient: Bool) {
        connection.sawStart = true
        if fromClient {
            connection.client.stream.open(sequence: segment.sequence)
            connection.summary.clientISN = segment.sequence
        } else {
            connection.broker.stream.open(sequence: segment.sequence)
            connection.summary.brokerISN = segment.sequence
            if segment.hasAcknowledgement {
                connection.client.stream.open(sequence: segment.acknowledgement &- 1)
                connection.summary.clientISN = segment.acknowledgement &- 1
            }
        }
        publish(connection)
    }

    private func noteClose(_ connection: Connection, _ segment: CapturedSegment, _ fromClient: Bool, _ timeNs: Int64) {
        if segment.isReset, connection.summary.resetByClientNs == nil, connection.summary.resetByBrokerNs == nil {
            counts.resets += 1
        }
        if fromClient {
            if segment.isReset { connection.summary.resetByClientNs = connection.summary.resetByClientNs ?? timeNs }
            connection.summary.closedByClientNs = connection.summary.closedByClientNs ?? timeNs
        } else {
            if segment.isReset { connection.summary.resetByBrokerNs = connection.summary.resetByBrokerNs ?? timeNs }
            connection.summary.closedByBrokerNs = connection.summary.closedByBrokerNs ?? timeNs
        }
        watch?.noteClose(connection.index, isReset: segment.isReset, fromClient: fromClient, timeNs)
        publish(connection)
    }

    /// Nothing more is awaited of this connection.
    private func close(_ connection: Connection) {
        guard connection.role == .kafka else { return }
        isClosing = true
        defer { isClosing = false }
        connection.client.waiting.end(connection.sizes.up)
        connection.broker.waiting.end(connection.sizes.down)
        for fromClient in [true, false] {
            while fromClient ? connection.client.stream.isHolding : connection.broker.stream.isHolding {
                if fromClient {
                    connection.client.stream.abandonHole()
                } else {
                    connection.broker.stream.abandonHole()
                }
                drain(connection, fromClient: fromClient)
            }
        }
        publish(connection)
    }

    /// Writes what is known about a Kafka connection to where the analysis reads it.
    func publish(_ connection: Connection) {
        guard connection.index >= 0 else { return }
        connections[Int(connection.index)] = connection.summary
    }

    // MARK: What it speaks

    /// Decides by the first bytes whether a connection speaks Kafka, and who is the client.
    private func identify(
        _ connection: Connection, _ segment: CapturedSegment, _ source: ObservedConnection.Endpoint
    ) {
        let payload = segment.payload
        let fromClient = connection.summary.client == source
        if payload.count >= 3, payload[0] == 0x16, payload[1] == 3, payload[2] <= 4 {
            connection.role = .tls
            tlsConnections += 1
            if firstTLS == nil { firstTLS = (connection.summary.broker, connection.summary.firstNs) }
            connection.shed(topics: topics)
            return
        }
        if connection.sawStart {
            // The client speaks first in Kafka: its first bytes are a request or it is something else.
            guard fromClient, connection.client.stream.next == 0 else { return }
            guard connection.client.stream.position(of: segment.sequence) == 0, payload.count >= 14 else { return }
            if RequestScanner.head(payload) == nil {
                connection.role = .other
                connection.shed(topics: topics)
                return
            }
            becomeKafka(connection)
            return
        }
        if RequestScanner.looksLikeRequest(payload) {
            if !fromClient { connection.swapEnds(topics: topics) }
            becomeKafka(connection)
            return
        }
        // In mid stream: the scanner looks further; give up when nothing is found for long.
        if connection.client.stream.next > Connection.searchLimit, !connection.requests.isSynchronised {
            connection.role = .other
            connection.shed(topics: topics)
        }
    }

    func becomeKafka(_ connection: Connection) {
        connection.role = .kafka
        guard connection.index < 0 else { return }
        connection.index = Int32(connections.count)
        connections.append(connection.summary)
    }
}
