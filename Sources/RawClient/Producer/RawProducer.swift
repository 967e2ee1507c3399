import Glibc
import KafkaWire

/// A producer at the level of the wire: it keeps any number of requests in flight on a connection, sends again what was
/// not answered, with the same sequences, and breaks rules where its properties say so.
///
/// One batch is one request. It never blocks but in ``wait(alsoFor:untilNs:)``; all times are the monotonic clock's in
/// nanoseconds, unless their names say otherwise. Not thread-safe.
public final class RawProducer {
    /// What the producer reports.
    public enum Report: Sendable, Equatable {
        /// A record was delivered; the offset is -1 where the broker named none.
        case acknowledged(id: Int64, topic: Int, partition: Int32, offset: Int64)
        /// A record was given up; `isCertain` when it was surely never written.
        case failed(id: Int64, topic: Int, partition: Int32, error: String, isCertain: Bool)
        /// Something that belongs to no record.
        case log(level: String, message: String)
        /// The producer can do no more.
        case fatal(name: String, message: String)
    }

    /// A topic to write to, as the scenario names it.
    public struct Topic: Sendable, Equatable {
        /// Name.
        public var name: String
        /// Partitions that it must have.
        public var partitions: Int

        /// A topic with so many partitions.
        public init(name: String, partitions: Int) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// A node of the cluster.
    struct Node {
        var address: RawProducerProperties.Address
        var connection: PipelinedConnection?
        var pausedUntilNs: Int64 = 0
    }

    let properties: RawProducerProperties
    let topics: [Topic]
    var lanes: [PartitionLane] = []
    /// Index of the first lane of each topic.
    private(set) var firstLane: [Int] = []
    /// Known nodes by id; the bootstrap addresses have ids below -1.
    var nodes: [Int32: Node] = [:]
    var topicIDs: [KafkaUUID]
    var producer: (id: Int64, epoch: Int16) = (-1, -1)
    var hasMetadata = false
    var wantsMetadata = true
    var metadataAskedNs = Int64.min / 2
    var isAskingForProducerID = false
    var bufferedBytes = 0
    private var reports: [Report] = []
    private var turn = 0
    private var lastCheckNs: Int64 = 0

    /// No batch waits to fill from now on: the application flushes.
    public var isFlushing = false
    /// A fatal error was reported.
    public internal(set) var isFatal = false

    /// A producer; it connects once ``wait(alsoFor:untilNs:)`` is called.
    public init(_ properties: RawProducerProperties, topics: [Topic]) {
        self.properties = properties
        self.topics = topics
        topicIDs = topics.map { _ in .zero }
        for (index, topic) in topics.enumerated() {
            firstLane.append(lanes.count)
            for partition in 0..<topic.partitions {
                lanes.append(
                    PartitionLane(
                        topic: index, partition: Int32(partition), firstSequence: properties.rules.firstSequence))
            }
        }
        for (index, address) in properties.bootstrap.enumerated() {
            nodes[Int32(-2 - index)] = Node(address: address)
        }
    }

    /// The monotonic clock.
    public static func nowNs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// True in the steady state: metadata of every topic, a producer id where one is used, connections to all leaders.
    public var isReady: Bool {
        guard hasMetadata, !properties.isIdempotent || producer.id >= 0 else { return false }
        return lanes.allSatisfy { nodes[$0.leader]?.connection?.isOpen == true }
    }

    /// Takes a record; false when `buffer.memory` is full, in which case it must be offered again later.
    public func offer(id: Int64, topic: Int, partition: Int32, value: [UInt8]) -> Bool {
        guard bufferedBytes + value.count <= properties.bufferMemory || bufferedBytes == 0 else { return false }
        bufferedBytes += value.count
        let lane = firstLane[topic] + Int(partition)
        lanes[lane].append(
            .init(id: id, value: value), lane: lane, nowNs: Self.nowNs(), timestampMs: Self.epochMs(),
            properties: properties)
        return true
    }

    /// Everything reported since the last call.
    public func takeReports() -> [Report] {
        defer { reports.removeAll(keepingCapacity: true) }
        return reports
    }

    func report(_ report: Report) { reports.append(report) }

    /// Works until `untilNs`, until there is something to report, or until `descriptor` can be read.
    ///
    /// - Returns: true when `descriptor` can be read.
    public func wait(alsoFor descriptor: Int32, untilNs: Int64) -> Bool {
        var nowNs = Self.nowNs()
        advance(nowNs)
        var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        var connections: [PipelinedConnection] = []
        for node in nodes.values {
            guard let connection = node.connection, connection.descriptor >= 0 else { continue }
            entries.append(pollfd(fd: connection.descriptor, events: connection.events, revents: 0))
            connections.append(connection)
        }
        let pause = reports.isEmpty ? max(0, min(untilNs, nextDueNs(nowNs)) - nowNs) : 0
        poll(&entries, nfds_t(entries.count), Int32((pause + 999_999) / 1_000_000))
        nowNs = Self.nowNs()
        for (entry, connection) in zip(entries.dropFirst(), connections) where entry.revents != 0 {
            for answer in connection.service(entry.revents, nowNs: nowNs) { handle(answer, nowNs) }
        }
        advance(nowNs)
        return entries[0].revents != 0
    }

    /// Everything that time or an answer made possible.
    private func advance(_ nowNs: Int64) {
        for id in nodes.keys { check(node: id, nowNs) }
        if nowNs - lastCheckNs > 5_000_000 {
            lastCheckNs = nowNs
            giveUpLate(nowNs)
        }
        connect(nowNs)
        sendWaiting(nowNs)
    }

    private func nextDueNs(_ nowNs: Int64) -> Int64 {
        // Timeouts and pauses are looked at every 10 ms; what waits for its linger is exact.
        var due = nowNs + 10_000_000
        for lane in lanes {
            guard let laneDue = lane.dueNs(properties, isFlushing: isFlushing), laneDue > nowNs else { continue }
            due = min(due, laneDue)
        }
        return due
    }

    // MARK: - Sending

    private func sendWaiting(_ nowNs: Int64) {
        guard hasMetadata, !isFatal, !properties.isIdempotent || producer.id >= 0 else { return }
        turn = lanes.isEmpty ? 0 : (turn + 1) % lanes.count
        var sent = true
        while sent {
            sent = false
            for offset in lanes.indices {
                let index = (turn + offset) % lanes.count
                if sendNext(of: index, nowNs) { sent = true }
            }
        }
    }

    private func sendNext(of index: Int, _ nowNs: Int64) -> Bool {
        guard let due = lanes[index].dueNs(properties, isFlushing: isFlushing), due <= nowNs,
            let connection = nodes[lanes[index].leader]?.connection, connection.isOpen,
            connection.produceInFlight < properties.maxInFlight,
            let version = produceVersion(connection), let batch = lanes[index].queue.popFirst()
        else { return false }
        if batch.tries > 0 { lanes[index].change(batch, lane: index, nowNs: nowNs, properties) }
        if properties.isIdempotent { lanes[index].assignSequence(to: batch, properties) }
        batch.tries += 1
        var request = ProduceRequest()
        request.acks = properties.acks
        request.timeoutMs = Int32(clamping: properties.requestTimeoutMs)
        let topic = lanes[index].topic
        request.topics = [
            .init(
                name: topics[topic].name, topicID: topicIDs[topic],
                partitions: [
                    .init(
                        index: lanes[index].partition, records: batch.bytes(producer: producer, produceVersion: version)
                    )
                ])
        ]
        if properties.acks != 0 { lanes[index].inFlight.append(batch) }
        connection.post(
            request, version: version, .produce(batch), nowNs: nowNs, expectsAnswer: properties.acks != 0)
        if properties.acks == 0 { acknowledge(batch, baseOffset: -1) }
        return true
    }

    private func produceVersion(_ connection: PipelinedConnection) -> Int16? {
        if let version = properties.rules.produceVersion { return version }
        if let version = connection.version(of: ProduceRequest.self, atMost: 12) { return version }
        fail("UNSUPPORTED_VERSION", "\(connection.name) offers no version of Produce that this client knows")
        return nil
    }

    func fail(_ name: String, _ message: String) {
        guard !isFatal else { return }
        isFatal = true
        report(.fatal(name: name, message: message))
        for index in lanes.indices {
            for batch in lanes[index].queue.removeAll(createdBefore: .max) + lanes[index].inFlight {
                giveUp(batch, error: name)
            }
        }
    }

    private static func epochMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
