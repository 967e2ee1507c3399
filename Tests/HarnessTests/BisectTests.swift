import EvidenceModel
import Foundation
import ScenarioModel
import Testing

@testable import Cells
@testable import Runs

/// The search for the release that changed a behaviour.
struct BisectTests {
    @Test(arguments: 2...40)
    func everyPlaceOfTheChangeIsFoundWithFewQuestions(count: Int) async {
        for change in 1..<count {
            var asked = 0
            let answer = await Bisection.run(count: count) { index in
                asked += 1
                return index < change
            }
            #expect(answer == .change(at: change))
            #expect(asked <= 1 + Int(log2(Double(count)).rounded(.up)), "\(count), \(change)")
        }
    }

    @Test func whereNothingChangesTheLastIsAskedAlone() async {
        var asked: [Int] = []
        let answer = await Bisection.run(count: 20) { index in
            asked.append(index)
            return true
        }
        #expect(answer == .none && asked == [19])
        #expect(await Bisection.run(count: 1) { _ in false } == .none)
        #expect(await Bisection.run(count: 8) { _ in nil } == .stopped)
    }

    @Test func aRangeChoosesByNumbers() throws {
        let installed = ["2.16.0", "1.9.2", "2.0.2", "2.3.0", "1.10.0"]
        #expect(
            try #require(ReleaseRange("librdkafka>=1.9.2<2.3")).chosen(of: installed) == ["1.9.2", "1.10.0", "2.0.2"])
        #expect(try #require(ReleaseRange("librdkafka")).chosen(of: installed).count == 5)
        #expect(try #require(ReleaseRange("raw<2")).chosen(of: installed) == ["1.9.2", "1.10.0"])
        for wrong in ["", ">=1.0", "x>=", "x>=new", "x<"] { #expect(ReleaseRange(wrong) == nil, "\(wrong)") }
    }

    /// A matrix over releases is one cell; one over settings is several.
    @Test func cellsOfAClientCountOnceWhateverTheirRelease() throws {
        let scenarios = try ScenarioLibrary.load([ScenarioLibraryTests.root + "/Scenarios/incidents"], seed: 1)
        let incident = try #require(scenarios.first { $0.name == "unpersisted-batch" })
        #expect(incident.cells.count == 2)
        #expect(incident.cells(ofClient: "librdkafka").count == 1)
        #expect(incident.cells(ofClient: "kafka-python").isEmpty)
    }

    @Test func aBehaviourIsWhatBrokeAndWhatWasFatalAndNoNumber() {
        var behaviour = ReleaseBehaviour(broken: ["no-loss"], fatal: ["OUT_OF_ORDER_SEQUENCE_NUMBER"])
        #expect(behaviour.text == "loss; fatal OUT_OF_ORDER_SEQUENCE_NUMBER")
        behaviour.fatal = []
        #expect(behaviour.text == "loss")
        #expect(ReleaseBehaviour.survives.text == "survives")
    }

    @Test(arguments: [
        ["--client", "librdkafka", "--expect", "nonsense < 1", "incidents/unpersisted-batch"],
        ["--client", "kafka-python", "incidents/unpersisted-batch"],
        ["--client", "nobody", "incidents/unpersisted-batch"],
    ])
    func whatCannotBeSearchedIsRefused(arguments: [String]) throws {
        var words = arguments
        words[words.count - 1] = ScenarioLibraryTests.root + "/Scenarios/" + words[words.count - 1] + ".yaml"
        let result = try CrosswindProgram.run(["bisect"] + words)
        #expect(result.exitCode == 64, "\(result.output) \(result.errors)")
    }
}
