// Feeds damaged configurations, logs, descriptions and captures to everything that reads them in `crosswind diagnose`, and
// the case that they make to the rules, the linter and every form of the answer.

import Diagnosis
import FuzzKit

let texts = [
    DiagnosisCorpus.properties, DiagnosisCorpus.spring, DiagnosisCorpus.python, DiagnosisCorpus.json,
    DiagnosisCorpus.compose, DiagnosisCorpus.javaLog, DiagnosisCorpus.librdkafkaLog, DiagnosisCorpus.pythonLog,
    DiagnosisCorpus.serverLog, DiagnosisCorpus.topics, DiagnosisCorpus.configs, DiagnosisCorpus.source,
    DiagnosisCorpus.ticket,
]
let entries = texts.map { FuzzEntry(text: Array($0.utf8)) }
let capture = FuzzEntry(frame: DiagnosisCorpus.capture)
var scratch: [UInt8] = []

FuzzRun.main(memoryMB: 256) { random in
    if random.below(16) == 0 {
        capture.damaged(&random, into: &scratch)
        return scratch.withUnsafeBytes { PathWatch.facts(of: $0) }.connections > 0
    }
    var file = CaseFile()
    for _ in 0...random.below(2) {
        entries[random.below(entries.count)].damaged(&random, into: &scratch)
        var intake = InputIntake("input")
        let cut = random.below(scratch.count + 1)
        scratch.withUnsafeBytes { bytes in
            intake.feed(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
            intake.feed(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
        }
        intake.finish(into: &file)
    }
    let diagnosis = Diagnosis(file)
    if random.below(8) == 0 {
        _ = diagnosis.text()
        _ = diagnosis.json()
        _ = diagnosis.html(ladder: nil)
        _ = diagnosis.proofScenarios()
    }
    return diagnosis.verdict != .unreadable
}
