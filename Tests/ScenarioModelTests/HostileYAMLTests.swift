import Foundation
import ScenarioModel
import Testing

/// Files that mean harm give an error; they neither crash nor hang. A hang shows as a test that never ends.
@Suite struct HostileYAMLTests {
    @Test func aBombOfAliases() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(wrong(bomb) == "x.yaml:1:1: the file has 90 aliases; allowed: 16 aliases")
    }

    @Test func aSmallBombOfAliasesIsBounded() {
        var bomb = "a0: &a0 [\([String](repeating: "x", count: 3000).joined(separator: ", "))]\n"
        for level in 1...5 {
            bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        bomb += "? *a5\n: 1\n"
        #expect(wrong(bomb).contains("too many values; allowed: 100000 values in a file"))
    }

    @Test func fewAliasesOfALargeValue() {
        var bomb = "a0: &a0 [\([String](repeating: "x", count: 60_000).joined(separator: ", "))]\n"
        for level in 1...5 {
            bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(wrong(bomb).hasPrefix("x.yaml:1:1: the file has 15 aliases in 180"))
    }

    @Test func ordinaryAliasesAreRead() throws {
        let body = """
            producer: { config: &config { acks: all, linger.ms: 5 } }
            workload: { records: 7 }
            broker: { config: *config }
            """
        #expect(try scenario(body).cells[0].broker.config == ["acks": "all", "linger.ms": "5"])
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func deepNesting(opener: String) {
        let text = wrong(String(repeating: opener, count: 60_000 / opener.utf8.count), head: "")
        #expect(text.hasPrefix("x.yaml:1:"))
        #expect(text.contains("not YAML") || text.contains("nested too deeply"))
    }

    @Test func nestingBeyondTheLimitOfValues() {
        let text = wrong("a: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
        #expect(text.hasPrefix("x.yaml:3:"))
        #expect(text.contains("nested too deeply; allowed: 64 levels"))
    }

    @Test func hugeFiles() {
        let text = wrong(String(repeating: "# filler\n", count: 40_000))
        #expect(text == "x.yaml:1:1: the file has 360017 bytes; allowed: 262144 bytes")
    }

    @Test func hugeMatrices() {
        var body = "matrix:\n"
        for axis in 0..<20 { body += "  producer.config.p\(axis): [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" }
        #expect(wrong(body) == "x.yaml:4:3: matrix: the matrix has too many cells; allowed: 10000 cells")
        let many = (0..<5000).map { String($0) }.joined(separator: ", ")
        let wide = wrong("repeat: 3\nmatrix: { producer.config.a: [\(many)] }")
        #expect(
            wide == "x.yaml:1:1: too many cells for a file of this size; allowed: a smaller matrix or fewer repeats")
    }

    @Test func strangeBytes() {
        #expect(wrong("a: \u{0}").contains("not YAML"))
        #expect(wrong("a: \"\\ud800\"").contains("not YAML"))
        #expect(wrong("\u{FEFF}seed: 1", head: "name: s\nclaim: c\n").hasPrefix("x.yaml:3:"))
        #expect(wrong("seed: 99999999999999999999999").contains("is not a whole number"))
        #expect(wrong("\(String(repeating: "k", count: 100_000)): 1").utf8.count < 1000)
    }

    /// Bytes of a valid file are removed, doubled, and replaced at random; whatever comes out is read or refused.
    @Test func mutationsOfAValidFile() throws {
        let files = try ["causes/idempotence-disabled.yaml", "smoke/lossy.yaml"].map {
            try String(contentsOfFile: "\(repository)/Scenarios/\($0)", encoding: .utf8)
        }
        let marks = Array("{}[]:,-*&!|>'\"%@`#?\n \t0~".utf8)
        let rules = ScenarioRules(vocabulary: libraryVocabulary, clients: libraryClients, brokerKinds: testKinds)
        var random = SplitMix(state: 7)
        var refused = 0
        for round in 0..<2000 {
            var bytes = Array(files[round % files.count].utf8)
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(marks.randomElement(using: &random) ?? 0, at: at)
                case 2: bytes[at] = marks.randomElement(using: &random) ?? 0
                default: bytes.insert(contentsOf: bytes[at..<min(at + 20, bytes.count)], at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try Scenario(yaml: text, file: "x.yaml", rules: rules, seed: .chosen(1))
            } catch let errors as ScenarioErrors {
                refused += 1
                #expect(errors.errors.allSatisfy { $0.location.file == "x.yaml" && $0.location.line > 0 })
            }
        }
        #expect(refused > 500)
    }
}

/// Random numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
