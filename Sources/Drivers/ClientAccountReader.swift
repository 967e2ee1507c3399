import EvidenceModel
import FoundationEssentials
import Glibc

/// Builds the client's account from the lines of a driver.
///
/// Reads one million records well under a second. Never trusts the driver: a line that does not parse, an id out of
/// range, a second outcome for a record, an outcome without a `sent` row and totals that do not match the rows are all
/// counted in `ClientAccount.malformedLines`, once per line. A last line without its end, as a crash leaves it, is
/// not counted.
public struct ClientAccountReader {
    /// The account so far.
    public private(set) var account: ClientAccount
    private let topics: Int
    private var errorIndices: [[UInt8]: Int32] = [:]
    private var counts = DriverCounters()
    private var done: DriverDone?

    /// Begins an account.
    ///
    /// - Parameters:
    ///   - records: number of records of the workload.
    ///   - topics: number of topics of the cell.
    public init(records: Int, topics: Int) {
        account = ClientAccount(records: Array(repeating: ClientAccount.Record(), count: max(records, 0)))
        self.topics = topics
    }

    /// Reads a whole `driver.jsonl`.
    ///
    /// - Throws: an error of the file system when the file cannot be read.
    public static func read(contentsOf path: String, records: Int, topics: Int) throws -> ClientAccount {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        return data.withUnsafeBytes { read($0, records: records, topics: topics) }
    }

    /// Reads all lines of a driver.
    public static func read(_ bytes: UnsafeRawBufferPointer, records: Int, topics: Int) -> ClientAccount {
        var reader = ClientAccountReader(records: records, topics: topics)
        var start = 0
        while start < bytes.count {
            guard let found = memchr(bytes.baseAddress! + start, 0x0a, bytes.count - start) else { break }
            let end = UnsafeRawPointer(found) - bytes.baseAddress!
            reader.read(line: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end + 1
        }
        return reader.finish()
    }

    /// Reads one line, without its end.
    public mutating func read(line: UnsafeRawBufferPointer) {
        do throws(JSONError) {
            let parts = try DriverLine(line)
            guard let message = try parts.message() else {
                try read(rows: parts, of: line)
                return
            }
            if done != nil { throw JSONError(reason: "a line after done") }
            switch message {
            case .hello(let hello): account.client = hello.clientText
            case .error(let error): account.errors.append(error)
            case .done(let counts): done = counts
            case .began(let timeUs): account.scheduleStartUs = account.scheduleStartUs ?? timeUs
            case .ready, .log, .malformed: break
            }
        } catch {
            account.malformedLines += 1
            account.firstMalformed = account.firstMalformed ?? error.reason
        }
    }

    /// The account when there are no more lines.
    public mutating func finish() -> ClientAccount {
        if let done {
            account.finished = true
            let told = DriverCounters(sent: done.sent, acknowledged: done.acknowledged, failed: done.failed)
            if told != counts { account.malformedLines += 1 }
        }
        // An outcome of a record that was never sent: the driver lost or invented a line.
        if account.records.contains(where: { $0.outcome != .none && $0.sentUs == 0 }) { account.malformedLines += 1 }
        return account
    }

    private mutating func read(rows parts: DriverLine, of line: UnsafeRawBufferPointer) throws(JSONError) {
        guard done == nil else { throw JSONError(reason: "rows after done") }
        guard let topic = parts.topic, topic >= 0, topic < Int64(topics), let position = parts.rowsPosition else {
            throw JSONError(reason: "topic \(parts.topic ?? -1) is not one of \(topics)")
        }
        var cursor = JSONCursor(line, at: position)
        var wrong = 0
        var good: Int64 = 0
        let kind = parts.kind
        let recordCount = Int64(account.records.count)
        var names = errorIndices
        var newNames: [String] = []
        let firstNew = Int32(account.errorNames.count)
        var failure: JSONError?
        account.records.withUnsafeMutableBufferPointer { records in
            do throws(JSONError) {
                try cursor.rows(kind) { row in
                    guard row.canBe(of: recordCount) else {
                        wrong += 1
                        return
                    }
                    let index = Int(row.id)
                    let known: Bool
                    switch kind {
                    case .sent: known = Self.noteSent(row, topic, &records[index])
                    case .acknowledged: known = Self.noteAcknowledged(row, topic, &records[index])
                    default:
                        let name = Array(line[row.error])
                        let next = firstNew + Int32(newNames.count)
                        known = Self.noteFailed(row, topic, names[name] ?? next, &records[index])
                        if known, names[name] == nil {
                            names[name] = next
                            newNames.append(String(decoding: name, as: UTF8.self))
                        }
                    }
                    if known { good += 1 } else { wrong += 1 }
                }
            } catch { failure = error }
        }
        errorIndices = names
        account.errorNames += newNames
        switch kind {
        case .sent: counts.sent += good
        case .acknowledged: counts.acknowledged += good
        default: counts.failed += good
        }
        if let failure { throw failure }
        if wrong > 0 { throw JSONError(reason: "\(wrong) rows contradict the workload or earlier rows") }
    }

    @inline(__always)
    private static func noteSent(_ row: DriverRow, _ topic: Int64, _ record: inout ClientAccount.Record) -> Bool {
        guard record.sentUs == 0 else { return false }
        record.sentUs = row.timeUs
        record.topic = Int32(topic)
        if record.outcome == .none { record.partition = Int32(row.partition) }
        return true
    }

    @inline(__always)
    private static func noteAcknowledged(
        _ row: DriverRow, _ topic: Int64, _ record: inout ClientAccount.Record
    ) -> Bool {
        guard record.outcome == .none else { return false }
        record.outcome = .acknowledged
        record.reportedUs = row.timeUs
        record.partition = Int32(row.partition)
        record.offset = max(row.offset, -1)
        record.topic = Int32(topic)
        return true
    }

    private static func noteFailed(
        _ row: DriverRow, _ topic: Int64, _ error: Int32, _ record: inout ClientAccount.Record
    ) -> Bool {
        guard record.outcome == .none else { return false }
        switch row.persistence {
        case "not_persisted": record.outcome = .notPersisted
        case "indeterminate": record.outcome = .indeterminate
        default: return false
        }
        record.reportedUs = row.timeUs
        // A client may have forgotten the partition of a record it gives up.
        if row.partition >= 0 { record.partition = Int32(row.partition) }
        record.topic = Int32(topic)
        record.error = error
        return true
    }
}
