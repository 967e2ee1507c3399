import PacketWire
import TLSWire

/// The stage that decides what a connection speaks, and which end is the client.
///
/// A handshake proves the client. Where none was captured, the first segments are held until frames prove it
/// (``RoleEvidence``), with what ports and other connections say where they do not; a decision that later frames contradict
/// is revised.
final class RoleStage {
    private static let mostHeldSegments = 64
    private static let mostHeldBytes = 128 << 10
    /// Bytes held of all connections together.
    private static let mostHeldInAll = 16 << 20
    private static let mostEnds = 65_536
    private static let mostHeldKeys = 4096
    private static let copyNs: Int64 = 200_000_000

    private let log: ObservationLog
    /// Ends that were proven to be brokers.
    private(set) var brokers: Set<ObservedConnection.Endpoint> = []
    /// Connections without a handshake by each of their ends.
    private var uses: [ObservedConnection.Endpoint: Int] = [:]
    private var heldBytes = 0
    /// What connections began with instead of a request.
    private(set) var others = StrangeBeginnings()
    /// Held segments of a moment ago, to know copies by.
    private var held: [HeldKey: (connection: Connection, source: ObservedConnection.Endpoint, timeNs: Int64)] = [:]

    private let keys: KeyRing

    init(log: ObservationLog, keys: KeyRing) {
        self.log = log
        self.keys = keys
    }

    // MARK: Connections whose handshake was not captured

    /// Holds a segment of an undecided connection; true when the decision was made and what is held can be read.
    func hold(
        _ connection: Connection, _ segment: CapturedSegment, from source: ObservedConnection.Endpoint, timeNs: Int64,
        _ interface: Int64
    ) -> Bool {
        let evidence = connection.evidence ?? begin(connection)
        connection.summary.lastNs = max(connection.summary.lastNs, timeNs)
        let before = evidence.heldBytes
        evidence.hold(segment, from: source, timeNs: timeNs, interface)
        noteHeld(connection, segment, from: source, timeNs: timeNs)
        heldBytes += evidence.heldBytes - before
        if segment.isSynchronise {
            let client = segment.hasAcknowledgement ? connection.other(than: source) : source
            settle(connection, evidence, isFirst: client == connection.summary.client)
            connection.evidence = nil
            return true
        }
        if segment.payloadLength > 0 {
            evidence.note(segment.payload, isFirst: source == connection.summary.client)
        }
        guard
            evidence.isSecured || evidence.isDecided(prior: prior(connection))
                || evidence.held.count >= Self.mostHeldSegments || evidence.heldBytes >= Self.mostHeldBytes
                || heldBytes >= Self.mostHeldInAll
        else { return false }
        decide(connection)
        return true
    }

    /// What tells a held segment from others, whatever its addresses are.
    private struct HeldKey: Hashable {
        var sequence: UInt32
        var acknowledgement: UInt32
        var length: Int
    }

    /// The connection that an undecided one is a copy of, with translated addresses: the same numbers and length a moment ago.
    /// `isSameOrder` says that the ends which were taken for the clients by their ports are the same.
    func original(
        of connection: Connection, _ segment: CapturedSegment, from source: ObservedConnection.Endpoint, timeNs: Int64
    ) -> (connection: Connection, isSameOrder: Bool)? {
        guard segment.payloadLength > 1 else { return nil }
        let key = HeldKey(
            sequence: segment.sequence, acknowledgement: segment.acknowledgement, length: segment.payloadLength)
        guard let found = held[key], found.connection !== connection,
            Set([found.connection.summary.client.address, found.connection.summary.broker.address])
                != Set([connection.summary.client.address, connection.summary.broker.address]),
            abs(timeNs - found.timeNs) < Self.copyNs
        else {
            return nil
        }
        let wasFirst = found.source == found.connection.summary.client
        return (found.connection, wasFirst == (source == connection.summary.client))
    }

    private func noteHeld(
        _ connection: Connection, _ segment: CapturedSegment, from source: ObservedConnection.Endpoint, timeNs: Int64
    ) {
        guard segment.payloadLength > 1 else { return }
        if held.count >= Self.mostHeldKeys { held = held.filter { timeNs - $0.value.timeNs < Self.copyNs } }
        if held.count >= Self.mostHeldKeys { held = [:] }
        let key = HeldKey(
            sequence: segment.sequence, acknowledgement: segment.acknowledgement, length: segment.payloadLength)
        held[key] = (connection, source, timeNs)
    }

    private func begin(_ connection: Connection) -> RoleEvidence {
        let evidence = RoleEvidence()
        connection.evidence = evidence
        connection.heldBack = evidence
        if uses.count < Self.mostEnds {
            uses[connection.summary.client, default: 0] += 1
            uses[connection.summary.broker, default: 0] += 1
        }
        return evidence
    }

    /// Decides by what is there.
    func decide(_ connection: Connection) {
        guard connection.role == .undecided else { return }
        guard let evidence = connection.evidence else {
            connection.role = .unknown
            return
        }
        if evidence.isSecured {
            if evidence.helloIsFirst == false { connection.swapEnds(topics: log.topics) }
            becomeTLS(connection, withHello: evidence.helloIsFirst != nil)
            heldBytes -= evidence.heldBytes
            connection.evidence = nil
            return
        }
        settle(connection, evidence, isFirst: evidence.lead(prior(connection)) >= 0)
        if evidence.isProven(first: true) || evidence.isProven(first: false) { prove(connection) }
    }

    /// - Parameter isFirst: the end that was taken for the client is it.
    private func settle(_ connection: Connection, _ evidence: RoleEvidence, isFirst: Bool) {
        heldBytes -= evidence.heldBytes
        if !isFirst { connection.swapEnds(topics: log.topics) }
        evidence.clientIsFirst = isFirst
        connection.role = .unknown
    }

    private func prove(_ connection: Connection) {
        connection.evidence = nil
        if brokers.count < Self.mostEnds { brokers.insert(connection.summary.broker) }
    }

    /// Another segment of a connection whose ends are decided and not proven.
    func revise(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool) {
        guard let evidence = connection.evidence, segment.payloadLength > 0 else { return }
        evidence.note(segment.payload, isFirst: fromClient == evidence.clientIsFirst)
        if evidence.isContradicted(first: evidence.clientIsFirst) {
            connection.swapEnds(topics: log.topics)
            prove(connection)
        } else if evidence.isProven(first: evidence.clientIsFirst) {
            prove(connection)
        }
    }

    /// What speaks for the end that has the higher port as the client, above 0, or against it, apart from its frames.
    private func prior(_ connection: Connection) -> Int {
        let (client, broker) = (connection.summary.client, connection.summary.broker)
        let known = (brokers.contains(broker) ? 6 : 0) - (brokers.contains(client) ? 6 : 0)
        if known != 0 { return known }
        var prior = (Self.isUsual(broker.port) ? 2 : 0) - (Self.isUsual(client.port) ? 2 : 0)
        // The end that several connections share serves.
        prior += (uses[broker] ?? 0 > 1 ? 2 : 0) - (uses[client] ?? 0 > 1 ? 2 : 0)
        // Linux gives clients ports from 32768 on (ip_local_port_range), others from 49152 (RFC 6335).
        if client.port >= 32_768, broker.port < 32_768 { prior += 1 }
        return prior
    }

    /// A port that brokers are given as a habit: 9091 to 9099, also with a digit before it.
    static func isUsual(_ port: UInt16) -> Bool { (9091...9099).contains(port % 10_000) }

    // MARK: What it speaks

    /// Looks at the payload of a segment of a connection whose client is known.
    func identify(_ connection: Connection, _ segment: CapturedSegment, fromClient: Bool) {
        let payload = segment.payload
        if payload.count >= 3, payload[0] == 0x16, payload[1] == 3, payload[2] <= 4 {
            becomeTLS(connection, withHello: fromClient && payload.count >= 6 && payload[5] == 1)
            return
        }
        if connection.sawStart {
            // The client speaks first in Kafka: its first bytes are a request or it is something else.
            guard fromClient, connection.client.stream.next == 0 else { return }
            guard connection.client.stream.position(of: segment.sequence) == 0, payload.count >= 14 else { return }
            if let header = ProxyHeader(payload) {
                others.note(header, connection)
                connection.requests.skip(header.length)
            } else if RequestScanner.head(payload) == nil {
                others.note(payload, connection)
                becomeOther(connection)
                return
            }
            log.becomeKafka(connection)
            if brokers.count < Self.mostEnds { brokers.insert(connection.summary.broker) }
            return
        }
        // In mid stream: the scanner looks further; give up when nothing is found for long.
        if connection.client.stream.next > Connection.searchLimit, !connection.requests.isSynchronised {
            becomeOther(connection)
        }
    }

    /// - Parameter withHello: the handshake is there from its first message on.
    private func becomeTLS(_ connection: Connection, withHello: Bool) {
        connection.role = .tls
        if withHello {
            connection.secure = TLSSession(ring: keys)
        } else {
            connection.shed(topics: log.topics)
        }
    }

    /// The first content of a TLS connection's client.
    func identifyContent(_ connection: Connection, _ content: UnsafeRawBufferPointer) {
        guard content.count < 14 || RequestScanner.head(content) != nil else {
            others.note(content, connection)
            becomeOther(connection)
            return
        }
        log.becomeKafka(connection)
        if brokers.count < Self.mostEnds { brokers.insert(connection.summary.broker) }
    }

    private func becomeOther(_ connection: Connection) {
        connection.role = .other
        connection.shed(topics: log.topics)
    }
}
