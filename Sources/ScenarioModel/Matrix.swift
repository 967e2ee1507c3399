/// A value of the matrix and its name in parameters, ids and conditions.
struct MatrixValue: Sendable, Equatable {
    /// The label of a null value: the node is removed, so that the default applies.
    static let unset = "default"

    var label: String
    /// Nil: remove the node.
    var value: ScenarioValue?

    /// A scalar is its own label; a list or a mapping needs one: `{ as: name, value: … }`.
    init(_ value: ScenarioValue) throws {
        if case .mapping = value.content, let label = value["as"] {
            try value.requireKnownKeys(["as", "value"])
            self.label = try label.text()
            self.value = value["value"]
            return
        }
        if value.isNull {
            label = Self.unset
            self.value = nil
            return
        }
        guard case .scalar(let scalar) = value.content else {
            throw value.error("\(value.shown) as a matrix value needs a name", allowed: "{ as: name, value: … }")
        }
        label = scalar.text
        self.value = value
    }
}

/// One parameter of one cell.
struct MatrixParameter: Sendable, Equatable {
    var path: String
    var keyLocation: SourceLocation
    var value: MatrixValue
}

/// Section `matrix`: which cells a scenario has. A pure list of parameters; nothing is decoded here.
struct Matrix: Sendable {
    static let maxCells = 10_000

    /// Every path that some cell sets, in file order.
    private(set) var paths: [String] = []
    /// The parameters of each cell, in the order of the axes, the last one changing fastest.
    private(set) var cells: [[MatrixParameter]] = [[]]

    private struct Axis {
        var path: String
        var keyLocation: SourceLocation
        var values: [MatrixValue]
    }

    /// Decodes the section; an absent one gives one cell without parameters.
    init(_ value: ScenarioValue?, errors: inout ErrorCollector) {
        guard let value, let entries = errors.attempt({ try value.mapping() }) else { return }
        let axes = entries.filter { !["exclude", "include"].contains($0.key) }
            .compactMap { Self.axis($0, errors: &errors) }
        paths = axes.map(\.path)
        let includes = Self.includes(value["include"], errors: &errors)
        if entries.isEmpty || (axes.isEmpty && includes.isEmpty && errors.isEmpty) {
            errors.add(value.error("the matrix is empty", allowed: "path: [value, …]"))
            return
        }
        let product = axes.reduce(1) { $0 > Self.maxCells ? $0 : $0 * $1.values.count }
        guard product + includes.count <= Self.maxCells else {
            errors.add(value.error("the matrix has too many cells", allowed: "\(Self.maxCells) cells"))
            return
        }
        cells = axes.isEmpty ? [] : Self.product(axes)
        exclude(value["exclude"], errors: &errors)
        for include in includes {
            for parameter in include where !paths.contains(parameter.path) { paths.append(parameter.path) }
            let labels = Self.labels(include)
            if cells.contains(where: { Self.labels($0) == labels }) {
                let location = include.first?.keyLocation ?? value.location
                errors.add(ScenarioError(at: location, "matrix.include: this cell is there already"))
            } else {
                cells.append(include)
            }
        }
        if cells.isEmpty {
            if errors.isEmpty { errors.add(value.error("the matrix is empty: every cell is excluded")) }
            cells = [[]]
        }
    }

    static func labels(_ cell: [MatrixParameter]) -> [String: String] {
        Dictionary(cell.map { ($0.path, $0.value.label) }) { first, _ in first }
    }

    private static func axis(_ entry: ScenarioValue.Entry, errors: inout ErrorCollector) -> Axis? {
        errors.attempt { try MatrixPath.check(entry.key, at: entry.keyLocation) }
        guard let values = errors.attempt({ try entry.value.sequence() }) else { return nil }
        guard !values.isEmpty else {
            errors.add(entry.value.error("an empty matrix: no value is given", allowed: "at least one value"))
            return nil
        }
        var axis = Axis(path: entry.key, keyLocation: entry.keyLocation, values: [])
        var labels: Set<String> = []
        for value in values {
            guard let matrixValue = errors.attempt({ try MatrixValue(value) }) else { continue }
            if labels.insert(matrixValue.label).inserted {
                axis.values.append(matrixValue)
            } else {
                errors.add(value.error("the value '\(matrixValue.label)' is given twice"))
            }
        }
        return axis.values.isEmpty ? nil : axis
    }

    private static func product(_ axes: [Axis]) -> [[MatrixParameter]] {
        axes.reduce([[]]) { cells, axis in
            cells.flatMap { cell in
                axis.values.map { value in
                    cell + [MatrixParameter(path: axis.path, keyLocation: axis.keyLocation, value: value)]
                }
            }
        }
    }

    private static func includes(_ value: ScenarioValue?, errors: inout ErrorCollector) -> [[MatrixParameter]] {
        guard let value, let elements = errors.attempt({ try value.sequence() }) else { return [] }
        return elements.compactMap { element in
            guard let entries = errors.attempt({ try element.mapping() }) else { return nil }
            if entries.isEmpty { errors.add(element.error("no parameter is given", allowed: "path: value")) }
            return entries.compactMap { entry in
                errors.attempt {
                    try MatrixPath.check(entry.key, at: entry.keyLocation)
                    return MatrixParameter(
                        path: entry.key, keyLocation: entry.keyLocation, value: try MatrixValue(entry.value))
                }
            }
        }
    }

    private mutating func exclude(_ value: ScenarioValue?, errors: inout ErrorCollector) {
        guard let value, let elements = errors.attempt({ try value.sequence() }) else { return }
        for element in elements {
            let conditions = ParameterCondition.decode(element, errors: &errors)
            let paths = self.paths
            let resolved = errors.attempt { try conditions.map { ($0, try $0.path(among: paths)) } }
            guard let resolved, !resolved.isEmpty else { continue }
            let kept = cells.filter { cell in
                !resolved.allSatisfy { condition, path in
                    condition.fits(cell, path: path)
                }
            }
            if kept.count == cells.count { errors.add(element.error("excludes no cell")) }
            cells = kept
        }
    }
}
