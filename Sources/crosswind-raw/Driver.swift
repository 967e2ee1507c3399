import CLinux
import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import RawClient
import SystemCalls

/// The driver's life: hello, configure, ready, start, send, drain, done. One thread does it all.
struct Driver {
    /// Version of the producer, for hello.
    static let version = "1.0"

    private let configuration: DriverConfiguration
    private let producer: RawProducer
    private let output: RowWriter
    private let input: CommandInput
    private var next = 0
    private var acknowledged = 0
    private var failed = 0
    private var isStopping = false

    /// Records offered between two looks at the connections.
    private static let burst = 512
    /// Rows wait no longer than this.
    private static let longestWaitNs: Int64 = 10_000_000

    /// Runs the driver and ends the process.
    static func run() -> Never {
        StopSignals.ignoreBrokenPipes()
        RowWriter.write(
            line: #"{"type":"hello","protocol":\#(DriverConfiguration.protocolVersion),"driver":"crosswind-raw","#
                + #""client":"raw","version":"\#(version)"}"#)
        let input = CommandInput()
        guard let line = input.waitForLine() else { ProcessEnd.atOnce(EXIT_SUCCESS) }
        do {
            var driver = try Driver(line, input)
            driver.getReady()
            driver.sendAndDrain()
            ProcessEnd.atOnce(EXIT_SUCCESS)
        } catch {
            RowWriter.write(line: RowWriter.error(name: error.name, message: error.message, isFatal: true))
            ProcessEnd.atOnce(EXIT_FAILURE)
        }
    }

    private init(_ line: [UInt8], _ input: CommandInput) throws(DriverFailure) {
        self.input = input
        configuration = try DriverFailure.reading(line)
        do {
            producer = RawProducer(
                try RawProducerProperties(configuration.config, bootstrap: configuration.bootstrap),
                topics: configuration.topics.map { .init(name: $0.name, partitions: $0.partitions) })
        } catch {
            throw DriverFailure(name: "INVALID_PROPERTY", message: error.description)
        }
        output = RowWriter(topics: configuration.topics.count)
    }

    /// Waits for the steady state, says ready, and waits for start.
    private mutating func getReady() {
        while !producer.isReady { work(untilNs: RawProducer.nowNs() + Self.longestWaitNs) }
        output.line(#"{"type":"ready","time_us":\#(Self.epochUs())}"#)
        while !input.hasStarted, !input.wantsStop { work(untilNs: RawProducer.nowNs() + Self.longestWaitNs) }
    }

    private mutating func sendAndDrain() {
        let start = RawProducer.nowNs()
        output.line(#"{"type":"began","time_us":\#(Self.epochUs())}"#)
        while next < configuration.records, !producer.isFatal, !input.wantsStop {
            var due = configuration.records
            var nextDueNs = start
            if let rate = configuration.rateRecordsPerS {
                let elapsed = Double(RawProducer.nowNs() - start) / 1e9
                due = Int(min(elapsed * rate + 1, Double(configuration.records)))
            }
            let last = min(due, next + Self.burst)
            var isFull = false
            while next < last {
                guard offer(next) else {
                    isFull = true
                    break
                }
                next += 1
            }
            if isFull {
                nextDueNs = RawProducer.nowNs() + 1_000_000
            } else if next >= due, let rate = configuration.rateRecordsPerS {
                nextDueNs = start + Int64(Double(next) / rate * 1e9)
            }
            work(untilNs: nextDueNs)
        }
        producer.isFlushing = true
        while acknowledged + failed < next { work(untilNs: RawProducer.nowNs() + Self.longestWaitNs) }
        output.line(
            #"{"type":"done","time_us":\#(Self.epochUs()),"sent":\#(next),"acknowledged":\#(acknowledged),"#
                + #""failed":\#(failed)}"#)
    }

    /// Hands a record to the producer; false when its buffer is full.
    private mutating func offer(_ id: Int) -> Bool {
        let topic = id % configuration.topics.count
        let partition = id / configuration.topics.count % configuration.topics[topic].partitions
        let value = RecordPayload.value(id: UInt64(id), size: configuration.sizeBytes)
        let timeUs = Self.epochUs()
        guard producer.offer(id: Int64(id), topic: topic, partition: Int32(partition), value: value) else {
            return false
        }
        output.sent(id: Int64(id), topic: topic, partition: Int32(partition), timeUs: timeUs)
        return true
    }

    /// Lets the producer work for a while, writes what it reports, and ends the process when the harness is gone.
    private mutating func work(untilNs: Int64) {
        if producer.wait(alsoFor: STDIN_FILENO, untilNs: min(untilNs, RawProducer.nowNs() + Self.longestWaitNs)) {
            input.read()
        }
        let timeUs = Self.epochUs()
        for report in producer.takeReports() { write(report, timeUs) }
        if input.hasEnded {
            output.flush()
            ProcessEnd.atOnce(EXIT_SUCCESS)
        }
        output.flushIfDue(nowNs: RawProducer.nowNs())
        if producer.isFatal, next == 0, !input.hasStarted {
            output.flush()
            ProcessEnd.atOnce(EXIT_FAILURE)
        }
    }

    private mutating func write(_ report: RawProducer.Report, _ timeUs: Int64) {
        switch report {
        case .acknowledged(let id, let topic, let partition, let offset):
            acknowledged += 1
            output.acknowledged(id: id, topic: topic, partition: partition, offset: offset, timeUs: timeUs)
        case .failed(let id, let topic, let partition, let error, let isCertain):
            failed += 1
            output.failed(
                id: id, topic: topic, partition: partition, timeUs: timeUs, error: error, isCertain: isCertain)
        case .log(let level, let message): output.line(RowWriter.log(level: level, message: message))
        case .fatal(let name, let message):
            output.line(RowWriter.error(name: name, message: message, isFatal: true))
        }
    }

    /// Microseconds since the Unix epoch.
    static func epochUs() -> Int64 { cl_realtime_ns() / 1000 }
}

/// Why the driver cannot begin: a fatal `error` line and exit code 1.
struct DriverFailure: Error {
    var name: String
    var message: String

    /// Reads and checks a `configure` line.
    static func reading(_ line: [UInt8]) throws(DriverFailure) -> DriverConfiguration {
        struct Envelope: Decodable {
            var type: String
            var version: Int

            enum CodingKeys: String, CodingKey {
                case type
                case version = "protocol"
            }
        }
        let envelope: Envelope
        let configuration: DriverConfiguration
        do {
            envelope = try JSONDecoder().decode(Envelope.self, from: Data(line))
            configuration = try JSONDecoder().decode(DriverConfiguration.self, from: Data(line))
        } catch {
            throw DriverFailure(name: "BAD_CONFIGURE", message: "cannot read the configure line: \(error)")
        }
        func refuse(_ message: String) -> DriverFailure { DriverFailure(name: "BAD_CONFIGURE", message: message) }
        guard envelope.type == "configure" else { throw refuse("the first line must be configure") }
        guard envelope.version == DriverConfiguration.protocolVersion else {
            throw refuse("this driver speaks protocol \(DriverConfiguration.protocolVersion), not \(envelope.version)")
        }
        guard !configuration.topics.isEmpty, configuration.topics.allSatisfy({ (1...100_000).contains($0.partitions) })
        else { throw refuse("topics must name at least one, each with 1 to 100000 partitions") }
        guard configuration.records >= 0, (RecordPayload.minimumSize...(1 << 30)).contains(configuration.sizeBytes)
        else { throw refuse("records must not be negative, size_bytes at least \(RecordPayload.minimumSize)") }
        if let rate = configuration.rateRecordsPerS, !(rate > 0 && rate.isFinite) {
            throw refuse("rate_records_per_s must be above 0, or null")
        }
        return configuration
    }
}
