// Feeds damaged scenario files to the reader of scenarios, and works out what `run --dry-run`, `plan` and a cell's
// description say of those that are valid: `fuzz-scenarios INPUTS FIRST [DIRECTORY]`, `Scenarios` by default.

import Cells
import Foundation
import FuzzKit
import ScenarioModel

func corpus(below directory: String) -> [FuzzEntry] {
    let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
        FileManager.default.contents(atPath: directory + "/" + name).map { FuzzEntry(text: Array($0)) }
    }
}

let directory = CommandLine.arguments.count > 3 ? CommandLine.arguments[3] : "Scenarios"
let rules = try ScenarioLibrary.rules()
let entries = corpus(below: directory)
guard !entries.isEmpty else {
    print("no scenario below \(directory)")
    exit(64)
}
var scratch: [UInt8] = []

FuzzRun.main(memoryMB: 1024) { random in
    // The shortest of three: long files cost much and say little more.
    let three = (0..<3).map { _ in random.below(entries.count) }
    let chosen = three.min { entries[$0].bytes.count < entries[$1].bytes.count } ?? 0
    entries[chosen].damaged(&random, into: &scratch)
    let text = String(decoding: scratch, as: UTF8.self)
    guard let scenario = try? Scenario(yaml: text, file: "fuzz.yaml", rules: rules, seed: .asked(1))
    else { return false }
    if scenario.sweep != nil {
        guard let plan = try? SweepPlan(yaml: text, file: "fuzz.yaml", rules: rules, seed: .asked(1))
        else { return true }
        _ = plan.scenario.name
        return true
    }
    _ = PlanDescription.dryRun([scenario])
    for cell in scenario.cells.prefix(4) {
        _ = cell.description(vocabulary: ScenarioLibrary.vocabulary)
        for fault in cell.faults { _ = fault.stretches(before: cell.timeout) }
    }
    return true
}
