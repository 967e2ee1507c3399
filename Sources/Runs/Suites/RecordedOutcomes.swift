import EvidenceModel
import FoundationEssentials
import KafkaWire
import RecordCompression
import RunRecord
import ScenarioModel

/// Outcomes of the library on a broker that is not at hand, as they were recorded elsewhere: JSON, packed with gzip or not.
/// `{kafka, cells: {"folder/scenario/cell": {real: {outcome, lost, duplicates, sequence_errors}}}}`; the ids leave out the one
/// release that the broker is.
enum RecordedOutcomes {
    private struct Document: Decodable {
        struct Numbers: Decodable {
            var outcome: Outcome
            var lost: Int?
            var duplicates: Int?
            var sequenceErrors: Int?

            enum CodingKeys: String, CodingKey {
                case outcome, lost, duplicates
                case sequenceErrors = "sequence_errors"
            }
        }

        struct Cell: Decodable {
            var real: Numbers?
        }

        var kafka: String
        var cells: [String: Cell]
    }

    private static let largest = 64 << 20

    /// Reads a file.
    ///
    /// - Throws: ``HarnessError``.
    static func read(_ path: String) throws -> BrokerOutcomes {
        do {
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            if bytes.starts(with: [0x1f, 0x8b]) {
                bytes = try bytes.withUnsafeBytes { Array(try Decompression.decompress($0, .gzip, limit: largest)) }
            }
            let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
            var cells: [String: BrokerOutcomes.Cell] = [:]
            for (key, cell) in document.cells {
                guard let real = cell.real, let id = key.split(separator: "/").last else { continue }
                cells[String(id)] = .init(
                    outcome: real.outcome, lost: real.lost, duplicates: real.duplicates,
                    sequenceErrors: real.sequenceErrors)
            }
            // `Apache Kafka 4.3.0 (a9ce…)`: the column's head is what stands before the commit.
            let name = document.kafka.split(separator: "(").first.map { String($0).trimmingSpaces } ?? document.kafka
            let line = name.split(separator: " ").last?.split(separator: ".").prefix(2).joined(separator: ".")
            return BrokerOutcomes(name: name, cells: cells, impliedRelease: line)
        } catch {
            throw HarnessError(operation: "read outcomes from", subject: path, reason: reason(of: error))
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
