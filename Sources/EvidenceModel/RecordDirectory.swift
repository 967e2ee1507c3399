import FoundationEssentials
import Glibc

/// The directory that holds one cell's record: the names of its files, and how each is read and written.
///
/// A record is written while things break, so reading is tolerant: a file that is missing gives nil, a line that does
/// not parse is counted, and half a line at the end (the writer was killed) is noted. Nothing is guessed.
public struct RecordDirectory: Sendable {
    /// The directory.
    public var path: String

    /// The record in the directory at `path`.
    public init(path: String) {
        self.path = path
    }

    /// The files of a record.
    public enum File: String, CaseIterable, Sendable {
        /// `CellDescription`.
        case cell = "cell.json"
        /// `HistoryEvent`, one a line.
        case history = "history.jsonl"
        /// The driver's own lines.
        case driver = "driver.jsonl"
        /// The driver's standard error.
        case driverLog = "driver.log"
        /// `FaultLogEntry`, one a line.
        case faultLog = "link.jsonl"
        /// `LogAccount`, one batch a line.
        case log = "log.jsonl"
        /// `WireEvidence`.
        case wire = "wire.json"
        /// `Verdict`.
        case verdict = "verdict.json"
        /// `PointObservation`, of a point of a sweep.
        case observation = "observation.json"
        /// The capture at the producer's end.
        case clientCapture = "client.pcapng"
    }

    /// The path of a file of the record.
    public func path(of file: File) -> String { path + "/" + file.rawValue }

    /// The path of the capture at the broker node `node`, counted from 1.
    public func brokerCapturePath(node: Int) -> String { path + "/broker-\(node).pcapng" }

    /// True when the file exists.
    public func has(_ file: File) -> Bool { FileManager.default.fileExists(atPath: path(of: file)) }

    /// The whole content of a file, or nil when it does not exist.
    ///
    /// - Throws: `RecordError` when it exists and cannot be read.
    public func bytes(of file: File) throws -> Data? {
        guard has(file) else { return nil }
        do {
            // An empty file is common (a link that did nothing), and Foundation leaks its buffer when it reads one.
            var status = stat()
            if stat(path(of: file), &status) == 0, status.st_size == 0 { return Data() }
            return try Data(contentsOf: URL(filePath: path(of: file)), options: .mappedIfSafe)
        } catch {
            throw RecordError(
                file: path(of: file), problem: "cannot be read: \(reason(of: error))",
                remedy: "check the file's owner and mode")
        }
    }

    /// What the cell was asked to do.
    ///
    /// - Throws: `RecordError` when it is missing or damaged: without it there is no record.
    public func cellDescription() throws -> CellDescription {
        guard let cell = try decoded(CellDescription.self, from: .cell) else {
            throw RecordError(
                file: path(of: .cell), problem: "does not exist",
                remedy: "name the directory of a cell, which holds \(File.cell.rawValue)")
        }
        if let problem = cell.problem {
            throw RecordError(
                file: path(of: .cell), problem: problem, remedy: "restore it from the run: no cell can have so many")
        }
        return cell
    }

    /// The events that the harness wrote; empty when there is no history.
    public func history() throws -> JSONLines<HistoryEvent> {
        let decoder = JSONDecoder()
        return try lines(of: .history) { line in
            try JSONNumbers.check(UnsafeRawBufferPointer(line))
            return try decoder.decode(HistoryEvent.self, from: Data(line))
        }
    }

    /// The link's account of every packet that it did not forward at once; empty when there is none.
    public func faultLog() throws -> JSONLines<FaultLogEntry> {
        try lines(of: .faultLog) { try FaultLogEntry(line: $0) }
    }

    /// The broker's log as it was read back; nil when nobody did.
    public func log() throws -> (account: LogAccount, malformedLines: Int, endsInMidLine: Bool)? {
        guard let data = try bytes(of: .log) else { return nil }
        return data.withUnsafeBytes { LogAccount.read($0.bindMemory(to: UInt8.self)) }
    }

    /// What the captures say; nil when they were not decoded.
    public func wire() throws -> WireEvidence? { try decoded(WireEvidence.self, from: .wire) }

    /// The verdict of an earlier judgement; nil when there is none.
    public func verdict() throws -> Verdict? { try decoded(Verdict.self, from: .verdict) }

    /// Everything a judge may look at. `client` is read by the Drivers target, which knows the protocol, and `wire` may
    /// be given when the captures have just been decoded; without it `wire.json` is read.
    ///
    /// - Throws: `RecordError` when `cell.json` is missing, or a file cannot be read.
    public func record(client: ClientAccount, wire given: WireEvidence? = nil) throws -> CellRecord {
        let cell = try cellDescription()
        let history = try history()
        let faultLog = try faultLog()
        let log = try log()
        var unreadable: [String] = []
        func note(_ file: File, _ malformed: Int, _ endsInMidLine: Bool) {
            if malformed > 0 { unreadable.append("\(file.rawValue): \(malformed) lines could not be read") }
            if endsInMidLine { unreadable.append("\(file.rawValue) ends in the middle of a line") }
        }
        note(.history, history.malformedLines, history.endsInMidLine)
        note(.faultLog, faultLog.malformedLines, faultLog.endsInMidLine)
        if let log { note(.log, log.malformedLines, log.endsInMidLine) }
        var wireEvidence = given
        if wireEvidence == nil {
            do {
                wireEvidence = try wire()
            } catch let error as RecordError {
                unreadable.append(error.description)
            }
        }
        return CellRecord(
            cell: cell, history: history.elements, client: client, log: log?.account, faultLog: faultLog.elements,
            wire: wireEvidence, unreadable: unreadable)
    }

    private func lines<Element>(
        of file: File, parse: (UnsafeBufferPointer<UInt8>) throws -> Element?
    ) throws -> JSONLines<Element> {
        let data = try bytes(of: file) ?? Data()
        return data.withUnsafeBytes { JSONLines($0.bindMemory(to: UInt8.self), parse: parse) }
    }

    /// Reads a file that belongs to a record, whatever its name: numbers are held against ``NumberBounds`` first.
    ///
    /// - Throws: what is wrong with the text.
    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        try data.withUnsafeBytes { try JSONNumbers.check($0) }
        return try JSONDecoder().decode(type, from: data)
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, from file: File) throws -> Value? {
        guard let data = try bytes(of: file) else { return nil }
        do {
            return try Self.decode(type, from: data)
        } catch let error as JSONNumbers.OutOfBounds {
            throw RecordError(
                file: path(of: file), problem: "is not a valid \(type): \(error.key) \(error.text) is out of bounds",
                remedy: "restore it from the run, or remove it where it is derived")
        } catch {
            throw RecordError(
                file: path(of: file), problem: "is not a valid \(type): \(error)",
                remedy: "restore it from the run, or remove it where it is derived")
        }
    }
}

// MARK: - Writing

extension RecordDirectory {
    /// Makes the directory, with those above it.
    public func create() throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw RecordError(
                file: path, problem: "cannot be made: \(reason(of: error))", remedy: "choose a directory you may write")
        }
    }

    /// Writes `cell.json`.
    public func write(_ cell: CellDescription) throws { try writeJSON(cell, to: .cell) }

    /// Writes `wire.json`.
    public func write(_ wire: WireEvidence) throws { try writeJSON(wire, to: .wire) }

    /// Writes `verdict.json`.
    public func write(_ verdict: Verdict) throws { try writeJSON(verdict, to: .verdict) }

    /// Writes `log.jsonl`.
    public func write(_ log: LogAccount) throws { try write(Data(log.jsonLines()), to: .log) }

    /// Writes a file of the record whole: a reader sees the old content or the new, never a part.
    public func write(_ data: Data, to file: File) throws {
        do {
            try data.write(to: URL(filePath: path(of: file)), options: .atomic)
        } catch {
            throw RecordError(
                file: path(of: file), problem: "cannot be written: \(reason(of: error))",
                remedy: "check the space left and the directory's owner")
        }
    }

    private func writeJSON(_ value: some Encodable, to file: File) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(0x0a)
        try write(data, to: file)
    }
}

/// A file of a record that cannot be used: which, why, and what to do.
public struct RecordError: Error, CustomStringConvertible, Sendable {
    /// The path.
    public var file: String
    /// What is wrong with it.
    public var problem: String
    /// What to do next.
    public var remedy: String

    /// An error about `file`.
    public init(file: String, problem: String, remedy: String) {
        self.file = file
        self.problem = problem
        self.remedy = remedy
    }

    /// One line with all three.
    public var description: String { "\(file) \(problem); \(remedy)" }
}
