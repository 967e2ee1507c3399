import Foundation
import ScenarioModel
import Testing

@testable import Cells

/// The smoke scenarios, and of each cause the cell that shows it: what the library promises holds for this build.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct CauseTests {
    private static func files(_ folder: String) -> [String] {
        let path = "\(CrosswindProgram.repository)/Scenarios/\(folder)"
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".yaml") }
            .sorted()
    }

    @Test(arguments: files("smoke"))
    func theSmokeScenariosHold(file: String) throws {
        try run(["Scenarios/smoke/\(file)"])
    }

    @Test(arguments: files("causes"))
    func oneCellOfEachCauseHolds(file: String) throws {
        let path = "Scenarios/causes/\(file)"
        let scenario = try #require(
            try ScenarioLibrary.load(["\(CrosswindProgram.repository)/\(path)"], seed: 0).first)
        let cells = scenario.cells
        let chosen = try #require(cells.indices.max { Self.weight(cells[$0]) < Self.weight(cells[$1]) })
        // The first of as many parts as there are cells is one cell.
        try run(["--shard", "\(chosen + 1)/\(cells.count)", path])
    }

    /// A cell that breaks shows the cause; one that needs no client beside those of the package runs everywhere.
    private static func weight(_ cell: ScenarioCell) -> Int {
        let breaks =
            cell.expectations.contains { $0.measure == "survives" && $0.value == 0 }
            || cell.expectations.contains { $0.comparison == .more && $0.value == 0 }
        let isHere = ["librdkafka", "raw"].contains(cell.producer.client) && cell.producer.version == nil
        return (isHere || ClientTests.hasClients ? 100 : 0) + (breaks ? 10 : 0) + (isHere ? 1 : 0)
    }

    private func run(_ arguments: [String]) throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let result = try CrosswindProgram.run(["run", "--output", directory + "/run"] + arguments)
            #expect(result.exitCode == 0, "\(arguments)\n\(result.output)\n\(result.errors)")
        }
    }
}
