/// A path into the scenario file, as the keys of `matrix` are: `producer.config.enable.idempotence`, `faults.0.loss`.
///
/// Components are separated by dots. After `config.` (and after `config_for.CLIENT.`) the rest is one property name.
enum MatrixPath {
    static let roots = ["broker", "producer", "network", "workload", "faults", "recovery_time", "timeout"]

    /// Checks that a path begins in a section that the matrix may change.
    static func check(_ path: String, at location: SourceLocation) throws {
        let components = components(path)
        guard let root = components.first, components.allSatisfy({ !$0.isEmpty }) else {
            throw ScenarioError(at: location, "matrix: '\(path.prefix(60))' is not a path", allowed: allowed)
        }
        guard roots.contains(root) else {
            throw ScenarioError(
                at: location, "matrix: '\(path.prefix(60))' begins in no section that a matrix may change",
                allowed: allowed, didYouMean: suggestion(path, root: root))
        }
    }

    private static let allowed = "a path that begins with " + roots.joined(separator: ", ")

    private static func suggestion(_ path: String, root: String) -> String? {
        if let near = Suggestion.nearest(to: root, among: roots) { return near + path.dropFirst(root.count) }
        return path.contains(".") ? "producer.config.\(path.prefix(60))" : nil
    }

    static func components(_ path: String) -> [String] {
        var components: [String] = []
        var rest = Substring(path)
        while true {
            let isProperty =
                components.last == "config"
                || (components.count >= 2 && components[components.count - 2] == "config_for")
            guard !isProperty, let dot = rest.firstIndex(of: ".") else {
                components.append(String(rest))
                return components
            }
            components.append(String(rest[..<dot]))
            rest = rest[rest.index(after: dot)...]
        }
    }

    /// Puts each parameter in its place.
    /// - Throws: `ScenarioError` for a path that leads nowhere.
    static func apply(_ parameters: [MatrixParameter], to root: ScenarioValue) throws -> ScenarioValue {
        try parameters.reduce(root) { root, parameter in
            try replace(ArraySlice(components(parameter.path)), in: root, by: parameter)
        }
    }

    private static func replace(
        _ components: ArraySlice<String>, in value: ScenarioValue, by parameter: MatrixParameter
    ) throws -> ScenarioValue {
        guard let key = components.first else { return value }
        let rest = components.dropFirst()
        var value = value
        switch value.content {
        case .mapping(var entries):
            let index = entries.firstIndex { $0.key == key }
            let path = value.path.isEmpty ? key : "\(value.path).\(key)"
            let empty = ScenarioValue(location: parameter.keyLocation, path: path, content: .mapping([]))
            var replacement: ScenarioValue?
            if rest.isEmpty {
                replacement = parameter.value.value?.moved(to: path)
            } else {
                let inner = index.flatMap { entries[$0].value.isNull ? nil : entries[$0].value } ?? empty
                replacement = try replace(rest, in: inner, by: parameter)
            }
            // A key that stands in the file keeps its place, so that errors in its other parts point there.
            let keyLocation = index.map { entries[$0].keyLocation } ?? parameter.keyLocation
            if let index { entries.remove(at: index) }
            if let replacement {
                let entry = ScenarioValue.Entry(key: key, keyLocation: keyLocation, value: replacement)
                entries.insert(entry, at: index ?? entries.count)
            }
            value.content = .mapping(entries)
        case .sequence(var values):
            guard let index = DecimalText.whole(key), values.indices.contains(index) else {
                let known = values.indices.map { "\(value.path).\($0)" }.prefix(20).joined(separator: ", ")
                throw ScenarioError(
                    at: parameter.keyLocation, "matrix: '\(parameter.path)': no element '\(key)' in \(value.path)",
                    allowed: known.isEmpty ? "nothing: the list is empty" : known)
            }
            if rest.isEmpty {
                // A removed element leaves a null in its place: the others keep their index and so their random stream.
                let null = ScenarioValue(location: parameter.keyLocation, content: .scalar(.init(text: "~")))
                values[index] = (parameter.value.value ?? null).moved(to: "\(value.path).\(key)")
            } else {
                values[index] = try replace(rest, in: values[index], by: parameter)
            }
            value.content = .sequence(values)
        case .scalar:
            throw ScenarioError(
                at: parameter.keyLocation,
                "matrix: '\(parameter.path)': \(value.path) is \(value.shown), which has no parts")
        }
        return value
    }
}

extension ScenarioValue {
    /// The same value under another path; its locations stay.
    func moved(to path: String) -> ScenarioValue {
        var value = self
        value.path = path
        switch content {
        case .scalar: break
        case .sequence(let values):
            value.content = .sequence(values.enumerated().map { $1.moved(to: "\(path).\($0)") })
        case .mapping(let entries):
            value.content = .mapping(
                entries.map { entry in
                    Entry(
                        key: entry.key, keyLocation: entry.keyLocation,
                        value: entry.value.moved(to: "\(path).\(entry.key)"))
                })
        }
        return value
    }
}
