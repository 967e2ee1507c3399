/// The header of a request, versions 1 and 2; version 2 adds tagged fields and goes with flexible bodies (KIP-482).
public struct RequestHeader: Sendable, Equatable {
    /// The api called.
    public var apiKey: APIKey
    /// Version of the body.
    public var apiVersion: Int16
    /// Returned in the response's header.
    public var correlationID: Int32
    /// The client's name, for logs only.
    public var clientID: String?

    /// A header of these fields.
    public init(apiKey: APIKey, apiVersion: Int16, correlationID: Int32, clientID: String? = nil) {
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// Reads the header and leaves the reader at the body.
    ///
    /// - Throws: ``KafkaWireError`` when the bytes end before, or the client id is not UTF-8.
    public init(from reader: inout ByteReader) throws {
        let view = try RequestHeaderView(from: &reader)
        self.init(apiKey: view.apiKey, apiVersion: view.apiVersion, correlationID: view.correlationID)
        if let raw = view.clientID {
            guard let text = String(validating: raw, as: UTF8.self) else { throw reader.error(.notUTF8, "clientId") }
            clientID = text
        }
    }

    /// Appends the header in the version that the body's version asks for.
    ///
    /// - Throws: ``KafkaWireError`` when the client id is longer than 32,767 bytes.
    public func write(to writer: inout ByteWriter) throws {
        writer.write(apiKey.rawValue)
        writer.write(apiVersion)
        writer.write(correlationID)
        // The client id keeps its 16-bit length in header version 2 too.
        writer.flexible = false
        var name = clientID
        try writer.nullableString(&name, "clientId")
        writer.flexible = apiKey.isFlexible(apiVersion)
        writer.tags()
    }
}

/// A request header read without a copy; valid as long as the bytes below it are.
public struct RequestHeaderView {
    /// The api called.
    public let apiKey: APIKey
    /// Version of the body.
    public let apiVersion: Int16
    /// Returned in the response's header.
    public let correlationID: Int32
    /// The client's name as it was sent; nil for null.
    public let clientID: UnsafeRawBufferPointer?

    /// Reads the header and leaves the reader at the body.
    ///
    /// - Throws: ``KafkaWireError`` when the bytes end before.
    public init(from reader: inout ByteReader) throws {
        apiKey = APIKey(rawValue: try reader.read(Int16.self, "apiKey"))
        apiVersion = try reader.read(Int16.self, "apiVersion")
        correlationID = try reader.read(Int32.self, "correlationId")
        reader.flexible = false
        clientID = try reader.stringBytes("clientId")
        reader.version = apiVersion
        reader.flexible = apiKey.isFlexible(apiVersion)
        try reader.tags()
    }
}

/// The header of a response: version 0, or 1 with tagged fields.
public enum ResponseHeader {
    /// True when the response's header has tagged fields. ApiVersions never has, so that any client can read it (KIP-511).
    public static func isFlexible(_ apiKey: APIKey, _ version: Int16) -> Bool {
        apiKey != .apiVersions && apiKey.isFlexible(version)
    }

    /// Reads the correlation id and leaves the reader at the body.
    ///
    /// - Throws: ``KafkaWireError`` when the bytes end before.
    public static func read(
        from reader: inout ByteReader, apiKey: APIKey, apiVersion: Int16
    ) throws -> Int32 {
        let correlationID = try reader.read(Int32.self, "correlationId")
        reader.flexible = isFlexible(apiKey, apiVersion)
        try reader.tags()
        return correlationID
    }

    /// Appends the header.
    public static func write(
        to writer: inout ByteWriter, correlationID: Int32, apiKey: APIKey, apiVersion: Int16
    ) {
        writer.write(correlationID)
        writer.flexible = isFlexible(apiKey, apiVersion)
        writer.tags()
    }
}
