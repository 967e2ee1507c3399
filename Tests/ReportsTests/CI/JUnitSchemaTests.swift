import EvidenceModel
import Foundation
import Reports
import Testing

private let xmllint = "/usr/bin/xmllint"
private let hasXMLLint = FileManager.default.isExecutableFile(atPath: xmllint)

/// Validates text against docs/junit.xsd; returns what xmllint says when it is not valid, else nil.
private func problem(_ xml: String) throws -> String? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let file = FileManager.default.temporaryDirectory.appending(path: "junit-\(UUID().uuidString).xml")
    try Data(xml.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: xmllint)
    process.arguments = ["--noout", "--nonet", "--schema", root.appending(path: "docs/junit.xsd").path, file.path]
    let output = Pipe()
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : text
}

@Suite(.enabled(if: hasXMLLint, "needs xmllint: scripts/setup.sh libxml2-utils"))
struct JUnitSchemaTests {
    @Test func everyOutcomeIsValid() throws {
        var plain = verdict("d")
        plain.assertions = []
        plain.doubts = []
        let results = run([
            verdict("a"), verdict("b", outcome: .failed, survived: false),
            verdict("c", outcome: .inconclusive, survived: nil), plain,
        ])
        #expect(try problem(JUnitReport.xml(results)) == nil)
        #expect(try problem(JUnitReport.xml(run([]))) == nil, "a run without cells")
    }

    @Test(arguments: [Outcome.passed, .inconclusive, .failed]) func hostileTextIsValid(outcome: Outcome) throws {
        #expect(try problem(JUnitReport.xml(run([hostileVerdict(outcome)]))) == nil)
    }

    /// Every scalar that XML forbids or that has a meaning in it, and both ends of every plane, in every text.
    @Test func everyKindOfScalarIsValid() throws {
        var scalars = (0...0x2fff).compactMap(Unicode.Scalar.init)
        scalars += (0...16).flatMap { plane in
            [plane << 16, plane << 16 | 0xfffd, plane << 16 | 0xfffe, plane << 16 | 0xffff].compactMap(
                Unicode.Scalar.init)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        let all = String(text)
        let cell = verdict(all, scenario: all, outcome: .failed, parameters: [all: all], reason: all)
        #expect(try problem(JUnitReport.xml(run([cell]))) == nil)
    }

    /// A schema that takes everything proves nothing.
    @Test(arguments: [
        (" errors=\"0\"", ""), (" time=\"0\"", " time=\"soon\""), ("<system-out>", "<system-up>"),
        ("<properties>", "<unknown/><properties>"), ("<testsuites>", "<testsuites name=\"x\">"),
        ("T08:00:00\"", "T08:00:00Z\""),
        (" id=\"0\"", " id=\"-1\""),
        ("</testcase>", "<failure type=\"again\"/></testcase>"),
    ])
    func whatIsNotTheFormatIsRefused(from: String, to: String) throws {
        let xml = JUnitReport.xml(run([verdict("a", outcome: .failed)]))
        let damaged = xml.replacing(from, with: to)
        try #require(damaged != xml)
        #expect(try problem(damaged) != nil, "\(from) -> \(to)")
    }
}
