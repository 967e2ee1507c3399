/// Notes every event of some attempts while a capture is read a second time.
///
/// Reading is deterministic, so that an attempt has the same number in every reading; what is kept of a capture stays small
/// because events are noted only when somebody asks for them.
final class AttemptWatch {
    enum Kind {
        case request, requestRepeated, requestAcknowledged
        case answer, answerRepeated, answerAcknowledged
        case finish, reset
    }

    struct Event {
        var kind: Kind
        var timeNs: Int64
        /// Number of the attempt in its capture; nil for the end of a connection.
        var attempt: Int?
        var connection: Int32
        var fromClient: Bool
    }

    private let attempts: [Int: Int32]
    private let connections: Set<Int32>
    private(set) var events: [Event] = []
    private static let maximumEvents = 10_000

    /// Watches attempts, given with the connection of each.
    init(_ attempts: [Int: Int32]) {
        self.attempts = attempts
        connections = Set(attempts.values)
    }

    /// Forgets what was noted.
    func reset() { events = [] }

    func note(_ kind: Kind, _ message: Connection.Message, _ timeNs: Int64) {
        guard events.count < Self.maximumEvents else { return }
        let fromClient = kind == .request || kind == .requestRepeated || kind == .answerAcknowledged
        for number in message.firstAttempt..<message.firstAttempt + message.count {
            guard let connection = attempts[number] else { continue }
            events.append(
                Event(kind: kind, timeNs: timeNs, attempt: number, connection: connection, fromClient: fromClient))
        }
    }

    func noteClose(_ connection: Int32, isReset: Bool, fromClient: Bool, _ timeNs: Int64) {
        guard connections.contains(connection), events.count < Self.maximumEvents else { return }
        events.append(
            Event(
                kind: isReset ? .reset : .finish, timeNs: timeNs, attempt: nil, connection: connection,
                fromClient: fromClient))
    }
}
