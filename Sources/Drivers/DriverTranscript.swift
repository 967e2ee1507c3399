import CLinux
import EvidenceModel
import Glibc

/// What a driver said in one session, held against the protocol.
struct DriverTranscript {
    private let configuration: DriverConfiguration
    private let bytes: [UInt8]
    private let account: ClientAccount

    /// - Parameter bytes: everything the driver wrote to its standard output.
    init(_ bytes: [UInt8], _ configuration: DriverConfiguration) {
        self.bytes = bytes
        self.configuration = configuration
        account = bytes.withUnsafeBytes {
            ClientAccountReader.read($0, records: configuration.records, topics: configuration.topics.count)
        }
    }

    /// What is wrong with the lines, their order, ids, topics, times and totals.
    var problem: String? {
        if account.malformedLines > 0 { return firstMalformedLine }
        for (id, record) in account.records.enumerated() where record.sentUs > 0 {
            if Int(record.topic) != id % configuration.topics.count {
                return "record \(id) went to topic \(record.topic)"
            }
            if record.outcome == .none, account.finished { return "record \(id) was sent and has no outcome" }
            if record.outcome != .none, record.reportedUs < record.sentUs {
                return "record \(id) was reported \(record.sentUs - record.reportedUs) us before it was sent"
            }
            let nowUs = cl_realtime_ns() / 1000
            if abs(nowUs - record.sentUs) > 600_000_000 {
                return "record \(id) has time \(record.sentUs): microseconds since the Unix epoch are meant"
            }
        }
        return orderProblem
    }

    /// Whether the partitions are those of the round-robin partitioner.
    var partitionProblem: String? {
        let topics = configuration.topics.count
        for (id, record) in account.records.enumerated() where record.sentUs > 0 {
            let wanted = (id / topics) % configuration.topics[id % topics].partitions
            if Int(record.partition) != wanted {
                return "record \(id) went to partition \(record.partition), not \(wanted)"
            }
        }
        return nil
    }

    /// Whether the records kept their due times, within what a busy machine allows.
    func pacingProblem(rate: Double) -> String? {
        let sent = account.records.filter { $0.sentUs > 0 }.map(\.sentUs)
        guard sent.count > 1, let first = sent.first else { return "nothing was sent" }
        for (id, time) in sent.enumerated() {
            let late = Double(time - first) / 1e6 - Double(id) / rate
            if late < -0.1 { return "record \(id) was sent \(Self.milliseconds(-late)) before it was due" }
        }
        let length = Double(sent[sent.count - 1] - first) / 1e6
        let wanted = Double(sent.count - 1) / rate
        if length > wanted * 1.5 + 1 { return "\(sent.count) records took \(Self.milliseconds(length))" }
        return nil
    }

    /// Rows of an outcome must come after the row that says sent.
    private var orderProblem: String? {
        var sent = Set<Int64>()
        for line in bytes.split(separator: 0x0a) {
            var problem: String?
            Array(line).withUnsafeBytes { buffer in
                guard let parts = try? DriverLine(buffer), let position = parts.rowsPosition else { return }
                var cursor = JSONCursor(buffer, at: position)
                try? cursor.rows(parts.kind) { row in
                    if parts.kind == .sent {
                        sent.insert(row.id)
                    } else if !sent.contains(row.id) {
                        problem = problem ?? "the outcome of record \(row.id) was reported before its sent row"
                    }
                }
            }
            if let problem { return problem }
        }
        return nil
    }

    private var firstMalformedLine: String {
        var reader = ClientAccountReader(records: configuration.records, topics: configuration.topics.count)
        for line in bytes.split(separator: 0x0a) {
            Array(line).withUnsafeBytes { reader.read(line: $0) }
            if reader.account.malformedLines > 0 {
                let text = String(decoding: line.prefix(120), as: UTF8.self)
                let why = reader.account.firstMalformed ?? ""
                return "a line contradicts the protocol or earlier lines: \(why): \(text)"
            }
        }
        return "the rows and the totals of done do not match, or an outcome has no sent row"
    }

    private static func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000)) ms" }
}
