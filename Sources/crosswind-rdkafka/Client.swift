import CRdkafka
import Glibc

/// One librdkafka producer and its callbacks.
///
/// Every callback runs on the main thread, inside `rd_kafka_poll`: log lines too, because `log.queue` is set.
final class Client {
    /// The producer.
    private(set) var handle: OpaquePointer
    /// Where the reports go.
    let writer: LineWriter
    /// A handle for each topic.
    private(set) var topics: [OpaquePointer] = []
    /// The producer uses a producer id.
    let isIdempotent: Bool
    /// The producer is transactional.
    let isTransactional: Bool
    /// The producer id is assigned, as far as statistics tell.
    private(set) var hasProducerID = false
    /// The client raised a fatal error: it can produce no more.
    private(set) var isFatal = false
    /// Records reported as acknowledged.
    private(set) var acknowledged = 0
    /// Records reported as failed.
    private(set) var failed = 0
    /// The user's own statistics interval in nanoseconds; 0 when there is none.
    private let userStatisticsInterval: Int64
    private var lastUserStatistics = Clock.monotonicNanoseconds()

    /// Statistics tell when the producer id is there, so they must come often until then. librdkafka cannot change the
    /// interval later; one report of a small cluster costs it well under 0.1 ms.
    private static let statisticsIntervalMs: Int64 = 20

    /// Makes the producer.
    ///
    /// - Throws: `DriverFailure` with librdkafka's own words when it rejects a property.
    init(_ configuration: Configuration) throws(DriverFailure) {
        writer = LineWriter(topics: configuration.topics.count)
        let properties = try Properties(configuration)
        isIdempotent = properties.isIdempotent
        isTransactional = properties.isTransactional
        userStatisticsInterval = properties.statisticsIntervalMs * 1_000_000
        if isIdempotent {
            try properties.set("statistics.interval.ms", String(Self.statisticsIntervalMs))
        }
        handle = OpaquePointer(bitPattern: 1)!  // replaced below: callbacks need self, and self needs a handle
        Self.setCallbacks(properties.handle, opaque: Unmanaged.passUnretained(self).toOpaque())
        handle = try properties.makeProducer()
        rd_kafka_set_log_queue(handle, nil)
        for topic in configuration.topics {
            guard let topicHandle = rd_kafka_topic_new(handle, topic.name, nil) else {
                let error = rd_kafka_last_error()
                throw DriverFailure(
                    name: ErrorName.of(error),
                    message: "topic \(topic.name): \(String(cString: rd_kafka_err2str(error)))")
            }
            topics.append(topicHandle)
        }
    }

    private static func setCallbacks(_ conf: OpaquePointer, opaque: UnsafeMutableRawPointer) {
        rd_kafka_conf_set_opaque(conf, opaque)
        rd_kafka_conf_set_dr_msg_cb(conf) { _, message, opaque in
            Client.of(opaque).delivered(message!)
        }
        rd_kafka_conf_set_error_cb(conf) { _, error, reason, opaque in
            Client.of(opaque).raised(rd_kafka_resp_err_t(error), reason.map { String(cString: $0) } ?? "")
        }
        rd_kafka_conf_set_log_cb(conf) { handle, level, facility, text in
            let words = [facility, text].map { $0.map { String(cString: $0) } ?? "" }.joined(separator: ": ")
            Client.of(rd_kafka_opaque(handle)).logged(level, words)
        }
        rd_kafka_conf_set_stats_cb(conf) { _, json, _, opaque in
            if let json { Client.of(opaque).reported(json) }
            return 0
        }
    }

    private static func of(_ opaque: UnsafeMutableRawPointer?) -> Client {
        Unmanaged<Client>.fromOpaque(opaque!).takeUnretainedValue()
    }

    /// A delivery report: exactly one for each record that librdkafka took.
    @inline(__always)
    private func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {
        let id = Int64(Int(bitPattern: message.pointee._private))
        let now = Clock.epochMicroseconds()
        let error = message.pointee.err
        if error == RD_KAFKA_RESP_ERR_NO_ERROR {
            acknowledged &+= 1
            writer.acknowledged(
                id: id, partition: message.pointee.partition, offset: max(message.pointee.offset, -1), timeUs: now)
        } else {
            // Only "not persisted" is a promise; "persisted" together with an error is none of the three outcomes.
            let certain = rd_kafka_message_status(message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED
            reportFailure(id: id, partition: message.pointee.partition, error: error, notPersisted: certain, now: now)
        }
    }

    /// Reports a failed record.
    func reportFailure(id: Int64, partition: Int32, error: rd_kafka_resp_err_t, notPersisted: Bool, now: Int64) {
        failed &+= 1
        writer.failed(
            id: id, partition: max(partition, -1), timeUs: now, error: ErrorName.of(error),
            persistence: notPersisted ? "not_persisted" : "indeterminate")
    }

    private func raised(_ error: rd_kafka_resp_err_t, _ reason: String) {
        guard error == RD_KAFKA_RESP_ERR__FATAL else {
            writer.line(Driver.errorLine(name: ErrorName.of(error), message: reason, fatal: false))
            return
        }
        noteFatalError()
    }

    /// Reports the fatal error that librdkafka remembers, once.
    func noteFatalError() {
        guard !isFatal else { return }
        var text = [CChar](repeating: 0, count: 512)
        let cause = rd_kafka_fatal_error(handle, &text, text.count)
        guard cause != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        isFatal = true
        let words = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        writer.line(Driver.errorLine(name: ErrorName.of(cause), message: words, fatal: true))
    }

    private func logged(_ level: Int32, _ words: String) {
        let names = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
        writer.line(Driver.logLine(level: names[Int(min(max(level, 0), 7))], message: words))
    }

    private func reported(_ statistics: UnsafePointer<CChar>) {
        if isIdempotent, !hasProducerID {
            hasProducerID =
                strstr(statistics, #""idemp_state":"Assigned""#) != nil
                || strstr(statistics, #""idemp_state": "Assigned""#) != nil
        }
        let now = Clock.monotonicNanoseconds()
        if userStatisticsInterval > 0, now - lastUserStatistics >= userStatisticsInterval {
            lastUserStatistics = now
            writer.line(Driver.logLine(level: "statistics", message: String(cString: statistics)))
        }
    }
}
