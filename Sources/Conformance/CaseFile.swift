import FoundationEssentials
import Glibc
import KafkaWire
import RecordCompression

/// A file of sequence cases: what a producer sends, step by step, and what a broker answered.
public struct CaseFile: Decodable, Sendable {
    /// The cases, in file order.
    public var cases: [SequenceCase]
    /// Cases of transactions, in a file of that kind.
    public var transactions: [TransactionCase] = []
    /// What was recorded outside the sequence rules, in a file of that kind.
    var outside: OutsideRecord?

    private enum CodingKeys: String, CodingKey { case cases }

    /// A packed file that unpacks to more is refused, bytes.
    private static let largestFile = 256 << 20

    /// Reads the file at `path`, which may be packed with gzip.
    ///
    /// - Throws: ``ConformanceError`` naming the file and what is wrong with it.
    public init(path: String) throws {
        guard var data = FileManager.default.contents(atPath: path) else {
            throw ConformanceError(description: "cases \(path): the file cannot be read")
        }
        if data.starts(with: [0x1f, 0x8b]) {
            let packed = [UInt8](data)
            do {
                data = Data(
                    try packed.withUnsafeBytes { try Decompression.decompress($0, .gzip, limit: Self.largestFile) })
            } catch {
                throw ConformanceError(description: "cases \(path): \(error)")
            }
        }
        if let outside = OutsideRecord(data) {
            cases = []
            self.outside = outside
            return
        }
        outside = nil
        if let transactions = TransactionCase.cases(in: data) {
            cases = []
            self.transactions = transactions
            return
        }
        do {
            self = try JSONDecoder().decode(CaseFile.self, from: data)
        } catch {
            throw ConformanceError(
                description:
                    "cases \(path): neither cases of sequences or transactions nor what a broker says outside them: "
                    + "\(error)")
        }
    }
}

/// The conformance run cannot be done as asked.
public struct ConformanceError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and with what.
    public var description: String

    /// An error that says this.
    public init(description: String) { self.description = description }
}

/// One case: a fresh topic and fresh producers, then the steps in order.
public struct SequenceCase: Decodable, Sendable {
    /// What the case is about, for example `duplicate`.
    public var group: String
    /// Unique in its group.
    public var name: String
    /// Topic settings other than the defaults.
    var topicConfig: [String: String]?
    /// Broker settings other than the defaults; `nodes` is their number.
    var brokerConfig: [String: String]?
    var partitions: Int?
    var steps: [Step]?
    var logEndOffset: OneOrMany?
    var log: Log?
    /// Why the broker that was recorded could not run it.
    var notRun: String?

    /// One offset, or one of each partition.
    enum OneOrMany: Decodable, Sendable {
        case one(Int64)
        case many([Int64])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int64.self) {
                self = .one(value)
            } else {
                self = .many(try container.decode([Int64].self))
            }
        }

        var values: [Int64] {
            switch self {
            case .one(let value): [value]
            case .many(let values): values
            }
        }
    }

    /// What the log held at the end, by partition.
    struct Log: Decodable, Sendable {
        var partitions: [[LogRow]]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let rows = try? container.decode([LogRow].self) {
                partitions = [rows]
            } else {
                partitions = try container.decode([[LogRow]].self)
            }
        }
    }

    /// `[baseOffset, lastOffset, producer, epoch, baseSequence, count]` of one batch.
    struct LogRow: Decodable, Sendable, Equatable, CustomStringConvertible {
        var baseOffset: Int64
        var lastOffset: Int64
        var producer: String
        var epoch: Int64
        var baseSequence: Int64
        var count: Int64

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            baseOffset = try container.decode(Int64.self)
            lastOffset = try container.decode(Int64.self)
            producer = try container.decode(ProducerAlias.self).name
            epoch = try container.decode(Int64.self)
            baseSequence = try container.decode(Int64.self)
            count = try container.decode(Int64.self)
        }

        init(
            baseOffset: Int64, lastOffset: Int64, producer: String, epoch: Int64, baseSequence: Int64, count: Int64
        ) {
            self.baseOffset = baseOffset
            self.lastOffset = lastOffset
            self.producer = producer
            self.epoch = epoch
            self.baseSequence = baseSequence
            self.count = count
        }

        var description: String { "[\(baseOffset)-\(lastOffset) \(producer)/\(epoch)/\(baseSequence) x\(count)]" }
    }
}

/// `A`, `B`, `U`, or a number: -1 is no producer.
struct ProducerAlias: Decodable, Sendable, Hashable {
    var name: String

    init(name: String) { self.name = name }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            name = "\(number)"
        } else {
            name = try container.decode(String.self)
        }
    }
}

/// A step: something sent with its answer, or something done.
struct Step: Decodable, Sendable {
    var produce: ProduceSpec?
    var answer: AnswerSpec?
    var action: ActionSpec?
    var result: [String: Int64]?
}

/// What to send.
struct ProduceSpec: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
        var partition: Int32
        var topic: String?
        /// Nil for null records.
        var batches: [BatchSpec]?
    }

    var acks: Int16
    var apiVersion: Int16?
    var timeoutMs: Int32?
    var transactionalId: String?
    var entries: [Entry]
}

/// One batch to send, right or wrong; see the format's description.
struct BatchSpec: Decodable, Sendable {
    var producer: ProducerAlias?
    var epoch: Int16?
    var baseSequence: Int32?
    var recordCount: Int?
    var payload: String?
    var key: String?
    var tsOffsetMs: Int64?
    var pad: Int?
    var headerCount: Int32?
    var lastOffsetDelta: Int32?
    var baseOffset: Int64?
    var attributes: Int16?
    /// Attribute bit 4.
    var transactional: Bool?
    /// `COMMIT` or `ABORT`: the record is a control record, as only brokers write them.
    var controlRecord: String?
    var corrupt: String?
    var compression: String?
    var magic: Int8?
}

/// What was answered.
struct AnswerSpec: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
        var partition: Int32
        var errorCode: Int16
        var baseOffset: Int64?
        var logStartOffset: Int64?
        var errorMessage: String?
        var recordErrors: [RecordErrorSpec]?
        var logAppendTimeMs: TimeSpec?
        var logAppendTimeEquals: String?
    }

    /// -1, or "set".
    enum TimeSpec: Decodable, Sendable {
        case none
        case set
        case value(Int64)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int64.self) {
                self = value == -1 ? .none : .value(value)
            } else {
                self = .set
            }
        }
    }

    /// `[batchIndex, message]`.
    struct RecordErrorSpec: Decodable, Sendable {
        var batchIndex: Int32
        var message: String?

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            batchIndex = try container.decode(Int32.self)
            message = container.isAtEnd ? nil : try container.decodeIfPresent(String.self)
        }
    }

    var entries: [Entry]?
    var connection: String?
    var noAnswer: Bool?
}

/// Something done between requests.
struct ActionSpec: Decodable, Sendable {
    var restart: String?
    var deleteRecordsBefore: Int64?
    var waitLogStart: Int64?
    var sleepMs: Int64?
    var external: String?

    /// For people.
    var text: String {
        if let restart { return "restart \(restart)" }
        if let deleteRecordsBefore { return "delete records before \(deleteRecordsBefore)" }
        if let waitLogStart { return "wait for log start \(waitLogStart)" }
        if let sleepMs { return "sleep \(sleepMs) ms" }
        return external ?? "unknown action"
    }
}
