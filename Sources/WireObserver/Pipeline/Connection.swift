import KafkaWire
import PacketWire

/// One TCP connection of a capture: two streams put in order, requests read from one and responses from the other.
final class Connection {
    /// What the connection speaks.
    enum Role { case unknown, kafka, tls, other }

    /// One direction.
    struct Half {
        var stream: StreamReassembler
        /// Messages that the receiver has not acknowledged yet, oldest first.
        var unacknowledged: [Message] = []
        /// The latest messages that were acknowledged: the acknowledgement can be lost, and they are sent again.
        var acknowledged: [Message] = []
        /// Repeated ranges of a message that is not complete yet.
        var earlyRepeats: [ClosedRange<Int64>] = []
        /// Segments longer than any that got through.
        var waiting = SegmentSizes.Waiting()

        init(limits: StreamReassembler.Limits) { stream = StreamReassembler(limits: limits) }
    }

    /// A Produce request, or the response to one, by its range in the stream and its attempts.
    struct Message {
        var start: Int64
        var end: Int64
        var firstAttempt: Int
        var count: Int
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
    @exclusivity(unchecked) var role = Role.unknown
    var sawStart: Bool
    @exclusivity(unchecked) var client: Half
    @exclusivity(unchecked) var broker: Half
    @exclusivity(unchecked) var requests: RequestScanner
    @exclusivity(unchecked) var responses = ResponseScanner()
    @exclusivity(unchecked) var outstanding: [Outstanding] = []
    @exclusivity(unchecked) var outstandingHead = 0
    /// Lengths that get through from client to broker and back, shared by the connections of two hosts.
    @exclusivity(unchecked) var sizes = (up: SegmentSizes(), down: SegmentSizes())
    /// SaslHandshake v0 went by.
    var rawTokensAllowed = false
    /// Payload was seen.
    var began = false
    @exclusivity(unchecked) var handshake = Handshake.none
    var midStreamPackets = 0
    /// Requests given up as never answered.
    var droppedOutstanding = 0

    init(
        client: ObservedConnection.Endpoint, broker: ObservedConnection.Endpoint, timeNs: Int64, sawStart: Bool,
        topics: TopicTable, limits: StreamReassembler.Limits
    ) {
        summary = ObservedConnection(client: client, broker: broker, firstNs: timeNs, lastNs: timeNs)
        self.sawStart = sawStart
        self.client = Half(limits: limits)
        self.broker = Half(limits: limits)
        requests = RequestScanner(topics: topics)
    }

    /// Swaps the ends: what was taken for responses turned out to be requests.
    func swapEnds(topics: TopicTable) {
        swap(&client, &broker)
        let end = summary.client
        summary.client = summary.broker
        summary.broker = end
        swap(&summary.clientISN, &summary.brokerISN)
        swap(&summary.closedByClientNs, &summary.closedByBrokerNs)
        swap(&summary.resetByClientNs, &summary.resetByBrokerNs)
        requests = RequestScanner(topics: topics)
        responses = ResponseScanner()
        began = false
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
            droppedOutstanding += 1
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
        default: return .pass
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
