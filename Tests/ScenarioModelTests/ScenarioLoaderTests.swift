import ScenarioModel
import Testing

@Suite struct ScenarioLoaderTests {
    func loader(_ tree: [String: String]) -> ScenarioLoader {
        let directories = Set(
            tree.keys.flatMap { path in
                let parts = path.split(separator: "/")
                return (1..<max(parts.count, 2)).map { parts.prefix($0).joined(separator: "/") }
            }
        ).subtracting(tree.keys).union(["."])
        let files = ScenarioLoader.Files(
            kind: { tree[$0] != nil ? .file : directories.contains($0) ? .directory : .missing },
            list: { directory in
                let prefix = directory == "." ? "" : directory + "/"
                return Array(
                    Set(
                        tree.keys.filter { $0.hasPrefix(prefix) }.compactMap {
                            $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
                        }))
            },
            read: { tree[$0] ?? "" })
        return ScenarioLoader(rules: testRules, seed: .chosen(1), files: files)
    }

    func file(_ name: String) -> String { "name: \(name)\nclaim: c\n" }

    func outcome(_ tree: [String: String], _ arguments: String...) -> String {
        do {
            return try loader(tree).load(arguments).map(\.name).joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    @Test func filesDirectoriesAndGlobs() {
        let tree = [
            "s/b.yaml": file("b"), "s/a.yaml": file("a"), "s/sub/c.yml": file("c"), "s/readme.md": "no scenario",
            "s/.hidden.yaml": "broken: [",
        ]
        #expect(outcome(tree, "s") == "a b c")
        #expect(
            outcome(tree, "s/")
                == "s/:1:1: no such file or directory; allowed: a file, a directory with .yaml files, or a glob")
        #expect(outcome(tree, "s/b.yaml", "s") == "b a c")
        #expect(outcome(tree, "s/*.yaml") == "a b")
        #expect(outcome(tree, "s/**/*.yml") == "c")
        #expect(outcome(tree, "s/**") == "a b c")
        #expect(outcome(tree, "s/?.yaml") == "a b")
    }

    @Test func argumentsThatNameNothing() {
        #expect(
            outcome(["s/readme.md": ""], "s", "t.yaml", "s/*.yaml") == """
                s:1:1: no scenario in this directory; allowed: a file, a directory with .yaml files, or a glob
                s/*.yaml:1:1: no scenario matches; allowed: a file, a directory with .yaml files, or a glob
                t.yaml:1:1: no such file or directory; allowed: a file, a directory with .yaml files, or a glob
                """)
    }

    @Test func everyFileIsCheckedAndNamesAreUnique() {
        let tree = ["a.yaml": file("x"), "b.yaml": file("x") + "seed: -1\n", "c.yaml": "name: [\n"]
        #expect(
            outcome(tree, ".").split(separator: "\n").map(String.init) == [
                "b.yaml:1:7: name: the scenario 'x' is in a.yaml too",
                "b.yaml:3:7: seed: '-1' is out of range; allowed: a whole number from 0 to 9223372036854775807",
                "c.yaml:2:1: not YAML: did not find expected node content (while parsing a flow node at line 2)",
            ])
    }
}
