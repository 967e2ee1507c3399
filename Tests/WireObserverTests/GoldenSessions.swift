import EvidenceModel
import Foundation
import KafkaWire
import WireObserver

/// The golden captures with their ground truth: real clients against real brokers, both ends captured.
enum GoldenSessions {
    /// The folder, or nil when it is not there.
    static let folder: String? = {
        let fromEnvironment = ProcessInfo.processInfo.environment["CROSSWIND_SHARED"].map { [$0] } ?? []
        var candidates = fromEnvironment
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            candidates.append(directory.appendingPathComponent("shared").path)
            directory.deleteLastPathComponent()
        }
        return candidates.map { $0 + "/golden/captures" }
            .first { FileManager.default.fileExists(atPath: $0 + "/README.md") }
    }()

    /// Names of the sessions.
    static let names: [String] = {
        guard let folder, let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return files.filter { $0.hasSuffix(".truth.json") }.map { String($0.dropLast(11)) }.sorted()
    }()

    static func client(_ name: String) -> CaptureSource { source(name, "client", .client) }

    static func broker(_ name: String) -> CaptureSource { source(name, "broker", .broker) }

    private static func source(_ name: String, _ suffix: String, _ side: WireEvidence.Side) -> CaptureSource {
        CaptureSource("\(folder ?? "")/\(name)-\(suffix).pcapng", side: side)
    }

    static func truth(_ name: String) throws -> Truth {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder ?? "")/\(name).truth.json"))
        return Truth(try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:])
    }
}

/// The parts of a truth file that the tests compare with.
struct Truth {
    let json: [String: Any]

    init(_ json: [String: Any]) { self.json = json }

    /// A batch of the broker's log.
    struct Row: Hashable {
        var topic: String
        var partition: Int
        var baseOffset: Int
        var producerID: Int
        var epoch: Int
        var baseSequence: Int
        var lastSequence: Int
        var count: Int
    }

    func decoded(_ side: String) -> [String: Any] {
        (json["decoded"] as? [String: Any])?[side] as? [String: Any] ?? [:]
    }

    func count(_ side: String, _ key: String) -> Int? { decoded(side)[key] as? Int }

    func answers(_ side: String) -> [String: Int] { decoded(side)["answersPerErrorCode"] as? [String: Int] ?? [:] }

    /// Requests by api name and version; the truth has `0 v13` for Produce.
    func requests(_ side: String) -> [String: Int] {
        let counts = decoded(side)["apiVersionsUsed"] as? [String: Int] ?? [:]
        return Dictionary(
            uniqueKeysWithValues: counts.map { text, count in
                let parts = text.split(separator: " ")
                return (APIKey(rawValue: Int16(parts[0]) ?? -1).name + " " + parts[1], count)
            })
    }

    /// Data batches of the log, control batches apart; nil for a broker of which no log was dumped.
    var rows: [Row]? {
        let log = json["brokerLog"] as? [String: Any] ?? [:]
        guard let rows = log["batchRows"] as? [[Any]], !rows.isEmpty, let columns = log["columns"] as? [String]
        else { return nil }
        func index(_ name: String) -> Int { columns.firstIndex(of: name) ?? 0 }
        return rows.compactMap { row in
            if (row[index("flags")] as? String ?? "").contains("C") { return nil }
            func number(_ name: String) -> Int { row[index(name)] as? Int ?? .min }
            return Row(
                topic: row[index("topic")] as? String ?? "", partition: number("partition"),
                baseOffset: number("baseOffset"), producerID: number("producerId"), epoch: number("producerEpoch"),
                baseSequence: number("baseSequence"), lastSequence: number("lastSequence"), count: number("count"))
        }
    }
}

extension Truth {
    /// Number of records that the client reported failed and the log holds; nil where nobody says.
    var failedInLog: Int? {
        guard let all = json["reconciliation"] as? [String: Any], let ids = all["failedIdsFoundInLog"] as? [Any]
        else { return nil }
        return ids.reduce(0) { sum, item in
            guard let range = item as? [Int], let first = range.first, let last = range.last else { return sum + 1 }
            return sum + last - first + 1
        }
    }

    /// True when the log's batches carry producer ids.
    var isIdempotent: Bool { rows?.allSatisfy { $0.producerID >= 0 } ?? false }
}
