import PacketWire

/// What an input is, found by its content alone.
public enum InputKind: String, Sendable {
    /// A pcap or pcapng file.
    case capture
    /// A client's or an application's log.
    case clientLog = "client log"
    /// A broker's server.log.
    case brokerLog = "broker log"
    /// Settings.
    case configuration
    /// Output of kafka-topics --describe.
    case topics = "topic description"
    /// Output of kafka-configs --describe.
    case brokerConfigs = "broker configuration"
    /// A program's source.
    case source = "source code"
    /// What somebody wrote about the trouble.
    case prose = "description"
    /// Packed: gzip, zstd, xz, zip, bzip2.
    case packed
    /// Neither text nor a capture.
    case binary
    /// Nothing.
    case empty

    /// Tells the kind of an input from its first bytes; a few kilobytes suffice.
    public static func recognise(_ bytes: UnsafeRawBufferPointer) -> InputKind {
        guard let first = bytes.first else { return .empty }
        if isCapture(bytes) { return .capture }
        if isPacked(bytes) { return .packed }
        let head = bytes.prefix(16_384)
        let controls = head.reduce(0) { $0 + ($1 < 0x09 || ($1 > 0x0D && $1 < 0x20 && $1 != 0x1B) ? 1 : 0) }
        if controls * 50 > head.count { return .binary }
        let lines = head.split(separator: 0x0A, maxSplits: 200, omittingEmptySubsequences: true)
            .map { LineText(Array($0.prefix(1000))) }
        guard !lines.isEmpty else { return .empty }
        _ = first
        return recognise(lines)
    }

    private static func isCapture(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 4 else { return false }
        let magic = bytes.loadUnaligned(as: UInt32.self)
        return [0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1, 0x0a0d_0d0a].contains(magic)
    }

    private static func isPacked(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let magics: [[UInt8]] = [
            [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58], [0x50, 0x4B, 0x03, 0x04],
            [0x42, 0x5A, 0x68],
        ]
        return magics.contains { magic in bytes.count >= magic.count && zip(bytes, magic).allSatisfy { $0 == $1 } }
    }

    private static func recognise(_ lines: [LineText]) -> InputKind {
        if lines.contains(where: { $0.contains("PartitionCount:") || $0.contains("ReplicationFactor:") })
            || lines.contains(where: { $0.contains("Leader:") && $0.contains("Isr:") })
        {
            return .topics
        }
        if lines.contains(where: { $0.contains("configs for ") && ($0.contains(" are:") || $0.contains(" are ")) }) {
            return .brokerConfigs
        }
        let timed = lines.reduce(0) { $0 + ($1.bytes.withUnsafeBytes { LineTime.us($0) } != nil ? 1 : 0) }
        let broker = lines.reduce(0) { $0 + ($1.isBrokerLine ? 1 : 0) }
        if broker > 0, broker * 2 >= timed { return .brokerLog }
        let settings = ConfigurationReader.countSettings(lines)
        // A log's ProducerConfig block holds more settings than the log has lines; no configuration begins lines with times.
        if timed > 0 { return .clientLog }
        let speaks = lines.contains { $0.isLogLine && ConfigurationReader.countSettings([$0]) == 0 }
        if settings > 0, !speaks { return .configuration }
        if speaks { return .clientLog }
        if lines.contains(where: \.isSourceLine) { return .source }
        return settings > 0 ? .configuration : .prose
    }
}

extension LineText {
    /// A line as brokers write it, with the class at its end.
    fileprivate var isBrokerLine: Bool {
        bytes.first == UInt8(ascii: "[")
            && (contains("(kafka.") || contains("(org.apache.kafka.server") || contains("(org.apache.kafka.storage")
                || contains("(org.apache.kafka.coordinator") || contains("(state.change.logger)")
                || contains("(org.apache.kafka.common.utils.LoggingSignalHandler)"))
    }

    /// A line of a log without a time.
    fileprivate var isLogLine: Bool {
        contains("org.apache.kafka.") || contains("%3|") || contains("%4|") || contains("rdkafka#")
            || contains("Traceback (most") || contains("% ERROR:") || contains("] INFO ") || contains("] WARN ")
            || contains("] ERROR ") || contains("KafkaError{") || contains("[sarama]")
    }

    fileprivate var isSourceLine: Bool {
        contains(".send(") || contains(".produce(") || contains("new ProducerRecord") || contains("KafkaProducer")
            || contains("import org.apache.kafka") || contains("from confluent_kafka") || contains(".flush()")
    }
}
