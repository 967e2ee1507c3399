import EvidenceModel
import PacketWire

/// The stage that knows which connection a segment belongs to, when connections begin and when they end.
final class ConnectionTable {
    /// The two ends of a connection in an order that does not depend on the direction of a packet.
    struct FlowKey: Hashable {
        var low: ObservedConnection.Endpoint
        var high: ObservedConnection.Endpoint

        /// The end with the lower port first; between equal ports the lower address.
        @inline(__always)
        init(_ a: ObservedConnection.Endpoint, _ b: ObservedConnection.Endpoint) {
            let isFirstLow =
                a.port != b.port
                ? a.port < b.port : (a.address.high, a.address.low) < (b.address.high, b.address.low)
            (low, high) = isFirstLow ? (a, b) : (b, a)
        }

        /// One word for all: every packet of another connection than the last looks up its own.
        func hash(into hasher: inout Hasher) {
            var word = low.address.low &* 0x9e37_79b9_7f4a_7c15 ^ low.address.high
            word = (word ^ word >> 32) &* 0xff51_afd7_ed55_8ccd ^ high.address.low ^ high.address.high << 7
            hasher.combine(word ^ UInt64(low.port) << 48 ^ UInt64(high.port) << 24)
        }
    }

    private struct SizesKey: Hashable {
        var from: ObservedConnection.Endpoint
        var to: ObservedConnection.Endpoint
    }

    static let maximumConnections = 32_768
    private static let mostStarts = 4096
    private static let mostTranslations = 8
    private static let closedNs: Int64 = 10_000_000_000
    private static let unheardNs: Int64 = 60_000_000_000
    /// Clients close what is idle for nine minutes (connections.max.idle.ms), brokers after ten.
    private static let idleNs: Int64 = 1_200_000_000_000
    /// How long after a packet its copy may be seen elsewhere.
    private static let copyNs: Int64 = 1_000_000_000

    private let tally: CaptureTally
    private let log: ObservationLog
    private let streams: StreamStage
    private let limits: StreamReassembler.Limits
    @exclusivity(unchecked) private var flows: [FlowKey: Connection] = [:]
    @exclusivity(unchecked) private var lastKey: FlowKey?
    @exclusivity(unchecked) private var lastConnection: Connection?
    /// Connections that began a moment ago, by the client's initial sequence number.
    private var starts: [UInt32: Connection] = [:]
    /// Lengths of segments that get through, by the two hosts, the sender first.
    private var sizes: [SizesKey: SegmentSizes] = [:]
    /// Asked to decide about the ends of a connection that is over before they were.
    var onUndecided: ((Connection) -> Void)?
    /// Told of every connection whose ends are known for good: when it is closed, or the capture is over.
    var onClose: ((FlowKey, ObservedConnection) -> Void)?

    init(tally: CaptureTally, log: ObservationLog, streams: StreamStage, limits: StreamReassembler.Limits) {
        self.tally = tally
        self.log = log
        self.streams = streams
        self.limits = limits
    }

    /// What went wrong below Kafka.
    private(set) var faults = ConnectionFaults()
    /// What its TCP was limited by.
    private(set) var flowFaults = FlowFaults()
    /// Its connections over TLS.
    private(set) var secured = SecureConnections()
    /// What was seen more than once.
    private(set) var copied = CopySummary()

    /// Connections that are followed at present, each once.
    var openConnections: [Connection] {
        flows.compactMap { key, connection in
            key == FlowKey(connection.summary.client, connection.summary.broker) ? connection : nil
        }
    }

    /// What TCP was limited by, those connections included that go on.
    var presentFlowFaults: FlowFaults {
        var faults = flowFaults
        for connection in openConnections { faults.note(connection) }
        return faults
    }

    /// A capture that goes on: connections that have ended, or of which nothing was heard for long, are let go of.
    func retire(nowNs: Int64) {
        for (key, connection) in flows where isOver(connection, nowNs) {
            close(key, connection)
            flows[key] = nil
            lastKey = nil
            lastConnection = nil
        }
        starts = starts.filter { nowNs - $0.value.summary.firstNs < Self.copyNs }
    }

    private func isOver(_ connection: Connection, _ nowNs: Int64) -> Bool {
        let summary = connection.summary
        let quietNs = nowNs - summary.lastNs
        if summary.closedNs != nil { return quietNs > Self.closedNs }
        // Nothing answers it, or it never began.
        if summary.unheard > 2 || summary.heardNs == 0 { return quietNs > Self.unheardNs }
        return quietNs > Self.idleNs
    }

    /// Connections that are followed at present.
    var count: Int { flows.count }

    /// The connection of a segment, made where there is none.
    func connection(
        _ source: ObservedConnection.Endpoint, _ destination: ObservedConnection.Endpoint,
        _ segment: CapturedSegment, _ timeNs: Int64
    ) -> Connection {
        let key = FlowKey(source, destination)
        let isNewSYN = segment.isSynchronise && !segment.hasAcknowledgement
        if let lastConnection, key == lastKey, !isNewSYN { return lastConnection }
        if let known = flows[key] {
            // The same ports again: a SYN with another initial sequence number begins another connection.
            let isSameStart = known.summary.clientISN == segment.sequence
            if !isNewSYN || isSameStart {
                (lastKey, lastConnection) = (key, known)
                return known
            }
            close(key, known)
        }
        if segment.isSynchronise, let original = original(key, segment, source, destination, timeNs) {
            (lastKey, lastConnection) = (key, original)
            return original
        }
        if flows.count >= Self.maximumConnections { evict() }
        tally.counts.connections += 1
        // The lower port serves, unless the handshake or the content says otherwise.
        let isSourceClient = segment.isSynchronise ? !segment.hasAcknowledgement : key.low != source
        let created = Connection(
            client: isSourceClient ? source : destination, broker: isSourceClient ? destination : source,
            timeNs: timeNs, sawStart: segment.isSynchronise, topics: log.topics, limits: limits)
        created.sizes = (
            sizes(created.summary.client, created.summary.broker), sizes(created.summary.broker, created.summary.client)
        )
        flows[key] = created
        if segment.isSynchronise { starts[Self.clientISN(segment)] = created }
        (lastKey, lastConnection) = (key, created)
        return created
    }

    private static func clientISN(_ segment: CapturedSegment) -> UInt32 {
        segment.hasAcknowledgement ? segment.acknowledgement &- 1 : segment.sequence
    }

    /// The connection that this SYN opens elsewhere in the capture, with an address that was translated: the same initial
    /// sequence number at the same time is no chance.
    private func original(
        _ key: FlowKey, _ segment: CapturedSegment, _ source: ObservedConnection.Endpoint,
        _ destination: ObservedConnection.Endpoint, _ timeNs: Int64
    ) -> Connection? {
        if starts.count >= Self.mostStarts {
            starts = starts.filter { timeNs - $0.value.summary.firstNs < Self.copyNs }
        }
        if starts.count >= Self.mostStarts { starts = [:] }
        guard let original = starts[Self.clientISN(segment)], abs(timeNs - original.summary.firstNs) < Self.copyNs,
            original.translations.count < Self.mostTranslations,
            Set([source.address, destination.address])
                != Set([original.summary.client.address, original.summary.broker.address])
        else { return nil }
        let isSourceClient = !segment.hasAcknowledgement
        original.translations.append(
            Connection.Translation(
                client: isSourceClient ? source : destination, broker: isSourceClient ? destination : source))
        flows[key] = original
        return original
    }

    /// A connection whose handshake was not captured turned out to be another one, seen with translated addresses.
    func merge(_ copy: Connection, into original: Connection, copyClientIsClient: Bool) {
        let (client, broker) = (copy.summary.client, copy.summary.broker)
        flows[FlowKey(client, broker)] = original
        tally.counts.connections -= 1
        lastKey = nil
        lastConnection = nil
        original.translations.append(
            copyClientIsClient
                ? Connection.Translation(client: client, broker: broker)
                : Connection.Translation(client: broker, broker: client))
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
    private func evict() {
        lastKey = nil
        lastConnection = nil
        var victims = flows.filter { $0.value.summary.closedNs != nil }
        if victims.count < Self.maximumConnections / 4 {
            let times = flows.values.map { $0.summary.lastNs }.sorted()
            let median = times[times.count / 2]
            victims = flows.filter { $0.value.summary.lastNs <= median }
        }
        for (key, connection) in victims {
            close(key, connection)
            flows[key] = nil
        }
    }

    /// A SYN or a SYN-ACK: where the streams begin.
    func open(_ connection: Connection, _ segment: CapturedSegment, _ fromClient: Bool) {
        connection.sawStart = true
        if fromClient {
            connection.summary.syns += 1
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
        log.publish(connection)
    }

    /// A FIN or a RST.
    func noteClose(_ connection: Connection, _ segment: CapturedSegment, _ fromClient: Bool, _ timeNs: Int64) {
        if segment.isReset, connection.summary.resetByClientNs == nil, connection.summary.resetByBrokerNs == nil {
            tally.counts.resets += 1
        }
        if fromClient {
            if segment.isReset { connection.summary.resetByClientNs = connection.summary.resetByClientNs ?? timeNs }
            connection.summary.closedByClientNs = connection.summary.closedByClientNs ?? timeNs
        } else {
            if segment.isReset { connection.summary.resetByBrokerNs = connection.summary.resetByBrokerNs ?? timeNs }
            connection.summary.closedByBrokerNs = connection.summary.closedByBrokerNs ?? timeNs
        }
        log.watch?.noteClose(connection.index, isReset: segment.isReset, fromClient: fromClient, timeNs)
        log.publish(connection)
    }

    /// Nothing more is awaited of this connection.
    private func close(_ key: FlowKey, _ connection: Connection) {
        if connection.role == .undecided { onUndecided?(connection) }
        streams.close(connection)
        if connection.copies != nil, key == FlowKey(connection.summary.client, connection.summary.broker) {
            copied.note(connection)
        }
        faults.note(connection)
        flowFaults.note(connection)
        secured.note(connection)
        if connection.translations.isEmpty { onClose?(key, connection.summary) }
    }

    /// The capture is over.
    func closeAll() {
        for (key, connection) in flows.sorted(by: { $0.value.summary.firstNs < $1.value.summary.firstNs }) {
            close(key, connection)
        }
        flows.removeAll()
        lastKey = nil
        lastConnection = nil
    }
}
