import EvidenceModel

/// Finds scenario files and reads them: a file, a directory with everything below it, or a glob.
public struct ScenarioLoader: Sendable {
    /// How files are reached; a test passes a dictionary, the harness the disk.
    public struct Files: Sendable {
        /// What stands at a path.
        public enum Kind: Sendable, Equatable { case file, directory, missing }

        /// What stands at a path.
        public var kind: @Sendable (String) -> Kind
        /// Names in a directory, in any order.
        public var list: @Sendable (String) throws -> [String]
        /// The text of a file. Files are some kilobytes; a reader should refuse more than a megabyte.
        public var read: @Sendable (String) throws -> String

        /// Makes an access to files.
        public init(
            kind: @escaping @Sendable (String) -> Kind, list: @escaping @Sendable (String) throws -> [String],
            read: @escaping @Sendable (String) throws -> String
        ) {
            self.kind = kind
            self.list = list
            self.read = read
        }
    }

    /// What scenarios may name.
    public var rules: ScenarioRules
    /// The run's seed.
    public var seed: RunSeed
    /// How files are reached.
    public var files: Files

    /// Makes a loader.
    public init(rules: ScenarioRules, seed: RunSeed, files: Files) {
        self.rules = rules
        self.seed = seed
        self.files = files
    }

    /// Reads everything that the arguments name, each file once, in the order of the arguments and then by path.
    ///
    /// - Throws: `ScenarioErrors` with everything that is wrong in all of the files; a name that two scenarios share is
    ///   an error of the second one.
    public func load(_ arguments: [String]) throws -> [Scenario] {
        var errors = ErrorCollector()
        var scenarios: [Scenario] = []
        var firstFile: [String: String] = [:]
        for path in paths(arguments, errors: &errors) {
            guard let text = read(path, errors: &errors) else { continue }
            let scenario = errors.attempt { try Scenario(yaml: text, file: path, rules: rules, seed: seed) }
            let name = scenario?.name ?? Self.name(in: text, path: path)?.name
            guard let name else { continue }
            if let other = firstFile[name] {
                let location =
                    Self.name(in: text, path: path)?.location ?? SourceLocation(file: path, line: 1, column: 1)
                errors.add(ScenarioError(at: location, "name: the scenario '\(name)' is in \(other) too"))
            } else {
                firstFile[name] = path
            }
            if let scenario { scenarios.append(scenario) }
        }
        try errors.throwIfAny()
        return scenarios
    }

    /// The files that the arguments name, without reading them.
    /// - Throws: `ScenarioErrors` for arguments that name nothing.
    public func paths(_ arguments: [String]) throws -> [String] {
        var errors = ErrorCollector()
        let paths = paths(arguments, errors: &errors)
        try errors.throwIfAny()
        return paths
    }

    private func paths(_ arguments: [String], errors: inout ErrorCollector) -> [String] {
        var paths: [String] = []
        for argument in arguments {
            let found: [String]
            switch files.kind(argument) {
            case .file: found = [argument]
            case .directory: found = scenarios(below: argument, depth: 0, errors: &errors)
            case .missing: found = Glob(argument).map { matches($0, errors: &errors) } ?? []
            }
            if found.isEmpty {
                let location = SourceLocation(file: argument, line: 1, column: 1)
                let what =
                    switch files.kind(argument) {
                    case .directory: "no scenario in this directory"
                    default: Glob(argument) == nil ? "no such file or directory" : "no scenario matches"
                    }
                errors.add(
                    ScenarioError(at: location, what, allowed: "a file, a directory with .yaml files, or a glob"))
            }
            for path in found where !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    private func scenarios(below directory: String, depth: Int, errors: inout ErrorCollector) -> [String] {
        // A link that leads back up would never end.
        guard depth < 32 else { return [] }
        let names = list(directory, errors: &errors)
        return names.sorted().flatMap { name -> [String] in
            // `.` adds nothing to a path, and globs are written without it.
            let path = directory == "." ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            switch files.kind(path) {
            case .directory: return scenarios(below: path, depth: depth + 1, errors: &errors)
            case .file: return Self.isScenario(name) ? [path] : []
            case .missing: return []
            }
        }
    }

    private func matches(_ glob: Glob, errors: inout ErrorCollector) -> [String] {
        guard files.kind(glob.base) == .directory else { return [] }
        let all = scenarios(below: glob.base, depth: 0, errors: &errors)
        return all.filter { glob.matches($0) }
    }

    private func list(_ directory: String, errors: inout ErrorCollector) -> [String] {
        do {
            return try files.list(directory).filter { !$0.hasPrefix(".") }
        } catch {
            errors.add(
                ScenarioError(
                    at: SourceLocation(file: directory, line: 1, column: 1), "cannot list: \(reason(of: error))"))
            return []
        }
    }

    private func read(_ path: String, errors: inout ErrorCollector) -> String? {
        do {
            return try files.read(path)
        } catch {
            errors.add(
                ScenarioError(at: SourceLocation(file: path, line: 1, column: 1), "cannot read: \(reason(of: error))"))
            return nil
        }
    }

    private static func isScenario(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    private static func name(in text: String, path: String) -> (name: String, location: SourceLocation)? {
        guard let value = try? ScenarioValue(yaml: text, file: path)["name"], let name = try? value.text() else {
            return nil
        }
        return (name, value.location)
    }
}
