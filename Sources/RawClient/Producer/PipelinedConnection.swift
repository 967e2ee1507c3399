import Glibc
import KafkaWire

/// A connection that sends request after request without waiting for answers. Never blocks; not thread-safe.
///
/// It connects, logs in where that is wanted, and asks for versions by itself; then it is open.
final class PipelinedConnection {
    /// How far the connection is.
    enum Stage: Equatable {
        case connecting, loggingIn, negotiating, open
        /// It is gone; the text says why.
        case closed(String)
    }

    /// What an unanswered request was.
    enum Purpose {
        case handshake, login, versions, metadata, producerID
        case produce(ProducerBatch)
    }

    /// A request without an answer yet.
    struct Pending {
        var correlationID: Int32
        var api: APIKey
        var version: Int16
        var sentNs: Int64
        var purpose: Purpose
    }

    /// The answer to a request that the connection's owner sent: the frame without its length.
    struct Answer {
        var request: Pending
        var frame: [UInt8]
    }

    let address: RawProducerProperties.Address
    private(set) var stage = Stage.connecting
    private(set) var pending: [Pending] = []
    /// Produce requests without an answer.
    private(set) var produceInFlight = 0
    private(set) var offered: [APIKey: ClosedRange<Int16>] = [:]
    private(set) var descriptor: Int32 = -1

    private let clientID: String
    private let login: LogReader.Login?
    private let openedNs: Int64
    private var correlationID: Int32 = 0
    private var outgoing: [UInt8] = []
    private var outgoingStart = 0
    private var incoming: [UInt8] = []
    private var incomingStart = 0

    init(to address: RawProducerProperties.Address, _ properties: RawProducerProperties, nowNs: Int64) {
        self.address = address
        clientID = properties.clientID
        login = properties.login
        openedNs = nowNs
        connect()
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    var isOpen: Bool { stage == .open }
    var isClosed: Bool { if case .closed = stage { true } else { false } }
    /// `host:port`, for messages.
    var name: String { "\(address.host):\(address.port)" }
    /// What `poll(2)` shall wait for.
    var events: Int16 {
        stage == .connecting || outgoingStart < outgoing.count ? Int16(POLLIN | POLLOUT) : Int16(POLLIN)
    }

    /// Closes the connection; what is pending stays there for the owner to take.
    func close(_ reason: String) {
        if isClosed { return }
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        stage = .closed(reason)
    }

    /// Takes everything that will have no answer.
    func takePending() -> [Pending] {
        defer { pending = [] }
        produceInFlight = 0
        return pending
    }

    /// The highest version that both sides know, at most `limit`; nil for none.
    func version<R: KafkaRequest>(of _: R.Type, atMost limit: Int16 = .max) -> Int16? {
        guard let range = offered[R.apiKey] else { return nil }
        let version = min(range.upperBound, R.versions.upperBound, limit)
        return version >= max(range.lowerBound, R.versions.lowerBound) ? version : nil
    }

    /// Sends a request.
    ///
    /// - Parameter expectsAnswer: false for Produce with acks=0.
    func post<R: KafkaRequest>(
        _ request: R, version: Int16, _ purpose: Purpose, nowNs: Int64, expectsAnswer: Bool = true
    ) {
        correlationID &+= 1
        var writer = ByteWriter(capacity: 1024)
        do {
            try RequestHeader(
                apiKey: R.apiKey, apiVersion: version, correlationID: correlationID, clientID: clientID
            ).write(to: &writer)
            try request.write(to: &writer, version: version)
        } catch {
            return close("\(R.apiKey) v\(version) cannot be written: \(error)")
        }
        outgoing += writer.framed()
        if expectsAnswer {
            pending.append(
                Pending(
                    correlationID: correlationID, api: R.apiKey, version: version, sentNs: nowNs, purpose: purpose))
            if case .produce = purpose { produceInFlight += 1 }
        }
        flush()
    }

    /// Does what the socket is ready for; returns the answers that came.
    func service(_ ready: Int16, nowNs: Int64) -> [Answer] {
        if stage == .connecting {
            guard ready != 0 else { return [] }
            finishConnecting(nowNs)
        } else if ready & Int16(POLLOUT) != 0 {
            flush()
        }
        guard !isClosed, ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { return [] }
        let end = receive()
        let answers = takeAnswers(nowNs)
        if let end { close(end) }
        return answers
    }

    /// Closes the connection when something took longer than it may.
    func checkTime(_ properties: RawProducerProperties, nowNs: Int64) {
        switch stage {
        case .closed: return
        case .connecting, .loggingIn, .negotiating:
            if nowNs - openedNs > Int64(properties.connectTimeoutMs) * 1_000_000 {
                close("no connection after \(properties.connectTimeoutMs) ms")
            }
        case .open:
            if let first = pending.first, nowNs - first.sentNs > Int64(properties.requestTimeoutMs) * 1_000_000 {
                close("\(first.api.name) without an answer for \(properties.requestTimeoutMs) ms")
            }
        }
    }
}

// MARK: - Connecting

extension PipelinedConnection {
    private func connect() {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, "\(address.port)", &hints, &list) == 0, let info = list?.pointee else {
            return close("\(address.host) has no address")
        }
        defer { freeaddrinfo(list) }
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(info.ai_family, flags, 0)
        guard descriptor >= 0 else { return close("socket: \(systemErrorText(errno))") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) != 0, errno != EINPROGRESS {
            close("connect: \(systemErrorText(errno))")
        }
    }

    private func finishConnecting(_ nowNs: Int64) {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        guard number == 0 else { return close("connect: \(systemErrorText(number))") }
        guard login != nil else { return negotiate(nowNs) }
        stage = .loggingIn
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        post(handshake, version: 1, .handshake, nowNs: nowNs)
    }

    private func negotiate(_ nowNs: Int64) {
        stage = .negotiating
        // Version 0 is understood by every broker since 0.10.
        post(ApiVersionsRequest(), version: 0, .versions, nowNs: nowNs)
    }

    /// Goes on with what the connection asked for itself.
    private func proceed(_ answer: Answer, _ nowNs: Int64) {
        do {
            switch answer.request.purpose {
            case .handshake:
                let response = try answer.body(SaslHandshakeRequest.self)
                guard response.errorCode == 0 else {
                    return close("SASL PLAIN is refused: \(ErrorCode(rawValue: response.errorCode))")
                }
                var authenticate = SaslAuthenticateRequest()
                let words = login ?? LogReader.Login(user: "", password: "")
                authenticate.authBytes = [0] + Array(words.user.utf8) + [0] + Array(words.password.utf8)
                post(authenticate, version: 0, .login, nowNs: nowNs)
            case .login:
                let response = try answer.body(SaslAuthenticateRequest.self)
                guard response.errorCode == 0 else {
                    return close("login refused: \(response.errorMessage ?? "") (code \(response.errorCode))")
                }
                negotiate(nowNs)
            case .versions:
                let response = try answer.body(ApiVersionsRequest.self)
                guard response.errorCode == 0 else { return close("ApiVersions: code \(response.errorCode)") }
                for api in response.apis where api.minVersion <= api.maxVersion {
                    offered[APIKey(rawValue: api.apiKey)] = api.minVersion...api.maxVersion
                }
                stage = .open
            case .metadata, .producerID, .produce: break
            }
        } catch {
            close("\(answer.request.api.name) v\(answer.request.version): \(error)")
        }
    }
}

// MARK: - Bytes

extension PipelinedConnection {
    private func flush() {
        while outgoingStart < outgoing.count, descriptor >= 0 {
            let count = outgoing.withUnsafeBytes { bytes in
                bytes.baseAddress.map {
                    Glibc.send(descriptor, $0 + outgoingStart, bytes.count - outgoingStart, Int32(MSG_NOSIGNAL))
                } ?? 0
            }
            if count > 0 {
                outgoingStart += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                return close("send: \(systemErrorText(errno))")
            }
        }
        outgoing.removeAll(keepingCapacity: true)
        outgoingStart = 0
    }

    /// Reads what is there; returns why the connection ended, if it did.
    private func receive() -> String? {
        while true {
            var end: String?
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                count = max(received, 0)
                if received == 0 { end = "closed by the broker" }
                if received < 0 { end = errno == EAGAIN || errno == EINTR ? "" : "recv: \(systemErrorText(errno))" }
            }
            incoming += chunk
            if let end { return end.isEmpty ? nil : end }
        }
    }

    /// The whole frames that came, matched with their requests.
    private func takeAnswers(_ nowNs: Int64) -> [Answer] {
        var answers: [Answer] = []
        while !isClosed, incoming.count - incomingStart >= 4 {
            let length = incoming.withUnsafeBytes {
                Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: incomingStart, as: Int32.self)))
            }
            guard (4...RawConnection.largestAnswer).contains(length) else {
                close("a frame of \(length) bytes")
                break
            }
            guard incoming.count - incomingStart - 4 >= length else { break }
            let frame = Array(incoming[(incomingStart + 4)..<(incomingStart + 4 + length)])
            incomingStart += 4 + length
            take(frame, nowNs, &answers)
        }
        if incomingStart > 0 {
            incoming.removeFirst(incomingStart)
            incomingStart = 0
        }
        return answers
    }

    private func take(_ frame: [UInt8], _ nowNs: Int64, _ answers: inout [Answer]) {
        let correlationID = frame.withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
        // Kafka answers in order; anything else is a broken peer.
        guard let request = pending.first, request.correlationID == correlationID else {
            return close("an answer to request \(correlationID), which is not the oldest")
        }
        pending.removeFirst()
        let answer = Answer(request: request, frame: frame)
        switch request.purpose {
        case .handshake, .login, .versions: proceed(answer, nowNs)
        case .metadata, .producerID: answers.append(answer)
        case .produce:
            produceInFlight -= 1
            answers.append(answer)
        }
    }
}

extension PipelinedConnection.Answer {
    /// The decoded body.
    ///
    /// - Throws: `KafkaWireError` when the bytes do not hold it.
    func body<R: KafkaRequest>(_: R.Type) throws -> R.Response {
        try frame.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            _ = try ResponseHeader.read(from: &reader, apiKey: request.api, apiVersion: request.version)
            return try R.Response(from: &reader, version: request.version)
        }
    }
}
