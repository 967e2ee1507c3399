import FoundationEssentials
import ScenarioModel
import SystemCalls

/// A driver of the user's own: `producer: { driver: [./my-driver, --flag] }`. docs/scenario-format.md.
public enum OwnDriver {
    /// How to start it. A word with a slash is a path from the working directory, a bare name is looked for on `PATH`.
    ///
    /// - Parameter words: the program and its arguments; not empty.
    /// - Throws: ``MissingClient`` when there is no such program.
    public static func launch(_ words: [String]) throws(MissingClient) -> DriverLaunch {
        guard let program = words.first, let found = InstalledFiles.program(program) else {
            throw MissingClient(
                client: words.first ?? "", missing: "this driver is no program that can be started",
                remedy:
                    "name an executable file by a path from \(FileManager.default.currentDirectoryPath), or a program "
                    + "on PATH")
        }
        return DriverLaunch(executable: found, arguments: Array(words.dropFirst()))
    }

    /// What the `client.yaml` beside the program says of its properties; nil where there is none.
    ///
    /// - Throws: `ScenarioError` or `ScenarioErrors` for one that is wrong.
    public static func properties(beside program: String) throws -> ClientProperties? {
        guard program.contains("/") else { return nil }
        let path = program.hasPrefix("/") ? program : FileManager.default.currentDirectoryPath + "/" + program
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        let file = "\(folder)/\(ClientDescription.fileName)"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try ClientDescription(yaml: String(contentsOfFile: file, encoding: .utf8), folder: folder).properties
    }
}
