import KafkaWire
import RecordCompression

/// One batch as it lies in a broker's log.
public struct ReadBatch: Sendable, Equatable {
    /// One record of a batch.
    public struct Record: Sendable, Equatable {
        /// Offset in the log.
        public var offset: Int64
        /// Milliseconds since the epoch; -1 for none.
        public var timestampMs: Int64
        /// The key; nil for null.
        public var key: [UInt8]?
        /// The value; nil for null.
        public var value: [UInt8]?
        /// The value of the header `crosswind-record`, by which a program numbers its records; nil for none.
        public var header: [UInt8]?
    }

    /// Topic name.
    public var topic: String
    /// Partition.
    public var partition: Int32
    /// The batch's header; for messages of magic 0 or 1 only offset, magic, timestamp and count are set.
    public var header: RecordBatchHeader
    /// The records, unpacked; empty when `isOpened` is false.
    public var records: [Record]
    /// False when the records could not be unpacked; the header counts them.
    public var isOpened: Bool
}

/// What a broker's log holds, read to its end.
public struct ReadLog: Sendable {
    /// The batches, ordered by topic, partition and offset.
    public var batches: [ReadBatch] = []
    /// Where what was read ends, by topic and partition: the high watermark, or the log's end where what lies above the
    /// high watermark was read too.
    public var endOffsets: [String: [Int32: Int64]] = [:]
    /// Records that the leader's log holds above the high watermark and that could not be read, by topic and partition;
    /// without an entry there are none, or the broker does not tell.
    public var unreadOffsets: [String: [Int32: Int64]] = [:]
    /// Offsets that were read above the high watermark, of all partitions.
    public var offsetsAboveWatermark: Int64 = 0
    /// First offset of the log, by topic and partition.
    public var startOffsets: [String: [Int32: Int64]] = [:]
    /// True when every partition was read to the end that it had when reading began.
    public var isComplete = false

    /// Nothing read.
    public init() {}
}

/// Reads whole topics from any Kafka broker, for the account that a broker's log gives of a run.
public struct LogReader: Sendable {
    /// How to log in; nil for PLAINTEXT.
    public struct Login: Sendable, Equatable {
        /// User name.
        public var user: String
        /// Password.
        public var password: String

        /// SASL PLAIN with these words.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// Host and port to begin with.
    public var host: String
    /// See ``host``.
    public var port: Int
    /// How long one step may take.
    public var timeout: Duration
    /// SASL PLAIN login, if the listener wants one.
    public var login: Login?
    /// Makes connected sockets by a way of the caller's own, for example from inside another network namespace; nil
    /// connects from here. A socket belongs to the reader from then on.
    public var connector: (@Sendable (_ host: String, _ port: Int) throws -> Int32)?

    /// A reader that begins at `host`:`port` and goes where the brokers say.
    public init(
        host: String, port: Int, timeout: Duration = .seconds(10), login: Login? = nil,
        connector: (@Sendable (_ host: String, _ port: Int) throws -> Int32)? = nil
    ) {
        self.host = host
        self.port = port
        self.timeout = timeout
        self.login = login
        self.connector = connector
    }

    /// Connects and logs in.
    ///
    /// - Throws: ``RawClientError``.
    public func connect(_ host: String, _ port: Int) throws -> RawConnection {
        let connection =
            try connector.map {
                try RawConnection(adopting: try $0(host, port), address: "\(host):\(port)", timeout: timeout)
            } ?? RawConnection(connectTo: host, port: port, timeout: timeout)
        if let login { try connection.authenticatePlain(user: login.user, password: login.password) }
        try connection.negotiate()
        return connection
    }

    /// Reads every partition of `topics` to the end that it has now: to the high watermark as a consumer does, and what
    /// the leader's log holds above it where the broker gives that out (``WatermarkLag``).
    ///
    /// - Parameter from: offsets to begin at, by topic and partition; others begin at the start of the log.
    /// - Throws: ``RawClientError``: a topic that does not exist, a partition without a leader, a broken connection.
    public func read(topics: [String], from: [String: [Int32: Int64]] = [:]) throws -> ReadLog {
        var log = ReadLog()
        try forEachPartition(of: topics) { topic, partition, connection in
            let start = from[topic.name ?? ""]?[partition]
            try read(topic.name ?? "", topic.topicID, partition, at: start, from: connection, into: &log)
            try readAboveWatermark(topic, partition, from: connection, into: &log)
        }
        log.isComplete = true
        return log
    }

    /// Where the partitions of `topics` end now: the offset behind the last record that can be fetched.
    ///
    /// - Throws: ``RawClientError``.
    public func endOffsets(topics: [String]) throws -> [String: [Int32: Int64]] {
        var ends: [String: [Int32: Int64]] = [:]
        try forEachPartition(of: topics) { topic, partition, connection in
            let name = topic.name ?? ""
            var end = try connection.offset(topic: name, partition: partition, timestamp: -1)
            // Not every broker tells the truth: Tansu names the last offset, not the one after it.
            while true {
                let answer = try connection.fetch(
                    topic: name, topicID: topic.topicID, partition: partition, offset: end)
                let batches = try Self.batches(answer.records ?? [], name, partition, from: end, connection.address)
                guard answer.errorCode == 0, let last = batches.last else { break }
                end = Self.offset(after: last)
            }
            ends[name, default: [:]][partition] = end
        }
        return ends
    }

    /// Calls `body` with each partition and a connection to its leader, in order of topic and partition.
    func forEachPartition(
        of topics: [String], _ body: (MetadataResponse.Topic, Int32, RawConnection) throws -> Void
    ) throws {
        let bootstrap = try connect(host, port)
        let metadata = try bootstrap.metadata(topics: topics)
        var connections: [Int32: RawConnection] = [:]
        for topic in metadata.topics.sorted(by: { ($0.name ?? "") < ($1.name ?? "") }) {
            let name = topic.name ?? ""
            guard topic.errorCode == 0 else {
                throw RawClientError.refused(what: "topic \(name)", code: ErrorCode(rawValue: topic.errorCode))
            }
            for partition in topic.partitions.sorted(by: { $0.partitionIndex < $1.partitionIndex }) {
                guard let leader = metadata.brokers.first(where: { $0.nodeID == partition.leaderID }) else {
                    throw RawClientError.refused(
                        what: "\(name)-\(partition.partitionIndex) has no leader", code: .leaderNotAvailable)
                }
                let connection: RawConnection
                if let known = connections[leader.nodeID] {
                    connection = known
                } else {
                    connection = try connect(leader.host, Int(leader.port))
                    connections[leader.nodeID] = connection
                }
                try body(topic, partition.partitionIndex, connection)
            }
        }
    }

    private func read(
        _ topic: String, _ topicID: KafkaUUID, _ partition: Int32, at wanted: Int64?,
        from connection: RawConnection, into log: inout ReadLog
    ) throws {
        let start = try wanted ?? connection.offset(topic: topic, partition: partition, timestamp: -2)
        let end = try connection.offset(topic: topic, partition: partition, timestamp: -1)
        log.startOffsets[topic, default: [:]][partition] = start
        log.endOffsets[topic, default: [:]][partition] = end
        try walk(topic, topicID, partition, from: start, to: end, connection, firstSize: 8 << 20) { code, offset in
            throw RawClientError.refused(what: "Fetch of \(topic)-\(partition) at \(offset)", code: code)
        } onBatches: {
            log.batches += $0
        }
    }

    /// Fetches a partition from one offset to another.
    ///
    /// - Parameters:
    ///   - firstSize: bytes asked for at first; more where a batch is larger.
    ///   - version: of Fetch; nil: the highest common.
    ///   - onRefusal: called with the error code of an answer and the offset asked for; then the walk ends.
    ///   - onBatches: called with what each answer brings.
    func walk(
        _ topic: String, _ topicID: KafkaUUID, _ partition: Int32, from start: Int64, to end: Int64,
        _ connection: RawConnection, firstSize: Int32, version: Int16? = nil,
        onRefusal: (ErrorCode, Int64) throws -> Void, onBatches: ([ReadBatch]) -> Void
    ) throws {
        var next = start
        var size = firstSize
        while next < end {
            let answer = try connection.fetch(
                topic: topic, topicID: topicID, partition: partition, offset: next, maxBytes: size, version: version)
            guard answer.errorCode == 0 else { return try onRefusal(ErrorCode(rawValue: answer.errorCode), next) }
            let batches = try Self.batches(answer.records ?? [], topic, partition, from: next, connection.address)
            guard let last = batches.last else {
                // Before version 3 a batch larger than what was asked for comes cut: ask for more.
                guard size < 256 << 20 else {
                    throw RawClientError.badAnswer(
                        what: "no batch of \(topic)-\(partition) at \(next), though the log ends at \(end)",
                        address: connection.address)
                }
                size *= 2
                continue
            }
            onBatches(batches)
            next = Self.offset(after: last)
        }
    }

    /// The offset after a batch.
    package static func offset(after batch: ReadBatch) -> Int64 {
        batch.header.baseOffset + Int64(max(batch.header.lastOffsetDelta, 0)) + 1
    }

    /// The batches of a Fetch answer that hold `offset` or more; a batch that is cut ends the list.
    ///
    /// - Throws: ``RawClientError`` for a batch at an offset that no log can have: it is named, and nothing is computed
    ///   with it.
    package static func batches(
        _ records: [UInt8], _ topic: String, _ partition: Int32, from offset: Int64, _ address: String
    ) throws -> [ReadBatch] {
        func check(_ base: Int64) throws {
            guard !RecordBatchHeader.offsets.contains(base) else { return }
            throw RawClientError.badAnswer(
                what: "a batch of \(topic)-\(partition) at offset \(base), which no log can have", address: address)
        }
        return try records.withUnsafeBytes { raw in
            if raw.count > RecordBatchHeader.magicOffset, raw[RecordBatchHeader.magicOffset] < 2 {
                let old = OldMessages.batches(raw, topic, partition, from: offset)
                for batch in old { try check(batch.header.baseOffset) }
                return old
            }
            var result: [ReadBatch] = []
            for view in RecordBatchSequence(raw) {
                guard view.isWhole else { break }
                try check(view.header.baseOffset)
                guard view.header.baseOffset + Int64(view.header.lastOffsetDelta) >= offset else { continue }
                result.append(open(view, topic, partition))
            }
            return result
        }
    }

    /// The one header that is kept: the number that a program gave its record (docs/driver-protocol.md).
    private static let numberKey: StaticString = "crosswind-record"

    private static func open(_ view: RecordBatchView, _ topic: String, _ partition: Int32) -> ReadBatch {
        let header = view.header
        var batch = ReadBatch(topic: topic, partition: partition, header: header, records: [], isOpened: false)
        guard !header.isControl, let codec = header.compression else { return batch }
        do {
            try Decompression.withRecords(view.records, codec) { section in
                try RecordView.forEach(in: section, count: header.recordCount) { record in
                    batch.records.append(
                        .init(
                            offset: header.baseOffset + Int64(record.offsetDelta),
                            timestampMs: header.isLogAppendTime
                                ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta,
                            key: record.key.map(Array.init), value: record.value.map(Array.init),
                            header: record.header(numberKey).map(Array.init)))
                }
            }
            batch.isOpened = true
        } catch {
            batch.records = []
        }
        return batch
    }
}

/// Messages of magic 0 and 1 as batches of one record each.
private enum OldMessages {
    static func batches(
        _ raw: UnsafeRawBufferPointer, _ topic: String, _ partition: Int32, from offset: Int64
    ) -> [ReadBatch] {
        var result: [ReadBatch] = []
        try? MessageView.forEach(in: raw, partialEnd: true) { message in
            guard message.offset >= offset else { return }
            var header = RecordBatchHeader()
            header.magic = message.magic
            header.baseOffset = message.offset
            header.baseTimestamp = message.timestamp
            header.maxTimestamp = message.timestamp
            header.recordCount = 1
            header.attributes = Int16(message.attributes)
            let isPlain = message.compression == Compression.none
            result.append(
                ReadBatch(
                    topic: topic, partition: partition, header: header,
                    records: isPlain
                        ? [
                            .init(
                                offset: message.offset, timestampMs: message.timestamp,
                                key: message.key.map(Array.init), value: message.value.map(Array.init))
                        ] : [],
                    isOpened: isPlain))
        }
        return result
    }
}
