import EvidenceModel
import PacketWire
import TLSWire

/// What one or more captures of the same traffic say about every batch that a producer sent.
///
/// Files are read one after the other as streams; what is kept is one small value for each attempt. Attempts of a capture
/// at the client and of captures at brokers are joined to one, then attempts to batches:
///
/// - the two ends: by connection and correlation id in order; a connection is the same where its ports and addresses are,
///   or, behind address translation, where its initial sequence numbers are, or its first batches;
/// - batches: by (producer id, epoch, topic, partition, base sequence, last sequence) across connections and brokers;
///   without a producer id by the batch's checksum.
///
/// Use ``evidence()`` for the whole as one value, or ``forEachBatch(_:)`` for one batch at a time.
public final class WireAnalysis {
    /// Counts of each capture, in the order given.
    public let captures: [WireEvidence.Capture]
    /// How each capture's side was found: true where the packets had to tell.
    public let sidesDetected: [Bool]
    let observers: [CaptureObserver]
    /// The files of each capture.
    let files: [[String]]
    let topics: TopicTable
    let keys: KeyRing
    let attempts: AttemptIndex
    let joined: [JoinedAttempt]
    let ledger: BatchLedger
    let connectionJoin: ConnectionJoin
    /// Batches that were refused as too large and sent again in smaller ones.
    let splits: SplitFinder
    /// Connections without an end that their clients have left for others.
    let abandoned: Set<ConnectionJoin.Reference>
    let hasClientSide: Bool
    let hasBrokerSide: Bool
    /// `client>broker` of every connection of every capture.
    let connectionTexts: [[String]]
    let fileNotes: [WireEvidence.Finding]
    /// The transactions of all captures.
    private(set) lazy var transactions = TransactionLedger(self)

    /// Reads and joins the captures.
    ///
    /// - Parameter keys: secrets of TLS connections, beside those that the captures bring themselves.
    /// - Throws: ``CaptureError`` when a file cannot be read or is no capture.
    public convenience init(_ sources: [CaptureSource], keys: KeyLog = KeyLog()) throws {
        try self.init(sources, keys: keys, crossingMTU: nil)
    }

    /// - Parameter crossingMTU: where packets are to be compared between the ends, the longest that the link lets through.
    private convenience init(_ sources: [CaptureSource], keys: KeyLog, crossingMTU: Int?) throws {
        let topics = TopicTable()
        let ring = KeyRing(keys)
        var observers: [CaptureObserver] = []
        var notes: [WireEvidence.Finding] = []
        for source in sources {
            var files = CaptureFiles(source.files, keys: ring)
            let observer = try files.read {
                CaptureObserver(
                    file: source.files.first ?? "", side: source.side ?? .client, topics: topics, keys: ring,
                    crossing: crossingMTU.map { CrossingSide(mtu: $0) })
            }
            observer.node = source.node
            notes += files.notes
            observers.append(observer)
        }
        self.init(
            observers, topics, ring, files: sources.map(\.files), areSidesKnown: sources.map { $0.side != nil }, notes)
    }

    /// Reads one capture that is in memory: for tests and fuzzing.
    ///
    /// - Throws: ``CaptureFormatError`` when the bytes are no capture.
    package convenience init(
        bytes: UnsafeRawBufferPointer, side: WireEvidence.Side? = nil, keys: KeyLog = KeyLog()
    ) throws(CaptureFormatError) {
        let topics = TopicTable()
        let ring = KeyRing(keys)
        let observer = CaptureObserver(file: "memory", side: side ?? .client, topics: topics, keys: ring)
        var parser = CaptureParser()
        var offset = 0
        reading: while true {
            do throws(CaptureFormatError) {
                guard case .packet(let packet) = try parser.next(in: bytes, at: &offset) else { break reading }
                if parser.hasSecrets { parser.takeSecrets().withUnsafeBytes { ring.log.add($0) } }
                observer.observe(packet)
            } catch {
                guard case .damaged = error else { throw error }
                break reading
            }
        }
        observer.interfaceNames = parser.interfaceNames
        self.init([observer], topics, ring, files: [[]], areSidesKnown: [side != nil], [])
    }

    /// What a capture that goes on has shown of late; nothing of it is ended.
    convenience init(live observer: CaptureObserver, _ topics: TopicTable, _ keys: KeyRing) {
        observer.tally.counts.side = observer.sideEvidence.side ?? .client
        self.init(
            joining: [observer], topics, keys, files: [[]], sidesDetected: [true], connectionTexts: [], notes: [])
    }

    private convenience init(
        _ observers: [CaptureObserver], _ topics: TopicTable, _ keys: KeyRing, files: [[String]], areSidesKnown: [Bool],
        _ notes: [WireEvidence.Finding]
    ) {
        for (observer, isKnown) in zip(observers, areSidesKnown) {
            observer.finish()
            if !isKnown { observer.tally.counts.side = observer.sideEvidence.side ?? .client }
        }
        if observers.count == 2, !areSidesKnown.contains(true) { Self.tellApart(observers) }
        self.init(
            joining: observers, topics, keys, files: files, sidesDetected: areSidesKnown.map { !$0 },
            connectionTexts: observers.map { observer in
                observer.log.connections.map { Self.text($0.client) + ">" + Self.text($0.broker) }
            }, notes: notes)
    }

    /// Joins captures whose sides are known. Those that are whole have the names of their connections with them.
    private init(
        joining observers: [CaptureObserver], _ topics: TopicTable, _ keys: KeyRing, files: [[String]],
        sidesDetected: [Bool], connectionTexts: [[String]], notes: [WireEvidence.Finding]
    ) {
        self.observers = observers
        self.files = files
        self.topics = topics
        self.keys = keys
        self.sidesDetected = sidesDetected
        self.connectionTexts = connectionTexts
        hasClientSide = observers.contains { $0.counts.side == .client }
        hasBrokerSide = observers.contains { $0.counts.side == .broker }
        connectionJoin = ConnectionJoin(observers)
        abandoned = ConnectionJoin.abandoned(observers)
        attempts = AttemptIndex(observers)
        joined = AttemptJoin.join(attempts, connectionJoin, topics)
        ledger = BatchLedger(joined, attempts, topics)
        splits = SplitFinder(ledger, topics)
        if !connectionTexts.isEmpty {
            for observer in observers { ledger.correctDeduplications(of: observer) }
        }
        captures = observers.map(\.counts)
        fileNotes = notes
    }

    /// Everything the captures say as one value.
    public func evidence() -> WireEvidence {
        var batches: [WireEvidence.Batch] = []
        batches.reserveCapacity(ledger.batches.count)
        forEachBatch { batches.append($0) }
        return WireEvidence(captures: captures, batches: batches, findings: findings())
    }

    /// The evidence of captures, in one call; each file is read once.
    ///
    /// - Parameter crossingMTU: also what became of each packet between the client's capture and the brokers', on a link
    ///   that lets through packets of at most so many bytes; nil for no such comparison.
    /// - Throws: ``CaptureError`` when a file cannot be read or is no capture.
    public static func evidence(of sources: [CaptureSource], crossingMTU: Int? = nil) throws -> WireEvidence {
        let analysis = try WireAnalysis(sources, keys: KeyLog(), crossingMTU: crossingMTU)
        var evidence = analysis.evidence()
        let sides = analysis.observers.compactMap { observer in observer.crossing.map { ($0, observer) } }
        guard let client = sides.first(where: { $0.1.counts.side == .client })?.0 else { return evidence }
        evidence.crossings = LinkCrossings.compare(
            client: client,
            brokers: sides.filter { $0.1.counts.side == .broker }.map { ($0.0, $0.1.node) })
        return evidence
    }

    /// Number of batches.
    public var batchCount: Int { ledger.batches.count }

    /// Of two captures of unknown side at most one is the client's: the one where requests are earlier.
    private static func tellApart(_ observers: [CaptureObserver]) {
        guard observers[0].counts.side == observers[1].counts.side else { return }
        let first = observers[0].counts.firstPacketUs
        let second = observers[1].counts.firstPacketUs
        observers[0].tally.counts.side = first <= second ? .client : .broker
        observers[1].tally.counts.side = first <= second ? .broker : .client
    }
}
