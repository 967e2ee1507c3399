import PacketWire
import TLSWire

/// Connections over TLS by the end that was connected to: how their handshakes went, and which could be read.
struct SecureConnections {
    /// Why a handshake did not end.
    enum Failure: Hashable {
        case alert(code: UInt8, isFromClient: Bool)
        /// The client sent an alert that is encrypted.
        case hiddenAlert
        /// Closed before the server had answered, or after.
        case closed(byClient: Bool, isAnswered: Bool)
    }

    struct Failed {
        var connections = 0
        var firstNs = Int64.max
        /// Of the first.
        var serverName: String?
        var offered: [UInt16] = []
        var version: UInt16 = 0
    }

    struct Unread {
        var connections = 0
        var firstNs = Int64.max
        /// The first one's client, and its random bytes.
        var client: ObservedConnection.Endpoint?
        var clientRandom: [UInt8] = []
        var suite: UInt16 = 0
        var version: UInt16 = 0
    }

    struct Entry {
        var connections = 0
        var firstNs = Int64.max
        /// Handshakes that ended, with the times of the first of them.
        var handshakes = 0
        var timesNs: [Int64] = []
        var longestNs: Int64 = 0
        var resumed = 0
        var versions: [UInt16: Int] = [:]
        var read = 0
        var failures: [Failure: Failed] = [:]
        var unread: [TLSSession.Obstacle: Unread] = [:]
    }

    private static let mostEntries = 4096
    private static let mostTimes = 4096

    private(set) var entries: [ObservedConnection.Endpoint: Entry] = [:]

    /// A connection is over.
    mutating func note(_ connection: Connection) {
        guard connection.role == .tls || connection.secure != nil else { return }
        let broker = connection.summary.broker
        guard entries[broker] != nil || entries.count < Self.mostEntries else { return }
        var entry = entries[broker] ?? Entry()
        entry.connections += 1
        entry.firstNs = min(entry.firstNs, connection.summary.firstNs)
        let handshake = connection.secure?.handshake ?? TLSHandshake()
        if handshake.progress == .done { entry.note(handshake) }
        if let failure = Self.failure(handshake, connection.summary) {
            entry.note(failure, handshake, connection.summary)
        } else if connection.role == .kafka {
            entry.read += 1
        } else if connection.role == .tls {
            let obstacle = connection.secure.map { $0.obstacle ?? .noSecret } ?? .notCaptured
            // Nothing was said on a connection that was opened and left.
            if connection.secure == nil || handshake.progress == .done || connection.secure?.obstacle != nil {
                entry.note(obstacle, handshake, connection.summary)
            }
        }
        entries[broker] = entry
    }

    private static func failure(_ handshake: TLSHandshake, _ summary: ObservedConnection) -> Failure? {
        if let alert = handshake.alert { return .alert(code: alert.code, isFromClient: alert.isFromClient) }
        if handshake.hasHiddenAlert { return .hiddenAlert }
        guard handshake.progress > .none, handshake.progress < .done, let closedNs = summary.closedNs else {
            return nil
        }
        return .closed(byClient: closedNs == summary.closedByClientNs, isAnswered: handshake.progress == .answered)
    }

    /// All in the order in which they were first seen.
    var sorted: [(broker: ObservedConnection.Endpoint, entry: Entry)] {
        entries.map { ($0.key, $0.value) }.sorted { ($0.1.firstNs, $0.0.port) < ($1.1.firstNs, $1.0.port) }
    }
}

extension SecureConnections.Entry {
    fileprivate mutating func note(_ handshake: TLSHandshake) {
        handshakes += 1
        let lasted = max(handshake.endedNs - handshake.beganNs, 0)
        if timesNs.count < 4096 { timesNs.append(lasted) }
        longestNs = max(longestNs, lasted)
        if handshake.isResumed { resumed += 1 }
        versions[handshake.version, default: 0] += 1
    }

    fileprivate mutating func note(
        _ failure: SecureConnections.Failure, _ handshake: TLSHandshake, _ summary: ObservedConnection
    ) {
        var failed = failures[failure] ?? SecureConnections.Failed()
        failed.connections += 1
        if summary.firstNs < failed.firstNs {
            failed.firstNs = summary.firstNs
            failed.serverName = handshake.serverName
            failed.offered = handshake.offered
            failed.version = handshake.version
        }
        failures[failure] = failed
    }

    fileprivate mutating func note(
        _ obstacle: TLSSession.Obstacle, _ handshake: TLSHandshake, _ summary: ObservedConnection
    ) {
        var entry = unread[obstacle] ?? SecureConnections.Unread()
        entry.connections += 1
        if summary.firstNs < entry.firstNs {
            entry.firstNs = summary.firstNs
            entry.client = summary.client
            entry.clientRandom = handshake.clientRandom
            entry.suite = handshake.suite
            entry.version = handshake.version
        }
        unread[obstacle] = entry
    }
}
