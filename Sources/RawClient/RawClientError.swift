import KafkaWire

/// Why the raw client could not do what it was asked.
public enum RawClientError: Error, Sendable, CustomStringConvertible {
    /// A system call failed on an address.
    case system(call: String, address: String, number: Int32)
    /// Nothing came in time.
    case timedOut(what: String, address: String)
    /// The peer closed the connection.
    case closed(address: String)
    /// The peer sent what is no answer to the request.
    case badAnswer(what: String, address: String)
    /// The peer offers no version of an api that this client knows.
    case noCommonVersion(api: APIKey, address: String)
    /// The peer answered an error.
    case refused(what: String, code: ErrorCode)

    /// One line: what failed, on what, what to do next.
    public var description: String {
        switch self {
        case .system(let call, let address, let number):
            "\(call) on \(address): \(systemErrorText(number)); is a broker listening there?"
        case .timedOut(let what, let address):
            "\(what): no answer from \(address) in time; the broker may be paused or unreachable"
        case .closed(let address): "\(address) closed the connection; its log says why"
        case .badAnswer(let what, let address): "\(address) sent no valid answer: \(what)"
        case .noCommonVersion(let api, let address): "\(address) offers no version of \(api) that this client knows"
        case .refused(let what, let code): "\(what): \(code)"
        }
    }
}
