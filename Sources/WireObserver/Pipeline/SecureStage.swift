import PacketWire
import TLSWire

/// The stage between streams and frames of a connection over TLS: what it carries is read with its secrets.
extension StreamStage {
    func feedSecure(
        _ connection: Connection, _ secure: TLSSession, _ bytes: UnsafeRawBufferPointer, fromClient: Bool, timeNs: Int64
    ) {
        secure.feed(bytes, fromClient: fromClient, timeNs: timeNs) { piece in
            switch piece {
            case .skipped(let count):
                if fromClient { connection.requests.pass(count) } else { connection.responses.pass(count) }
            case .content(let content):
                if connection.role == .tls, fromClient { onContent?(connection, content) }
                guard connection.role == .kafka else { return }
                feedContent(connection, content, fromClient: fromClient, timeNs: timeNs)
            case .missing(let count):
                guard connection.role == .kafka, count > 0 else { return }
                missContent(connection, count, fromClient: fromClient, timeNs: nil)
            }
        }
        settle(connection, secure)
    }

    /// A connection that cannot be read is let go of.
    func settle(_ connection: Connection, _ secure: TLSSession) {
        guard secure.obstacle != nil, connection.role == .tls else { return }
        connection.shed(topics: log.topics)
    }
}
