/// Follows the Kafka frames of one direction of a connection, byte by byte, without keeping more than their headers:
/// messages may share a segment or span many.
struct FrameCursor: BitwiseCopyable {
    /// What became visible.
    enum Step {
        /// More bytes are needed.
        case needsMore
        /// The header of a message is complete; the bytes read so far end with it.
        case header(FrameHeader)
        /// The last byte of the message was read.
        case end
        /// This is not Kafka: the length is impossible.
        case notKafka
    }

    /// Longest frame that is taken for one: `socket.request.max.bytes` is 100 MiB, and clients may raise it.
    static let longestFrame: UInt32 = 1 << 30

    /// Length field, then api key, version and correlation id of a request, or the correlation id of a response.
    private var header: (UInt64, UInt64) = (0, 0)
    private var headerCount: UInt8 = 0
    /// Bytes of the message behind its header that are still to come.
    private var remaining: UInt32 = 0
    private var isInBody = false

    /// Reads on. `consumed` says how many of the bytes were used up to the step.
    @inline(__always)
    mutating func advance(_ bytes: UnsafeRawBufferPointer, isRequest: Bool, consumed: inout Int) -> Step {
        let available = bytes.count - consumed
        if isInBody {
            let taken = min(UInt32(available), remaining)
            remaining -= taken
            consumed += Int(taken)
            guard remaining == 0 else { return .needsMore }
            isInBody = false
            return .end
        }
        return readHeader(bytes, isRequest: isRequest, consumed: &consumed)
    }

    private mutating func readHeader(
        _ bytes: UnsafeRawBufferPointer, isRequest: Bool, consumed: inout Int
    ) -> Step {
        let wanted: UInt8 = isRequest ? 12 : 8
        while headerCount < wanted, consumed < bytes.count {
            let byte = UInt64(bytes[consumed])
            if headerCount < 8 { header.0 = header.0 << 8 | byte } else { header.1 = header.1 << 8 | byte }
            headerCount += 1
            consumed += 1
            if headerCount == 4 {
                let length = UInt32(truncatingIfNeeded: header.0)
                guard length >= UInt32(wanted) - 4, length <= Self.longestFrame else { return .notKafka }
            }
        }
        guard headerCount == wanted else { return .needsMore }
        let length = UInt32(truncatingIfNeeded: header.0 >> 32)
        let second = UInt32(truncatingIfNeeded: header.0)
        var result = FrameHeader(length: length)
        if isRequest {
            result.apiKey = Int16(truncatingIfNeeded: second >> 16)
            result.apiVersion = Int16(truncatingIfNeeded: second)
            result.correlationID = Int32(truncatingIfNeeded: header.1)
        } else {
            result.correlationID = Int32(truncatingIfNeeded: second)
        }
        remaining = length - (UInt32(wanted) - 4)
        header = (0, 0)
        headerCount = 0
        isInBody = true
        return .header(result)
    }
}

/// The beginning of a Kafka message.
struct FrameHeader: BitwiseCopyable, Equatable {
    /// Length of the message behind its length field.
    var length: UInt32
    /// Requests only.
    var apiKey: Int16 = -1
    var apiVersion: Int16 = -1
    var correlationID: Int32 = 0
}
