/// One line of `when` or `matrix.exclude`: a matrix parameter, named by a dotted suffix of its path, and the labels of
/// which it must have one.
public struct ParameterCondition: Sendable, Equatable {
    /// The suffix as written.
    public var key: String
    /// Where it stands.
    public var keyLocation: SourceLocation
    /// Labels, any of which fits.
    public var labels: [String]

    /// Decodes a mapping of conditions.
    static func decode(_ value: ScenarioValue, errors: inout ErrorCollector) -> [ParameterCondition] {
        guard let entries = errors.attempt({ try value.mapping() }) else { return [] }
        if entries.isEmpty { errors.add(value.error("no condition is given", allowed: "parameter: value")) }
        return entries.compactMap { entry in
            let values: [ScenarioValue]
            if case .sequence(let list) = entry.value.content { values = list } else { values = [entry.value] }
            let labels = errors.attempt { try values.map { $0.isNull ? MatrixValue.unset : try $0.text() } }
            guard let labels else { return nil }
            return ParameterCondition(key: entry.key, keyLocation: entry.keyLocation, labels: labels)
        }
    }

    /// Whether a cell has one of the labels at the path. A cell that does not set the parameter has `default` there.
    func fits(_ cell: [MatrixParameter], path: String) -> Bool {
        labels.contains(cell.first { $0.path == path }?.value.label ?? MatrixValue.unset)
    }

    /// The path that the key names.
    /// - Throws: `ScenarioError` when it names none or several.
    func path(among paths: [String]) throws -> String {
        let matching = paths.filter { $0 == key || $0.hasSuffix("." + key) }
        if matching.count == 1 { return matching[0] }
        if matching.contains(key) { return key }
        let shortened = paths.map { $0.split(separator: ".").suffix(key.split(separator: ".").count) }
        let suffixes = shortened.map { $0.joined(separator: ".") }
        guard matching.isEmpty else {
            throw ScenarioError(
                at: keyLocation, "'\(key)' names several matrix parameters", allowed: matching.joined(separator: ", "))
        }
        throw ScenarioError(
            at: keyLocation, "'\(key.prefix(60))' names no matrix parameter",
            allowed: paths.isEmpty ? "nothing: there is no matrix" : paths.joined(separator: ", "),
            didYouMean: Suggestion.nearest(to: key, among: suffixes))
    }
}
