import CRdkafka
import KafkaWire

/// librdkafka as a transactional producer, by its C interface.
final class TransactionalLibrdkafka {
    /// What a call of librdkafka said.
    struct Failure: Error, CustomStringConvertible {
        var description: String
        var isFatal = false
        var isFenced = false
    }

    private let producer: OpaquePointer

    init(_ address: String, transactionalID: String) throws {
        let configuration = rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in [
            ("bootstrap.servers", address), ("transactional.id", transactionalID), ("log_level", "0"),
        ] {
            guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                throw Failure(description: "\(name): \(Self.string(text))")
            }
        }
        guard let made = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
            throw Failure(description: Self.string(text))
        }
        producer = made
        try check(rd_kafka_init_transactions(producer, 15_000))
    }

    deinit { rd_kafka_destroy(producer) }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func check(_ error: OpaquePointer?) throws {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        throw Failure(
            description: String(cString: rd_kafka_error_string(error)), isFatal: rd_kafka_error_is_fatal(error) != 0,
            isFenced: rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__FENCED)
    }

    func begin() throws { try check(rd_kafka_begin_transaction(producer)) }

    func commit() throws { try check(rd_kafka_commit_transaction(producer, 15_000)) }

    func abort() throws { try check(rd_kafka_abort_transaction(producer, 15_000)) }

    /// Hands records over and waits until they are delivered.
    func produce(_ topic: String, _ values: [String], partition: Int32) throws {
        guard let handle = rd_kafka_topic_new(producer, topic, nil) else {
            throw Failure(description: "no topic \(topic)")
        }
        defer { rd_kafka_topic_destroy(handle) }
        for value in values {
            var bytes = Array(value.utf8)
            let code = rd_kafka_produce(
                handle, partition, Int32(RD_KAFKA_MSG_F_COPY), &bytes, bytes.count, nil, 0, nil)
            guard code == 0 else { throw Failure(description: "produce: \(rd_kafka_last_error())") }
        }
        guard rd_kafka_flush(producer, 15_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw Failure(description: "records were not delivered in 15 s")
        }
    }

    /// Adds an offset of a group to the transaction.
    func sendOffset(_ topic: String, partition: Int32, offset: Int64, group: String) throws {
        let list = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        rd_kafka_topic_partition_list_add(list, topic, partition).pointee.offset = offset
        let metadata = rd_kafka_consumer_group_metadata_new(group)
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        try check(rd_kafka_send_offsets_to_transaction(producer, list, metadata, 15_000))
    }
}
