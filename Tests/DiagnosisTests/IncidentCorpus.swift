import Foundation
import KafkaWire
import RecordCompression
import Testing
import WireObserver

@testable import Diagnosis

/// The recorded incidents that are kept with the tests: see Tests/Golden/README.md.
struct Incident: Sendable, CustomTestStringConvertible {
    var name: String
    /// The files that a user would hand in, in order of their names.
    var files: [(name: String, bytes: [UInt8])]
    /// The truth, which the diagnosis never sees.
    var truth: IncidentTruth

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/incidents").path

    static let all: [Incident] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".tar.gz") }.sorted().map { load($0) }
    }()

    private static func load(_ packed: String) -> Incident {
        guard let data = FileManager.default.contents(atPath: folder + "/" + packed),
            let tar = try? [UInt8](data).withUnsafeBytes({ try Decompression.decompress($0, .gzip, limit: 64 << 20) })
        else { fatalError("\(packed) cannot be unpacked") }
        var files: [(name: String, bytes: [UInt8])] = []
        var truth: IncidentTruth?
        for entry in Tar.entries(tar) {
            let name = entry.name.split(separator: "/").last.map(String.init) ?? entry.name
            if name == "truth.json" {
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                truth = try? decoder.decode(IncidentTruth.self, from: Data(entry.bytes))
            } else {
                files.append((name, entry.bytes))
            }
        }
        guard let truth else { fatalError("\(packed) has no truth.json that can be read") }
        return Incident(name: String(packed.dropLast(".tar.gz".count)), files: files, truth: truth)
    }

    /// The case that the files make.
    func caseFile() throws -> CaseFile { try Self.caseFile(files) }

    static func caseFile(_ files: [(name: String, bytes: [UInt8])]) throws -> CaseFile {
        var file = CaseFile()
        for input in files {
            var intake = InputIntake(input.name)
            input.bytes.withUnsafeBytes { intake.feed($0) }
            let kind = input.bytes.withUnsafeBytes { InputKind.recognise($0) }
            if kind == .capture {
                let evidence = try input.bytes.withUnsafeBytes { try WireAnalysis(bytes: $0) }.evidence()
                file.add(evidence, path: input.bytes.withUnsafeBytes { PathWatch.facts(of: $0) }, file: input.name)
            } else {
                intake.finish(into: &file)
            }
        }
        return file
    }
}

/// What is read of truth.json.
struct IncidentTruth: Decodable, Sendable {
    var cause: String
    var otherCauses: [String]
    var ambiguous: Bool
    var candidates: [String]?
    var fix: [String: String]
    var dataEffect: String
}

/// Just enough of the tape archive format (POSIX ustar).
enum Tar {
    static func entries(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        var entries: [(name: String, bytes: [UInt8])] = []
        var at = 0
        while at + 512 <= bytes.count, bytes[at] != 0 {
            let name = String(decoding: bytes[at..<at + 100].prefix { $0 != 0 }, as: UTF8.self)
            let size = bytes[(at + 124)..<(at + 136)].reduce(0) { sum, byte in
                byte >= 0x30 && byte < 0x38 ? sum * 8 + Int(byte - 0x30) : sum
            }
            let isFile = bytes[at + 156] == 0x30 || bytes[at + 156] == 0
            if isFile { entries.append((name, Array(bytes[(at + 512)..<(at + 512 + size)]))) }
            at += 512 + (size + 511) / 512 * 512
        }
        return entries
    }
}
