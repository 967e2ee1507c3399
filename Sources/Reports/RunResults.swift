import EvidenceModel
import FoundationEssentials

/// The results of one run, over one or several scenarios: `results.json`. Its form is fixed by
/// `docs/results.schema.json`.
public struct RunResults: Codable, Sendable, Equatable {
    /// Version of the form; a reader that knows another must not guess.
    public var format: Int
    /// The release of Crosswind that judged.
    public var version: String
    /// The scenario's name; of several, their names with `, ` between them.
    public var scenario: String
    /// The seed that the run was started with.
    public var seed: UInt64
    /// When the run began, microseconds since the epoch; 0 when not known.
    public var startedUs: Int64
    /// When the run ended, microseconds since the epoch; 0 when not known.
    public var endedUs: Int64
    /// The gravest outcome of the cells.
    public var outcome: Outcome
    /// One for each cell, in the order of the plan.
    public var cells: [Cell]

    /// The form that this release writes and reads.
    public static let currentFormat = 1

    /// Results of `cells`; a run without cells is inconclusive.
    public init(seed: UInt64, startedUs: Int64 = 0, endedUs: Int64 = 0, cells: [Cell]) {
        format = Self.currentFormat
        version = CrosswindVersion.current
        var names: [String] = []
        for cell in cells where names.last != cell.verdict.scenario && !names.contains(cell.verdict.scenario) {
            names.append(cell.verdict.scenario)
        }
        scenario = names.joined(separator: ", ")
        self.seed = seed
        self.startedUs = startedUs
        self.endedUs = endedUs
        outcome = cells.map(\.verdict.outcome).max() ?? .inconclusive
        self.cells = cells
    }

    /// Reads results; those of release 0.1 do not name it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        format = try values.decode(Int.self, forKey: .format)
        version = try values.decodeIfPresent(String.self, forKey: .version) ?? "0.1.0"
        scenario = try values.decode(String.self, forKey: .scenario)
        seed = try values.decode(UInt64.self, forKey: .seed)
        startedUs = try values.decode(Int64.self, forKey: .startedUs)
        endedUs = try values.decode(Int64.self, forKey: .endedUs)
        outcome = try values.decode(Outcome.self, forKey: .outcome)
        cells = try values.decode([Cell].self, forKey: .cells)
    }

    enum CodingKeys: String, CodingKey {
        case version = "crosswind"
        case format, scenario, seed
        case startedUs = "started_us"
        case endedUs = "ended_us"
        case outcome, cells
    }

    /// One cell: its verdict, with what reports need to name and find it.
    public struct Cell: Codable, Sendable, Equatable {
        /// The verdict.
        public var verdict: Verdict
        /// The scenario's claim.
        public var claim: String
        /// The scenario file, as the user named it.
        public var file: String
        /// The network in one line, apart from the faults; nil where nothing was added to the machine's own way.
        public var network: String?
        /// TCP at both sides, with the limits of the machine; nil in results that are older.
        public var tcp: String?
        /// The cell's record, relative to the run directory.
        public var directory: String

        /// A cell of a run.
        public init(
            verdict: Verdict, claim: String, file: String, directory: String, network: String? = nil, tcp: String? = nil
        ) {
            self.tcp = tcp
            self.network = network
            self.verdict = verdict
            self.claim = claim
            self.file = file
            self.directory = directory
        }

        /// A cell from its verdict and description.
        public init(verdict: Verdict, cell: CellDescription, directory: String) {
            let network = cell.network?.summary ?? ""
            self.init(
                verdict: verdict, claim: cell.claim, file: cell.file, directory: directory,
                network: network.isEmpty ? nil : network, tcp: cell.network?.tcp?.identity)
        }

        enum CodingKeys: String, CodingKey { case claim, file, directory, network, tcp }

        /// Reads the verdict's keys and those of the cell from one object.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            verdict = try Verdict(from: decoder)
            claim = try container.decodeIfPresent(String.self, forKey: .claim) ?? ""
            file = try container.decodeIfPresent(String.self, forKey: .file) ?? ""
            directory = try container.decodeIfPresent(String.self, forKey: .directory) ?? ""
            network = try container.decodeIfPresent(String.self, forKey: .network)
            tcp = try container.decodeIfPresent(String.self, forKey: .tcp)
        }

        /// Writes the verdict's keys and those of the cell into one object.
        public func encode(to encoder: any Encoder) throws {
            try verdict.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(claim, forKey: .claim)
            try container.encode(file, forKey: .file)
            try container.encode(directory, forKey: .directory)
            try container.encodeIfPresent(network, forKey: .network)
            try container.encodeIfPresent(tcp, forKey: .tcp)
        }
    }
}

extension RunResults {
    /// The text of `results.json`.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(self)
        data.append(0x0a)
        return data
    }

    /// Reads `results.json`.
    ///
    /// - Throws: `ReportError` when it is not one, or of a form that this release does not know.
    public static func read(_ data: Data, file: String) throws -> RunResults {
        var results: RunResults
        do {
            results = try RecordDirectory.decode(RunResults.self, from: data)
        } catch {
            throw ReportError(
                subject: file, problem: "is not a results.json: \(error)",
                remedy: "make it again with `crosswind report RUN`")
        }
        guard results.format == currentFormat else {
            throw ReportError(
                subject: file, problem: "has form \(results.format), this release reads \(currentFormat)",
                remedy: "make it again with `crosswind report RUN`")
        }
        for index in results.cells.indices { results.cells[index].verdict.measures.renameOlderLatency() }
        return results
    }
}

extension Measures {
    /// Names the latency of a release that knew only the one from the send call by what it is today.
    fileprivate mutating func renameOlderLatency() {
        guard ackLatencyFromSendMs == nil else { return }
        ackLatencyFromSendMs = ackLatencyMs
        ackLatencyMs = nil
    }
}

/// What went wrong while reading or drawing results: on what, and what to do.
public struct ReportError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The file or thing concerned.
    public var subject: String
    /// What is wrong.
    public var problem: String
    /// What to do next.
    public var remedy: String

    /// An error about `subject`.
    public init(subject: String, problem: String, remedy: String) {
        self.subject = subject
        self.problem = problem
        self.remedy = remedy
    }

    /// One line with all three.
    public var description: String { "\(subject) \(problem); \(remedy)" }
}
