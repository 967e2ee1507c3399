import EvidenceModel
import FoundationEssentials
import Glibc

/// Where the brokers of a cell keep their data: outside of the record, whose path names the cell's parameters.
///
/// Brokers take lists of directories and configuration files with commas and spaces between values (Kafka's `log.dirs`), and
/// some change their working directory: the path is absolute, and has neither. It is the same for every process of a cell,
/// so that the harness can remove it where the cell could not.
package enum BrokerData {
    /// The folder of a cell.
    package static func folder(of record: RecordDirectory) -> String {
        let path = realpath(record.path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let hash = String(RecordPayload.hash((path ?? record.path).utf8), radix: 16)
        return "\(root)/crosswind-data-\(hash)"
    }

    /// Removes it with all that is in it.
    package static func remove(of record: RecordDirectory) {
        try? FileManager.default.removeItem(atPath: folder(of: record))
    }

    /// `TMPDIR`, unless brokers could not read its name.
    private static var root: String {
        let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        let isPlain = wanted.hasPrefix("/") && !wanted.contains { $0 == "," || $0.isWhitespace }
        return isPlain ? (wanted.hasSuffix("/") ? String(wanted.dropLast()) : wanted) : "/tmp"
    }
}
