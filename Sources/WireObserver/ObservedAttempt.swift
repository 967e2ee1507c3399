import PacketWire

/// One partition of one Produce request as one capture saw it.
///
/// Kept small and free of references: a long capture holds hundreds of thousands of them.
struct ObservedAttempt {
    /// What else is known.
    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A response to the request was seen.
        static let answered = Flags(rawValue: 1)
        /// The response named this partition and could be read.
        static let decoded = Flags(rawValue: 2)
        /// Success with a log append time.
        static let deduplicated = Flags(rawValue: 4)
        /// The receiver's TCP acknowledged the whole request.
        static let requestAcknowledged = Flags(rawValue: 8)
        /// The receiver's TCP acknowledged the whole response.
        static let answerAcknowledged = Flags(rawValue: 16)
        /// Part of a transaction.
        static let transactional = Flags(rawValue: 32)
        /// The batch header was not seen whole: the producer id is not known.
        static let headerCut = Flags(rawValue: 64)
    }

    /// Segments that TCP sent again.
    struct Retransmissions {
        var request: UInt16 = 0
        var answer: UInt16 = 0
    }

    /// The request's last byte.
    var requestNs: Int64
    /// The response's last byte; 0 without one.
    var answerNs: Int64 = 0
    var producerID: Int64
    var baseOffset: Int64 = -1
    var payload: UInt64
    var identity: UInt64
    var baseTimestampMs: Int64
    /// Index into the capture's connections.
    var connection: Int32
    var correlationID: Int32
    var topic: Int32
    var partition: Int32
    var baseSequence: Int32
    var lastSequence: Int32
    var recordCount: Int32
    var producerEpoch: Int16
    var apiVersion: Int16
    var acks: Int16
    var errorCode: Int16 = 0
    var retransmissions = Retransmissions()
    var flags: Flags = []
}

/// What a capture says about one TCP connection that spoke Kafka.
struct ObservedConnection {
    var client: Endpoint
    var broker: Endpoint
    /// First and last packet.
    var firstNs: Int64
    var lastNs: Int64
    /// Initial sequence numbers, where the handshake was seen.
    var clientISN: UInt32?
    var brokerISN: UInt32?
    /// First FIN or RST of each side.
    var closedByClientNs: Int64?
    var closedByBrokerNs: Int64?
    /// First RST of each side.
    var resetByClientNs: Int64?
    var resetByBrokerNs: Int64?
    /// The last request that the client sent on it.
    var lastRequestNs: Int64 = 0
    /// The first bytes from the broker were a TLS alert.
    var answeredWithAlert = false
    /// SYNs of the client.
    var syns = 0
    /// The last packet from the broker, resets apart.
    var heardNs: Int64 = 0
    /// Segments with data that the client sent since then, and when the first was.
    var unheard = 0
    var firstUnheardNs: Int64 = 0
    /// Bytes of it are missing in the capture.
    var hadGap = false
    /// The client's own name, from its requests.
    var clientID: String?

    struct Endpoint: Hashable {
        var address: IPAddress
        var port: UInt16
    }

    /// When either side closed it, by FIN or RST.
    var closedNs: Int64? {
        switch (closedByClientNs, closedByBrokerNs) {
        case (let a?, let b?): min(a, b)
        case (let a, let b): a ?? b
        }
    }
}
