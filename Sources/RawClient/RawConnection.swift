import KafkaWire

/// A connection to one broker that sends anything, however wrong, and waits for what comes back.
///
/// Blocking, with a timeout on every step; not thread-safe. Typed calls go through ``call(_:version:)``; bytes of any kind
/// through ``send(_:)`` and ``receiveFrame()``.
public final class RawConnection {
    /// Answers larger than this are refused, bytes.
    public static let largestAnswer = 512 << 20

    private let socket: RawSocket
    private let clientID: String
    private var correlationID: Int32 = 0
    /// The ranges that ``negotiate()`` found; empty before.
    public private(set) var offered: [APIKey: ClosedRange<Int16>] = [:]

    /// Connects.
    ///
    /// - Throws: ``RawClientError``.
    public init(
        connectTo host: String, port: Int, timeout: Duration = .seconds(10), clientID: String = "crosswind-raw"
    ) throws {
        socket = try RawSocket(host: host, port: port, timeout: timeout)
        self.clientID = clientID
    }

    /// Takes over a socket that is connected already, for example from inside another network namespace; it is closed
    /// with the connection, also when this throws.
    ///
    /// - Parameter address: the peer's, for errors.
    /// - Throws: ``RawClientError``.
    public init(
        adopting descriptor: Int32, address: String, timeout: Duration = .seconds(10),
        clientID: String = "crosswind-raw"
    ) throws {
        socket = try RawSocket(adopting: descriptor, address: address, timeout: timeout)
        self.clientID = clientID
    }

    /// `HOST:PORT` of the peer.
    public var address: String { socket.address }

    /// How long one step waits for the peer.
    public var timeout: Duration {
        get { socket.timeout }
        set { socket.timeout = newValue }
    }

    /// Closes the connection.
    public func close() { socket.close() }

    /// Sends bytes as they are.
    ///
    /// - Throws: ``RawClientError``.
    public func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

    /// The next frame, without its length.
    ///
    /// - Throws: ``RawClientError``.
    public func receiveFrame(_ what: String = "frame") throws -> [UInt8] {
        let length = try socket.receive(4, what: what).withUnsafeBytes {
            Int32(bigEndian: $0.loadUnaligned(as: Int32.self))
        }
        guard length >= 0, Int(length) <= Self.largestAnswer else {
            throw RawClientError.badAnswer(what: "a frame of \(length) bytes", address: address)
        }
        return try socket.receive(Int(length), what: what)
    }

    /// Sends a request without waiting for its answer; returns its correlation id.
    ///
    /// - Throws: ``RawClientError``, or `KafkaWireError` when the request cannot be written at this version.
    @discardableResult
    public func post<R: KafkaRequest>(_ request: R, version: Int16) throws -> Int32 {
        correlationID &+= 1
        var writer = ByteWriter(capacity: 512)
        try RequestHeader(
            apiKey: R.apiKey, apiVersion: version, correlationID: correlationID, clientID: clientID
        ).write(to: &writer)
        try request.write(to: &writer, version: version)
        try send(writer.framed())
        return correlationID
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: ``RawClientError``.
    public func call<R: KafkaRequest>(_ request: R, version: Int16) throws -> R.Response {
        let expected = try post(request, version: version)
        return try receive(R.self, version: version, correlationID: expected)
    }

    /// Waits for the answer to a request that ``post(_:version:)`` sent.
    ///
    /// - Throws: ``RawClientError``.
    public func receive<R: KafkaRequest>(_: R.Type, version: Int16, correlationID: Int32) throws -> R.Response {
        let frame = try receiveFrame(R.apiKey.name)
        return try frame.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            do {
                let got = try ResponseHeader.read(from: &reader, apiKey: R.apiKey, apiVersion: version)
                guard got == correlationID else {
                    throw RawClientError.badAnswer(
                        what: "correlation id \(got) instead of \(correlationID)", address: address)
                }
                return try R.Response(from: &reader, version: version)
            } catch let error as KafkaWireError {
                throw RawClientError.badAnswer(what: "\(R.apiKey) v\(version): \(error)", address: address)
            }
        }
    }

    /// Asks which versions the broker offers and keeps them in ``offered``.
    ///
    /// - Throws: ``RawClientError``.
    public func negotiate() throws {
        // Version 0 is understood by every broker since 0.10.
        let response = try call(ApiVersionsRequest(), version: 0)
        guard response.errorCode == 0 else {
            throw RawClientError.refused(what: "ApiVersions", code: ErrorCode(rawValue: response.errorCode))
        }
        for api in response.apis where api.minVersion <= api.maxVersion {
            offered[APIKey(rawValue: api.apiKey)] = api.minVersion...api.maxVersion
        }
    }

    /// The highest version of a message that both sides know, at most `limit`; negotiates first if that was not done.
    ///
    /// - Throws: ``RawClientError/noCommonVersion(api:address:)``.
    public func version<R: KafkaRequest>(of _: R.Type, atMost limit: Int16 = .max) throws -> Int16 {
        if offered.isEmpty { try negotiate() }
        guard let range = offered[R.apiKey] else {
            throw RawClientError.noCommonVersion(api: R.apiKey, address: address)
        }
        let version = min(range.upperBound, R.versions.upperBound, limit)
        guard version >= range.lowerBound, version >= R.versions.lowerBound else {
            throw RawClientError.noCommonVersion(api: R.apiKey, address: address)
        }
        return version
    }

    /// Sends a request at the highest common version and waits for its answer.
    ///
    /// - Throws: ``RawClientError``.
    public func call<R: KafkaRequest>(_ request: R, atMost limit: Int16 = .max) throws -> R.Response {
        try call(request, version: version(of: R.self, atMost: limit))
    }
}
