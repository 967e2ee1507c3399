import PacketWire

/// The stage that decides by the first bytes whether a connection speaks Kafka, and which end is the client.
final class RoleStage {
    private let log: ObservationLog
    private(set) var tlsConnections = 0
    private(set) var firstTLS: (ObservedConnection.Endpoint, Int64)?

    init(log: ObservationLog) { self.log = log }

    /// Looks at the payload of a segment of a connection that is not known yet.
    func identify(_ connection: Connection, _ segment: CapturedSegment, _ source: ObservedConnection.Endpoint) {
        let payload = segment.payload
        let fromClient = connection.summary.client == source
        if payload.count >= 3, payload[0] == 0x16, payload[1] == 3, payload[2] <= 4 {
            connection.role = .tls
            tlsConnections += 1
            if firstTLS == nil { firstTLS = (connection.summary.broker, connection.summary.firstNs) }
            connection.shed(topics: log.topics)
            return
        }
        if connection.sawStart {
            // The client speaks first in Kafka: its first bytes are a request or it is something else.
            guard fromClient, connection.client.stream.next == 0 else { return }
            guard connection.client.stream.position(of: segment.sequence) == 0, payload.count >= 14 else { return }
            if RequestScanner.head(payload) == nil {
                connection.role = .other
                connection.shed(topics: log.topics)
                return
            }
            log.becomeKafka(connection)
            return
        }
        if RequestScanner.looksLikeRequest(payload) {
            if !fromClient { connection.swapEnds(topics: log.topics) }
            log.becomeKafka(connection)
            return
        }
        // In mid stream: the scanner looks further; give up when nothing is found for long.
        if connection.client.stream.next > Connection.searchLimit, !connection.requests.isSynchronised {
            connection.role = .other
            connection.shed(topics: log.topics)
        }
    }
}
