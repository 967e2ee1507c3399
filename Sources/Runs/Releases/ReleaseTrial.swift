import EvidenceModel
import ScenarioModel

/// One cell with one release of its client and one seed: the unit of `bisect` and `atlas`.
struct ReleaseTrial: Sendable, Hashable {
    /// The scenario's name.
    let scenario: String
    /// The cell of the scenario whose client is put to the test.
    let cell: String
    /// The client.
    let client: String
    /// Its release.
    let release: String
    /// The seed of the run.
    let seed: UInt64

    /// Where its record is, from the directory of the results. It names all that the result depends on, so that a record
    /// which is there is the result.
    var path: String { "\(scenario)/\(cell)/\(client)-\(release)/seed-\(seed)" }
}

/// How a trial came out.
struct TrialResult: Sendable, Codable, Equatable {
    /// The behaviour; it has a doubt where the trial proved nothing, also the second time.
    var behaviour: ReleaseBehaviour
    /// The numbers.
    var measures: Measures
    /// How many times it ran.
    var runs: Int
}

extension Scenario {
    /// The cells that put a client to the test, each once whatever its release: a matrix over releases is one cell here.
    func cells(ofClient client: String) -> [ScenarioCell] {
        var seen: [ScenarioCell] = []
        return cells.filter { cell in
            guard cell.producer.client == client, cell.repeatIndex == 0 else { return false }
            var bare = cell
            bare.producer.version = nil
            bare.parameters = []
            bare.expectations = []
            bare.rated = []
            (bare.id, bare.group, bare.seed) = ("", "", 0)
            if seen.contains(bare) { return false }
            seen.append(bare)
            return true
        }
    }
}
