/// Decodes section `sweep`.
enum SweepDecoder {
    static let keys = ["axes", "points", "bisect", "objective", "window", "windows", "warmup", "repeats"]
    static let bisectKeys = ["axis", "from", "to", "scale", "resolution", "meets"]
    static let rangeKeys = ["from", "to", "steps", "scale"]
    static let maxPoints = 10_000

    /// Decodes the section; nil for an absent one.
    static func decode(_ value: ScenarioValue?, errors: inout ErrorCollector) -> SweepSpec? {
        guard let value, errors.attempt({ try value.mapping() }) != nil else { return nil }
        errors.attempt { try value.requireKnownKeys(keys) }
        var spec = SweepSpec(
            axes: [], combinations: [[]], bisection: nil, objectives: [], window: .seconds(2), windows: 3,
            warmUp: .seconds(1), repeats: 1)
        readLengths(value, &spec, &errors)
        spec.objectives = objectives(value["objective"], line: value.location.line, errors: &errors)
        if let bisect = value["bisect"] { spec.bisection = errors.attempt { try bisection(bisect) } }
        var combinations: [[MatrixParameter]] = []
        if let axes = value["axes"] {
            combinations = grid(axes, &spec, &errors)
        }
        if let list = value["points"] { combinations += points(list, &errors) }
        guard !combinations.isEmpty || spec.bisection != nil else {
            if errors.isEmpty { errors.add(value.error("no point is given", allowed: "axes, points or bisect")) }
            return spec
        }
        if combinations.isEmpty { combinations = [[]] }
        if let path = spec.bisection?.path, combinations.joined().contains(where: { $0.path == path }) {
            errors.add(value.error("'\(path)' is bisected and may not be an axis or stand in a point too"))
        }
        for parameter in combinations.joined() {
            spec.values[parameter.path, default: [:]][parameter.value.label] = parameter.value
        }
        spec.combinations = combinations.map { $0.map { .init(path: $0.path, label: $0.value.label) } }
        return spec
    }

    private static func readLengths(_ value: ScenarioValue, _ spec: inout SweepSpec, _ errors: inout ErrorCollector) {
        let lengths = Duration.milliseconds(100)...(.seconds(3600))
        if let window = value["window"] {
            spec.window = errors.attempt { try window.duration(in: lengths) } ?? spec.window
        }
        if let windows = value["windows"] {
            spec.windows = errors.attempt { try windows.count(in: 1...1000) } ?? spec.windows
        }
        if let warmUp = value["warmup"] {
            spec.warmUp = errors.attempt { try warmUp.duration(in: .zero...(.seconds(3600))) } ?? spec.warmUp
        }
        if let repeats = value["repeats"] {
            spec.repeats = errors.attempt { try repeats.count(in: 1...100) } ?? spec.repeats
        }
    }

    private static func objectives(
        _ value: ScenarioValue?, line: Int, errors: inout ErrorCollector
    ) -> [SweepObjective] {
        guard let value else { return SweepObjective.standard(line: line) }
        guard let entries = errors.attempt({ try value.mapping() }) else { return [] }
        if entries.isEmpty { errors.add(value.error("nothing is asked for", allowed: "at least one entry")) }
        return entries.compactMap { entry in errors.attempt { try SweepObjective(entry) } }
    }

    private static func bisection(_ value: ScenarioValue) throws -> SweepBisection {
        try value.requireKnownKeys(bisectKeys)
        let axis = try value.required("axis")
        let path = try axis.text()
        try MatrixPath.check(path, at: axis.location)
        let meets = try value["meets"]?.choice(of: ["low", "high"]) ?? "low"
        let resolution = try value["resolution"]?.fraction() ?? 0.05
        if let given = value["resolution"], !(0.001...0.5).contains(resolution) {
            throw given.error("\(given.shown) is out of range", allowed: "0.1% to 50%")
        }
        return SweepBisection(
            path: path, range: try SweepRange(value), resolution: resolution, lowMeets: meets == "low")
    }

    private static func grid(
        _ value: ScenarioValue, _ spec: inout SweepSpec, _ errors: inout ErrorCollector
    ) -> [[MatrixParameter]] {
        guard let entries = errors.attempt({ try value.mapping() }) else { return [] }
        var cells: [[MatrixParameter]] = [[]]
        for entry in entries {
            guard let values = errors.attempt({ try axisValues(entry) }) else { continue }
            spec.axes.append(.init(path: entry.key, labels: values.map(\.label)))
            guard cells.count * values.count <= maxPoints else {
                errors.add(value.error("the sweep has too many points", allowed: "\(maxPoints) points"))
                return []
            }
            cells = cells.flatMap { cell in
                values.map { cell + [MatrixParameter(path: entry.key, keyLocation: entry.keyLocation, value: $0)] }
            }
        }
        if entries.isEmpty { errors.add(value.error("no axis is given", allowed: "path: [value, …]")) }
        return cells
    }

    private static func axisValues(_ entry: ScenarioValue.Entry) throws -> [MatrixValue] {
        try MatrixPath.check(entry.key, at: entry.keyLocation)
        let values: [MatrixValue]
        if case .mapping = entry.value.content {
            try entry.value.requireKnownKeys(rangeKeys)
            let range = try SweepRange(entry.value)
            let steps = try entry.value["steps"]?.count(in: 2...1000) ?? 5
            values = try range.steps(steps).map { number in
                try MatrixValue(scalar(range.text(number), at: entry.value.location))
            }
        } else {
            values = try entry.value.sequence().map { try MatrixValue($0) }
        }
        guard !values.isEmpty else {
            throw entry.value.error("no value is given", allowed: "at least one value, or from and to")
        }
        var labels: Set<String> = []
        for value in values where !labels.insert(value.label).inserted {
            throw entry.value.error("the value '\(value.label)' is given twice")
        }
        return values
    }

    private static func points(_ value: ScenarioValue, _ errors: inout ErrorCollector) -> [[MatrixParameter]] {
        guard let elements = errors.attempt({ try value.sequence() }) else { return [] }
        if elements.isEmpty { errors.add(value.error("no point is given", allowed: "{ path: value, … }")) }
        var seen: Set<[String: String]> = []
        return elements.compactMap { element in
            let point = errors.attempt {
                try element.mapping().map { entry in
                    try MatrixPath.check(entry.key, at: entry.keyLocation)
                    return MatrixParameter(
                        path: entry.key, keyLocation: entry.keyLocation, value: try MatrixValue(entry.value))
                }
            }
            if let point, !seen.insert(Matrix.labels(point)).inserted {
                errors.add(element.error("this point is there already"))
            }
            return point
        }
    }

    /// A scalar with a text that no file holds.
    static func scalar(_ text: String, at location: SourceLocation) -> ScenarioValue {
        ScenarioValue(location: location, content: .scalar(.init(text: text)))
    }
}
