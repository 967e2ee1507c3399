/// A TCP connection of a ``SyntheticCapture``; the caller decides what goes by and what is lost.
public struct SyntheticConnection {
    /// Client's end.
    public let client: SyntheticCapture.Endpoint
    /// Broker's end.
    public let broker: SyntheticCapture.Endpoint
    /// The client's next sequence number.
    public var clientNext: UInt32
    /// The broker's next sequence number.
    public var brokerNext: UInt32
    /// Bytes of payload in a segment.
    public var segmentSize: Int
    private let capture: SyntheticCapture

    /// A connection that has not begun; `clientISN` and `brokerISN` are the initial sequence numbers.
    public init(
        _ capture: SyntheticCapture, client: SyntheticCapture.Endpoint, broker: SyntheticCapture.Endpoint,
        clientISN: UInt32 = 1000, brokerISN: UInt32 = 2000, segmentSize: Int = 1460
    ) {
        self.capture = capture
        self.client = client
        self.broker = broker
        self.segmentSize = segmentSize
        clientNext = clientISN
        brokerNext = brokerISN
    }

    /// The three segments of a handshake.
    public mutating func open() {
        send(fromClient: true, flags: SyntheticCapture.Flag.synchronise, acknowledgement: 0)
        clientNext &+= 1
        send(fromClient: false, flags: SyntheticCapture.Flag.synchronise | SyntheticCapture.Flag.acknowledge)
        brokerNext &+= 1
        acknowledge(fromClient: true)
    }

    /// An empty segment that acknowledges everything.
    public func acknowledge(fromClient: Bool) {
        send(fromClient: fromClient, flags: SyntheticCapture.Flag.acknowledge)
    }

    /// A FIN.
    public mutating func finish(fromClient: Bool) {
        send(fromClient: fromClient, flags: SyntheticCapture.Flag.finish | SyntheticCapture.Flag.acknowledge)
        if fromClient { clientNext &+= 1 } else { brokerNext &+= 1 }
    }

    /// A RST.
    public func reset(fromClient: Bool) {
        send(fromClient: fromClient, flags: SyntheticCapture.Flag.reset | SyntheticCapture.Flag.acknowledge)
    }

    /// Bytes as a message's segments, in order. `except` numbers segments that the capture does not see.
    public mutating func send(_ bytes: [UInt8], fromClient: Bool, except lost: Set<Int> = []) {
        for (index, segment) in segments(bytes, fromClient: fromClient).enumerated() where !lost.contains(index) {
            place(segment, fromClient: fromClient)
        }
        if fromClient {
            clientNext &+= UInt32(bytes.count)
        } else {
            brokerNext &+= UInt32(bytes.count)
        }
    }

    /// A part of a message with its sequence number.
    public struct Segment {
        /// Sequence number of its first byte.
        public var sequence: UInt32
        /// Its bytes.
        public var payload: ArraySlice<UInt8>

        /// A part of a message.
        public init(sequence: UInt32, payload: ArraySlice<UInt8>) {
            self.sequence = sequence
            self.payload = payload
        }
    }

    /// The segments that would carry `bytes` next.
    public func segments(_ bytes: [UInt8], fromClient: Bool) -> [Segment] {
        let first = fromClient ? clientNext : brokerNext
        return stride(from: 0, to: bytes.count, by: segmentSize).map { start in
            Segment(
                sequence: first &+ UInt32(start), payload: bytes[start..<min(start + segmentSize, bytes.count)])
        }
    }

    /// Adds one segment wherever it belongs in the stream.
    public func place(_ segment: Segment, fromClient: Bool) {
        let flags = SyntheticCapture.Flag.acknowledge | SyntheticCapture.Flag.push
        capture.segment(
            from: fromClient ? client : broker, to: fromClient ? broker : client, flags: flags,
            sequence: segment.sequence, acknowledgement: fromClient ? brokerNext : clientNext,
            payload: segment.payload)
    }

    private func send(fromClient: Bool, flags: UInt8, acknowledgement: UInt32? = nil) {
        capture.segment(
            from: fromClient ? client : broker, to: fromClient ? broker : client, flags: flags,
            sequence: fromClient ? clientNext : brokerNext,
            acknowledgement: acknowledgement ?? (fromClient ? brokerNext : clientNext))
    }
}
