import KafkaWire

/// Lets a value that the cluster's lock guards pass through a `Sendable` closure that runs under that lock.
struct UncheckedSendable<Value>: @unchecked Sendable {
    let value: Value
}

extension ClusterCore {
    /// An answer with its header, without the frame's length.
    static func encode<M: KafkaMessage>(_ message: M, correlationID: Int32, version: Int16) throws -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        ResponseHeader.write(to: &writer, correlationID: correlationID, apiKey: M.apiKey, apiVersion: version)
        try message.write(to: &writer, version: version)
        return writer.bytes
    }

    /// An answer to a request whose header is no longer at hand; one that cannot be encoded ends its connection.
    static func reply(_ message: some KafkaMessage, correlationID: Int32, version: Int16) -> Reply {
        do {
            return .response(try encode(message, correlationID: correlationID, version: version))
        } catch {
            return .close("the answer cannot be encoded: \(error)")
        }
    }
}
