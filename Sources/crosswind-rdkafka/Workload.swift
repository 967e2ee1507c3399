import CLinux
import CRdkafka
import Glibc
import Synchronization
import SystemCalls

/// Sends the records and waits for their outcomes.
///
/// Paced sending is open loop: record n is due at start + n / rate. When the client's queue is full the record waits for
/// room and later ones catch up; nothing is left out.
struct Workload {
    private let client: Client
    private let configuration: Configuration
    private let topicCount: Int
    private let values: ValueBuffer
    private var next = 0
    /// Records that librdkafka took: each gets exactly one delivery report.
    private var sent = 0
    /// Records offered between two looks at the reports.
    private let burst = 256
    /// The shortest sleep: a due time closer than this is met late rather than with one system call per record.
    private let tickNanoseconds: Int64 = 200_000
    /// The longest sleep: rows wait no longer than this.
    private let longestWaitNanoseconds: Int64 = 10_000_000

    init(_ client: Client, _ configuration: Configuration) {
        self.client = client
        self.configuration = configuration
        topicCount = configuration.topics.count
        values = ValueBuffer(size: configuration.sizeBytes)
    }

    /// Waits for `start`, sends, drains, says `done`.
    mutating func run() throws(DriverFailure) {
        let queue = rd_kafka_queue_get_main(client.handle)
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue, Control.wakeUp, &one, 8)
        while !Control.started.load(ordering: .acquiring) {
            poll(for: longestWaitNanoseconds)
            if Control.stopRequested.load(ordering: .acquiring) { break }
        }
        if client.isTransactional { try check(rd_kafka_begin_transaction(client.handle)) }
        send()
        drain()
        if client.isTransactional && !client.isFatal && sent > 0 {
            try check(rd_kafka_commit_transaction(client.handle, -1))
        }
        client.writer.line(
            #"{"type":"done","time_us":\#(Clock.epochMicroseconds()),"sent":\#(next),"#
                + #""acknowledged":\#(client.acknowledged),"failed":\#(client.failed)}"#)
    }

    private mutating func send() {
        let start = Clock.monotonicNanoseconds()
        client.writer.line(#"{"type":"began","time_us":\#(Clock.epochMicroseconds())}"#)
        let nanosecondsPerRecord = configuration.rateRecordsPerS.map { 1e9 / $0 }
        while next < configuration.records, !client.isFatal, !Control.stopRequested.load(ordering: .acquiring) {
            var due = configuration.records
            if let nanosecondsPerRecord {
                let elapsed = Double(Clock.monotonicNanoseconds() - start)
                due = Int(min(elapsed / nanosecondsPerRecord + 1, Double(configuration.records)))
            }
            let last = min(due, next + burst)
            while next < last, offer(next) { next += 1 }
            if next < last {
                poll(for: 1_000_000)  // the client's queue is full
            } else if next < due {
                poll(for: 0)
            } else if let nanosecondsPerRecord {
                let nextDue = start + Int64(Double(next) * nanosecondsPerRecord)
                poll(for: max(nextDue - Clock.monotonicNanoseconds(), tickNanoseconds))
            }
        }
    }

    /// Hands record `id` to the client; false when its queue is full.
    @inline(__always)
    private mutating func offer(_ id: Int) -> Bool {
        let topic = id % topicCount
        let partition: Int32 =
            configuration.partitioner == .client
            ? RD_KAFKA_PARTITION_UA : Int32((id / topicCount) % configuration.topics[topic].partitions)
        let value = values.value(id: UInt64(id))
        // The time before the call: it is what the application sees, and no report can be earlier.
        let now = Clock.epochMicroseconds()
        let result = rd_kafka_produce(
            client.topics[topic], partition, Int32(RD_KAFKA_MSG_F_COPY), value, values.size, nil, 0,
            UnsafeMutableRawPointer(bitPattern: id))
        if result == 0 {
            sent &+= 1
            client.writer.sent(id: Int64(id), partition: partition, timeUs: now)
            return true
        }
        let error = rd_kafka_last_error()
        if error == RD_KAFKA_RESP_ERR__QUEUE_FULL { return false }
        client.writer.sent(id: Int64(id), partition: partition, timeUs: now)
        client.reportFailure(id: Int64(id), partition: partition, error: error, notPersisted: true, now: now)
        client.noteFatalError()
        return true
    }

    /// Waits for every outcome as an application does at its end: flush, which also cuts a long linger short.
    private func drain() {
        while client.acknowledged + client.failed < next {
            Driver.endIfAsked(client)
            rd_kafka_flush(client.handle, 10)
            client.writer.flushIfDue(now: Clock.monotonicNanoseconds())
        }
    }

    /// Serves callbacks, waiting for them at most so long.
    private func poll(for nanoseconds: Int64) {
        Driver.endIfAsked(client)
        if rd_kafka_poll(client.handle, 0) == 0, nanoseconds > 0 {
            let wait = min(nanoseconds, longestWaitNanoseconds)
            if cl_wait_readable(Control.wakeUp, wait) > 0 {
                var count: UInt64 = 0
                _ = read(Control.wakeUp, &count, 8)
                rd_kafka_poll(client.handle, 0)
            }
        }
        client.writer.flushIfDue(now: Clock.monotonicNanoseconds())
    }

    private func check(_ error: OpaquePointer?) throws(DriverFailure) {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        client.writer.flush()
        throw DriverFailure(
            name: ErrorName.of(rd_kafka_error_code(error)), message: String(cString: rd_kafka_error_string(error)))
    }
}

extension Driver {
    /// Ends the process with its rows written when the harness or a signal asked for it.
    static func endIfAsked(_ client: Client) {
        let code = Control.ending.load(ordering: .acquiring)
        guard code != Control.notEnding else { return }
        client.writer.flush()
        ProcessEnd.atOnce(code)
    }
}
