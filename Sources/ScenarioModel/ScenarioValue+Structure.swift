extension ScenarioValue {
    /// The values of a list.
    /// - Throws: `ScenarioError` for anything but a list.
    public func sequence() throws -> [ScenarioValue] {
        guard case .sequence(let values) = content else { throw error("expected a list, found \(shown)") }
        return values
    }

    /// The entries of a mapping, in the order of the file.
    /// - Throws: `ScenarioError` for anything but a mapping.
    public func mapping() throws -> [Entry] {
        guard case .mapping(let entries) = content else { throw error("expected a mapping, found \(shown)") }
        return entries
    }

    /// The value of a key of a mapping; nil when absent, when given as null, or when this is no mapping.
    public subscript(key: String) -> ScenarioValue? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// The value of a key that must be there.
    /// - Throws: `ScenarioError` when it is absent.
    public func required(_ key: String) throws -> ScenarioValue {
        _ = try mapping()
        guard let value = self[key] else { throw error("'\(key)' is missing") }
        return value
    }

    /// Checks that a mapping holds no other keys than these.
    /// - Throws: `ScenarioErrors`, one error for each unknown key, at the key's own place.
    public func requireKnownKeys(_ known: [String]) throws {
        let errors = try mapping().filter { !known.contains($0.key) }.map { entry in
            ScenarioError(
                at: entry.keyLocation,
                (path.isEmpty ? "" : "\(path): ") + "unknown key '\(entry.key.prefix(60))'",
                allowed: known.joined(separator: ", "),
                didYouMean: Suggestion.nearest(to: entry.key, among: known))
        }
        if !errors.isEmpty { throw ScenarioErrors(errors) }
    }
}
