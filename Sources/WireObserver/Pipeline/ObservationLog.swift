import EvidenceModel
import PacketWire

/// What one capture was seen to hold: attempts, connections, producer ids. The end of the pipeline, and what an analysis
/// joins.
final class ObservationLog {
    /// How much is kept.
    enum Retention {
        /// Every attempt, for an analysis.
        case everything
        /// The latest attempts only, for counters.
        case recent(Int)
    }

    /// A producer id that a broker gave out.
    struct ProducerGrant {
        var timeNs: Int64
        var connection: Int32
        var producerID: Int64
        var epoch: Int16
    }

    private static let maximumGrants = 100_000
    private static let mostHidden = 65_536
    /// Connections kept while a capture goes on, whatever refers to them apart.
    private static let mostLiveConnections = 16_384
    private static let hiddenMarginNs: Int64 = 1_000_000

    let topics: TopicTable
    let retention: Retention
    // See CaptureObserver: nothing re-enters while a packet is taken.
    @exclusivity(unchecked) var attempts = SegmentedArray<ObservedAttempt>()
    /// Attempts let go of: `attempts[i]` has the number `i + firstAttempt`.
    @exclusivity(unchecked) private(set) var firstAttempt = 0
    private(set) var connections: [ObservedConnection] = []
    private(set) var grants: [ProducerGrant] = []
    /// Requests about transactions.
    var transactionCalls: [TransactionCall] = []
    @exclusivity(unchecked) var live = LiveCounters()
    private var sequences = SequenceTracker()
    /// Notes what happens to some attempts, for a ladder.
    var watch: AttemptWatch?
    /// When requests went by of which something that matters was cut off or is missing, in order, close ones taken together.
    private(set) var hiddenNs: [ClosedRange<Int64>] = []
    /// Batches or numbers of records were cut off or are missing.
    private(set) var countsAreLowerBounds = false
    /// Batches whose header was not seen whole.
    private(set) var cutHeaders = 0

    init(topics: TopicTable, retention: Retention) {
        self.topics = topics
        self.retention = retention
    }

    // MARK: Connections

    /// The connection speaks Kafka: from now on the analysis knows it.
    func becomeKafka(_ connection: Connection) {
        connection.role = .kafka
        guard connection.index < 0 else { return }
        connection.index = Int32(connections.count)
        connections.append(connection.summary)
    }

    /// Writes what is known about a Kafka connection to where the analysis reads it.
    func publish(_ connection: Connection) {
        guard connection.index >= 0 else { return }
        connections[Int(connection.index)] = connection.summary
    }

    /// A broker gave out a producer id.
    func add(_ grant: ProducerGrant) {
        if grants.count < Self.maximumGrants { grants.append(grant) }
    }

    /// Batches, or what tells their sequences, may have gone by unseen.
    ///
    /// - Parameter counts: their numbers of records are not known either.
    func noteHidden(_ range: ClosedRange<Int64>, counts: Bool) {
        if counts { countsAreLowerBounds = true }
        if let last = hiddenNs.last,
            range.lowerBound <= last.upperBound + Self.hiddenMarginNs || hiddenNs.count >= Self.mostHidden
        {
            hiddenNs[hiddenNs.count - 1] =
                min(last.lowerBound, range.lowerBound)...max(last.upperBound, range.upperBound)
        } else {
            hiddenNs.append(range)
        }
    }

    // MARK: Attempts

    /// The number that the next attempt gets.
    var nextAttempt: Int { firstAttempt + attempts.count }

    /// A live observer lets go of old attempts; their answers are counted without them.
    func trim() {
        guard case .recent(let limit) = retention, attempts.count > 2 * limit else { return }
        firstAttempt += attempts.removeFirstSegments(keeping: limit)
    }

    /// A capture that goes on: attempts of before a time, and connections that nothing refers to, are let go of.
    func retire(beforeNs timeNs: Int64, open: [Connection]) {
        var old = 0
        while old + SegmentedArray<ObservedAttempt>.segmentSize < attempts.count,
            attempts[old + SegmentedArray<ObservedAttempt>.segmentSize - 1].requestNs < timeNs
        {
            old += SegmentedArray<ObservedAttempt>.segmentSize
        }
        if old > 0 { firstAttempt += attempts.removeFirstSegments(keeping: attempts.count - old) }
        hiddenNs.removeAll { $0.upperBound < timeNs }
        if connections.count > Self.mostLiveConnections { compactConnections(open) }
    }

    private func compactConnections(_ open: [Connection]) {
        var isUsed = [Bool](repeating: false, count: connections.count)
        for connection in open where connection.index >= 0 { isUsed[Int(connection.index)] = true }
        for index in attempts.indices { isUsed[Int(attempts[index].connection)] = true }
        var places = [Int32](repeating: -1, count: connections.count)
        var kept: [ObservedConnection] = []
        for index in connections.indices where isUsed[index] {
            places[index] = Int32(kept.count)
            kept.append(connections[index])
        }
        connections = kept
        for connection in open where connection.index >= 0 { connection.index = places[Int(connection.index)] }
        for index in attempts.indices { attempts[index].connection = places[Int(attempts[index].connection)] }
        grants = grants.compactMap { grant in
            var grant = grant
            grant.connection = places[Int(grant.connection)]
            return grant.connection < 0 ? nil : grant
        }
    }

    func append(_ attempt: ObservedAttempt) {
        if attempt.flags.contains(.headerCut) { cutHeaders += 1 }
        attempts.append(attempt)
        guard case .recent = retention else { return }
        live.requests += 1
        live.records += Int(attempt.recordCount)
        if sequences.isRepeat(attempt) { live.retries += 1 }
    }

    /// Where the attempts of a message are, those apart that were let go of.
    func indices(_ first: Int, _ count: Int) -> Range<Int> {
        max(first - firstAttempt, 0)..<max(first + count - firstAttempt, 0)
    }

    /// A segment of the message was sent again.
    func addRepeat(_ message: Connection.Message, _ flag: ObservedAttempt.Flags) {
        for index in indices(message.firstAttempt, message.count) {
            if flag == .requestAcknowledged {
                attempts[index].retransmissions.request &+= 1
            } else {
                attempts[index].retransmissions.answer &+= 1
            }
        }
    }

    /// The receiver's TCP has the whole message.
    func acknowledge(_ message: Connection.Message, _ flag: ObservedAttempt.Flags) {
        for index in indices(message.firstAttempt, message.count) { attempts[index].flags.insert(flag) }
    }
}
