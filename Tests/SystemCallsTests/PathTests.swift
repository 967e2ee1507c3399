import SystemCalls
import Testing

@Suite struct PathTests {
    @Test(arguments: [
        ("/a/b", "/a", "b"), ("/a/b/", "/a", "b"), ("/a", "/", "a"), ("a", "", "a"), ("a/b", "a", "b"), ("/", "", "/"),
        ("//a//b", "//a", "b"),
    ])
    func parts(path: String, directory: String, name: String) {
        #expect(PathText.directory(of: path) == directory || path == "/")
        #expect(PathText.name(of: path) == name || path == "/")
    }

    @Test func namesAreOrderedByTheirNumbers() {
        let names = ["2.16.0", "2.9.1", "2.16", "2.0.2", "node-10", "node-2", "a", "2.016.1"]
        #expect(
            names.sorted(by: NaturalOrder.precedes)
                == ["2.0.2", "2.9.1", "2.16", "2.16.0", "2.016.1", "a", "node-2", "node-10"])
        #expect(!NaturalOrder.precedes("1.0", "1.0"))
    }

    @Test("files are found in a checkout, and in share of any prefix") func installed() throws {
        let root = SpawnedProcess.capture(["mktemp", "-d"]).output.split(separator: "\n").map(String.init)[0]
        defer { _ = SpawnedProcess.capture(["rm", "-rf", root]) }
        let script = "mkdir -p $0/opt/x/bin $0/opt/x/share/crosswind/Drivers $0/src/.build/release $0/src/Drivers"
        #expect(SpawnedProcess.capture(["sh", "-c", script, root]).code == 0)
        #expect(
            InstalledFiles.find("Drivers", from: "\(root)/opt/x/bin") == "\(root)/opt/x/share/crosswind/Drivers")
        #expect(InstalledFiles.find("Drivers", from: "\(root)/src/.build/release") == "\(root)/src/Drivers")
        #expect(InstalledFiles.find("no-such-file-of-crosswind", from: "\(root)/opt/x/bin") == nil)
    }

    @Test("a path that exists, and an absolute one, stay as they are") func located() {
        #expect(InstalledFiles.locate("/nowhere/x") == "/nowhere/x")
        #expect(InstalledFiles.locate("no-such-folder/x.yaml") == "no-such-folder/x.yaml")
    }
}
