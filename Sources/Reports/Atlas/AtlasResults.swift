import EvidenceModel
import FoundationEssentials

/// `atlas.json`: how each release of each client came out of each cell.
public struct AtlasResults: Codable, Sendable, Equatable {
    /// The release of Crosswind that ran it.
    public var crosswind: String
    /// The seeds.
    public var seeds: [UInt64]
    /// Rows, in the order of the scenarios.
    public var rows: [Row]

    /// One cell of a scenario with one client.
    public struct Row: Codable, Sendable, Equatable {
        /// The scenario.
        public var scenario: String
        /// What it claims.
        public var claim: String
        /// The cell's parameters in words; empty where the scenario has only one.
        public var cell: String
        /// The client.
        public var client: String
        /// Its releases, oldest first.
        public var entries: [Entry]

        /// Describes a row.
        public init(scenario: String, claim: String, cell: String, client: String, entries: [Entry]) {
            self.scenario = scenario
            self.claim = claim
            self.cell = cell
            self.client = client
            self.entries = entries
        }
    }

    /// One release in one cell.
    public struct Entry: Codable, Sendable, Equatable {
        /// The release.
        public var release: String
        /// What was seen with each seed, in words; empty where nothing has run yet.
        public var seen: [String]
        /// Records given up, lost and doubled, with each seed.
        public var numbers: [Numbers]
        /// The page with the ladder, from the atlas's directory; nil for none.
        public var page: String?

        /// What differs between runs of one behaviour.
        public struct Numbers: Codable, Sendable, Equatable {
            /// Records that the client gave up.
            public var failed: Int
            /// Acknowledged records that the log lacks; nil: not measured.
            public var lost: Int?
            /// Extra copies in the log; nil: not measured.
            public var duplicates: Int?

            /// The numbers of a cell.
            public init(_ measures: Measures) {
                failed = measures.failed
                lost = measures.lost
                duplicates = measures.duplicates
            }
        }

        /// Describes a release's results.
        public init(release: String, seen: [String], numbers: [Numbers], page: String?) {
            self.release = release
            self.seen = seen
            self.numbers = numbers
            self.page = page
        }

        /// What every seed showed; nil where seeds differ or nothing has run.
        public var behaviour: String? { Set(seen).count == 1 ? seen[0] : nil }

        /// In words: the behaviour, or how often each was seen.
        public var text: String {
            if let behaviour { return behaviour }
            if seen.isEmpty { return "not run" }
            let counts = Dictionary(grouping: seen) { $0 }.mapValues(\.count)
            let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return "varies: " + parts.map { "\($0.value) of \(seen.count) \($0.key)" }.joined(separator: ", ")
        }
    }

    /// Results of nothing yet.
    public init(crosswind: String, seeds: [UInt64], rows: [Row]) {
        self.crosswind = crosswind
        self.seeds = seeds
        self.rows = rows
    }
}

extension AtlasResults.Row {
    /// A change between neighbouring releases.
    public struct Change: Sendable, Equatable {
        /// The last release before it.
        public var before: String
        /// The first release after it.
        public var after: String
        /// What the former did.
        public var from: String
        /// What the latter does.
        public var to: String
    }

    /// The changes between neighbours that were both run.
    public var changes: [Change] {
        let run = entries.filter { !$0.seen.isEmpty }
        return zip(run, run.dropFirst()).filter { $0.text != $1.text }.map {
            Change(before: $0.release, after: $1.release, from: $0.text, to: $1.text)
        }
    }

    /// The row's name: the scenario and, where it has several cells, which.
    public var title: String { cell.isEmpty ? scenario : "\(scenario), \(cell)" }
}
