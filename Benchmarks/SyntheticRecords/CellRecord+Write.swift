import EvidenceModel
import Foundation

extension CellRecord {
    /// Writes the record as a run leaves it, without the client's own lines and the captures.
    ///
    /// - Throws: what the files cannot take.
    public func write(to directory: RecordDirectory) throws {
        try directory.create()
        try directory.write(cell)
        if let log { try directory.write(log) }
        if let wire { try directory.write(wire) }
        let encoder = JSONEncoder()
        try directory.write(Data(try history.map { try encoder.encode($0) + Data([10]) }.joined()), to: .history)
        try directory.write(Data(try faultLog.map { try encoder.encode($0) + Data([10]) }.joined()), to: .faultLog)
    }
}
