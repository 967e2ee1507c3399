import KafkaWire
import PacketWire
import TLSWire

/// One TCP connection of a capture: two streams put in order, requests read from one and responses from the other.
final class Connection {
    /// What the connection speaks.
    enum Role {
        /// The handshake was not captured, and which end is the client is not decided: segments are held.
        case undecided
        /// The client is known, what it speaks is not.
        case unknown
        case kafka, tls, other
    }

    /// One direction.
    struct Half {
        var stream: StreamReassembler
        /// The receiver has everything before this position.
        var acknowledgedTo: Int64 = 0
        /// Messages that the receiver has not acknowledged yet, oldest first.
        var unacknowledged: [Message] = []
        /// The latest messages that were acknowledged: the acknowledgement can be lost, and they are sent again.
        var acknowledged: [Message] = []
        /// Repeated ranges of a message that is not complete yet.
        var earlyRepeats: [ClosedRange<Int64>] = []
        /// Payload of this direction was seen.
        var began = false
        /// Segments longer than any that got through.
        var waiting = SegmentSizes.Waiting()
        /// What is in flight, and what its receiver says to it.
        var flow = FlowWatch()

        init(limits: StreamReassembler.Limits) { stream = StreamReassembler(limits: limits) }
    }

    /// A Produce request, or the response to one, by its range in the stream and its attempts.
    struct Message {
        var start: Int64
        var end: Int64
        var firstAttempt: Int
        var count: Int
    }

    /// Counts that stand only if the ends were not mistaken for each other.
    struct Doubtful {
        var undecodable = 0
        var unknownRequests = 0
        var unmatchedResponses = 0
    }

    /// A request that waits for its response.
    struct Outstanding {
        var correlationID: Int32
        var apiKey: Int16
        var version: Int16
        var firstAttempt: Int
        var count: Int
    }

    /// A client never has more requests outstanding than a few; older ones of a capture that misses answers are let go.
    static let maximumOutstanding = 4096
    /// Bytes looked at for a first request before a connection in mid stream is taken for something else.
    static let searchLimit: Int64 = 4 << 20

    // See CaptureObserver: nothing re-enters while a packet is taken.
    @exclusivity(unchecked) var summary: ObservedConnection
    /// Index among the capture's Kafka connections, once it is one.
    var index: Int32 = -1
    @exclusivity(unchecked) var role: Role
    var sawStart: Bool
    @exclusivity(unchecked) var client: Half
    @exclusivity(unchecked) var broker: Half
    @exclusivity(unchecked) var requests: RequestScanner
    @exclusivity(unchecked) var responses = ResponseScanner()
    @exclusivity(unchecked) var outstanding: [Outstanding] = []
    @exclusivity(unchecked) var outstandingHead = 0
    /// Lengths that get through from client to broker and back, shared by the connections of two hosts.
    @exclusivity(unchecked) var sizes = (up: SegmentSizes(), down: SegmentSizes())
    /// Reads its TLS, as far as the secrets allow.
    @exclusivity(unchecked) var secure: TLSSession?
    /// SaslHandshake v0 went by.
    var rawTokensAllowed = false
    /// What its frames say about its ends, while that is not proven.
    @exclusivity(unchecked) var evidence: RoleEvidence?
    /// Other addresses under which the capture shows its packets, translated on the way.
    @exclusivity(unchecked) var translations: [Translation] = []
    /// Knows copies, once a second view of its packets was seen.
    @exclusivity(unchecked) var copies: CopyTracker?
    /// The latest segment and where it was seen.
    @exclusivity(unchecked) var latest: (print: CopyTracker.Print, number: UInt16, interface: Int64, timeNs: Int64)?
    /// Holds its first segments, until its ends are decided.
    var heldBack: RoleEvidence?
    /// What could not be read while its ends are not proven.
    @exclusivity(unchecked) var doubtful = Doubtful()
    @exclusivity(unchecked) var handshake = Handshake.none
    var midStreamPackets = 0

    init(
        client: ObservedConnection.Endpoint, broker: ObservedConnection.Endpoint, timeNs: Int64, sawStart: Bool,
        topics: TopicTable, limits: StreamReassembler.Limits
    ) {
        summary = ObservedConnection(client: client, broker: broker, firstNs: timeNs, lastNs: timeNs)
        self.sawStart = sawStart
        role = sawStart ? .unknown : .undecided
        self.client = Half(limits: limits)
        self.broker = Half(limits: limits)
        requests = RequestScanner(topics: topics)
    }

    /// Hands over the segments that were held until its ends were decided. What they said about the ends stays while that is
    /// not proven.
    func releaseHeld() -> [RoleEvidence.Held] {
        let segments = heldBack?.release() ?? []
        heldBack = nil
        return segments
    }

    /// Its streams are put in order and read.
    @inline(__always)
    var isFollowed: Bool { role != .other && (role != .tls || secure.map { $0.obstacle == nil } ?? false) }

    /// The end that is not this one.
    func other(than end: ObservedConnection.Endpoint) -> ObservedConnection.Endpoint {
        end == summary.client ? summary.broker : summary.client
    }

    /// Swaps the ends: what was taken for responses turned out to be requests.
    func swapEnds(topics: TopicTable) {
        swap(&client, &broker)
        translations = translations.map { Translation(client: $0.broker, broker: $0.client) }
        let end = summary.client
        summary.client = summary.broker
        summary.broker = end
        swap(&summary.clientISN, &summary.brokerISN)
        swap(&summary.closedByClientNs, &summary.closedByBrokerNs)
        swap(&summary.resetByClientNs, &summary.resetByBrokerNs)
        requests = RequestScanner(topics: topics)
        responses = ResponseScanner()
        doubtful = Doubtful()
        outstanding = []
        outstandingHead = 0
        client.began = false
        broker.began = false
        sizes = (sizes.down, sizes.up)
    }

    /// The outstanding request with this correlation id: the oldest, because a broker answers in order.
    func outstandingIndex(_ correlationID: Int32) -> Int? {
        var index = outstandingHead
        while index < outstanding.count {
            if outstanding[index].correlationID == correlationID { return index }
            index += 1
        }
        return nil
    }

    func wait(for request: Outstanding) {
        outstanding.append(request)
        if outstanding.count - outstandingHead > Self.maximumOutstanding {
            outstandingHead += 1
        }
        compactOutstanding()
    }

    /// Takes the request at `index`; those before it were answered where the capture did not see it, or never will be.
    func take(_ index: Int) -> Outstanding {
        let request = outstanding[index]
        outstandingHead = index + 1
        compactOutstanding()
        return request
    }

    private func compactOutstanding() {
        guard outstandingHead > 64, outstandingHead * 2 > outstanding.count else { return }
        outstanding.removeFirst(outstandingHead)
        outstandingHead = 0
    }

    /// What the response with this correlation id is.
    func interest(_ correlationID: Int32) -> ResponseScanner.Interest {
        guard let index = outstandingIndex(correlationID) else { return .unknown }
        switch APIKey(rawValue: outstanding[index].apiKey) {
        case .produce, .metadata, .initProducerId: return .keep
        default:
            let request = outstanding[index]
            return request.count > 0 && TransactionCall.isKept(request.apiKey, request.version) ? .keep : .pass
        }
    }

    /// Lets go of what a connection that is not Kafka, or is over, does not need any more.
    func shed(topics: TopicTable) {
        requests = RequestScanner(topics: topics)
        responses = ResponseScanner()
        outstanding = []
        outstandingHead = 0
        client.stream = StreamReassembler()
        broker.stream = StreamReassembler()
        client.unacknowledged = []
        broker.unacknowledged = []
    }
}
