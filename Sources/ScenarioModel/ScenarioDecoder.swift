extension Scenario {
    /// Reads one scenario file.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: its name for locations and for the record.
    ///   - rules: what it may name.
    ///   - seed: the seed of the run.
    /// - Throws: `ScenarioErrors` with everything that is wrong, sorted by place.
    public init(yaml: String, file: String, rules: ScenarioRules, seed: RunSeed) throws {
        do {
            let root = try ScenarioValue(yaml: yaml, file: file)
            self = try ScenarioDecoder(root: root, rules: rules, seed: seed).decode()
        } catch let error as ScenarioError {
            throw ScenarioErrors([error])
        }
    }
}

/// Decodes a file's values: the frame once, then each cell on its own after the matrix has put its values in place.
struct ScenarioDecoder {
    static let keys = [
        "name", "claim", "tags", "references", "statement", "seed", "repeat", "timeout", "recovery_time", "broker",
        "producer", "network", "workload", "matrix", "faults", "expect", "sweep",
    ]
    /// Cells times values of the file: what decoding may cost, some seconds at most.
    static let maxWork = 5_000_000

    let root: ScenarioValue
    let rules: ScenarioRules
    let seed: RunSeed
    var errors = ErrorCollector()

    init(root: ScenarioValue, rules: ScenarioRules, seed: RunSeed) {
        self.root = root
        self.rules = rules
        self.seed = seed
    }

    /// - Throws: `ScenarioErrors`.
    consuming func decode() throws -> Scenario {
        var decoder = self
        let scenario = try decoder.scenario()
        try decoder.errors.throwIfAny()
        return scenario
    }

    private mutating func scenario() throws -> Scenario {
        let root = self.root
        _ = try root.mapping()
        errors.attempt { try root.requireKnownKeys(Self.keys) }
        var scenario = Scenario(
            name: errors.attempt { try Self.name(root.required("name")) } ?? "",
            claim: errors.attempt { try root.required("claim").line() } ?? "",
            tags: words("tags"), references: texts("references"), file: root.location.file, runSeed: 0,
            repeatCount: 1, cells: [])
        let fileSeed = root["seed"].flatMap { value in errors.attempt { UInt64(try value.count(in: 0...Int.max)) } }
        scenario.runSeed = seed.value(fileSeed: fileSeed)
        if let value = root["repeat"] { scenario.repeatCount = errors.attempt { try value.count(in: 1...1000) } ?? 1 }
        scenario.sweep = SweepDecoder.decode(root["sweep"], errors: &errors)
        if let sweep = scenario.sweep {
            if errors.isEmpty { scenario.notes = checkSweep(sweep, of: scenario) }
            return scenario
        }
        let matrix = Matrix(root["matrix"], errors: &errors)
        scenario.statement = StatementSpec.decode(root["statement"], matrix: matrix, errors: &errors)
        let expectations = ExpectationSpec.decode(
            root["expect"], repeatCount: scenario.repeatCount, rules: rules, errors: &errors)
        let matched = match(expectations, matrix)
        let work = matrix.cells.count * (scenario.repeatCount + root.countOfValues)
        guard work <= Self.maxWork, matrix.cells.count * scenario.repeatCount <= Matrix.maxCells else {
            errors.add(
                root.error("too many cells for a file of this size", allowed: "a smaller matrix or fewer repeats"))
            return scenario
        }
        appendCells(of: matrix, expecting: matched, to: &scenario)
        return scenario
    }

    /// Decodes the cells of the matrix, each with the expectations that are for it.
    private mutating func appendCells(
        of matrix: Matrix, expecting matched: [[ExpectationSpec]], to scenario: inout Scenario
    ) {
        var naming = CellNaming(scenario: scenario.name, paths: matrix.paths, repeatCount: scenario.repeatCount)
        var groups = CellNaming(scenario: scenario.name, paths: matrix.paths, repeatCount: 1)
        for (parameters, expectations) in zip(matrix.cells, matched) {
            guard var cell = cell(parameters, of: scenario) else { continue }
            if let override = rules.broker, errors.isEmpty {
                do {
                    cell = try swapped(parameters, of: scenario, override)
                } catch {
                    let id = groups.id(parameters, repeatIndex: 0)
                    for index in 0..<scenario.repeatCount { _ = naming.id(parameters, repeatIndex: index) }
                    scenario.leftOut.append(.init(cell: id, reason: error.reason))
                    continue
                }
            }
            state(expectations, in: &cell)
            cell.group = groups.id(parameters, repeatIndex: 0)
            for index in 0..<scenario.repeatCount {
                cell.repeatIndex = index
                cell.id = naming.id(parameters, repeatIndex: index)
                cell.seed = CellSeed.derive(
                    run: scenario.runSeed, scenario: scenario.name, labels: Matrix.labels(parameters),
                    repeatIndex: index)
                scenario.cells.append(cell)
            }
        }
    }

    /// A cell that is right by itself, with another broker in place of its own.
    private mutating func swapped(
        _ parameters: [MatrixParameter], of scenario: Scenario, _ override: BrokerOverride
    ) throws(BrokerOverride.Obstacle) -> ScenarioCell {
        let known = errors
        defer { errors = known }
        errors = ErrorCollector()
        let cell = cell(parameters, of: scenario, on: override)
        if let first = errors.errors.min() { throw .init(reason: first.what) }
        guard let cell else { throw .init(reason: "it cannot be read with \(override.name)") }
        if let reason = override.obstacle(cell) { throw .init(reason: reason) }
        return cell
    }

    /// Decodes one combination of parameters; id, seed and expectations follow.
    ///
    /// - Parameter override: the broker that takes the place of the scenario's own.
    mutating func cell(
        _ parameters: [MatrixParameter], of scenario: Scenario, on override: BrokerOverride? = nil
    ) -> ScenarioCell? {
        let base = self.root
        let place = base.location
        let applied = errors.attempt {
            let root = try MatrixPath.apply(parameters, to: base)
            do {
                return try override?.apply(to: root) ?? root
            } catch let obstacle as BrokerOverride.Obstacle {
                throw ScenarioError(at: place, obstacle.reason)
            }
        }
        guard let root = applied else { return nil }
        let broker = BrokerSpec(root["broker"], rules: rules, errors: &errors)
        let producer = ProducerSpec(root["producer"], rules: rules, errors: &errors)
        let workload = WorkloadSpec(root["workload"], errors: &errors)
        let surroundings = FaultSurroundings(
            nodes: broker.nodes, topics: broker.topics,
            // Nobody knows when a program sends its last record: it may pause as it likes.
            workloadLength: producer.isProgram ? nil : workload.length, rules: rules)
        var faults: [FaultSpec] = []
        if let value = root["faults"], let elements = errors.attempt({ try value.sequence() }) {
            for (index, element) in elements.enumerated() where !element.isNull {
                if let fault = FaultSpec.decode(element, index: index, in: surroundings, errors: &errors) {
                    faults.append(fault)
                }
            }
        }
        checkTriggers(faults)
        var networkDecoder = NetworkDecoder(nodes: broker.nodes, vocabulary: rules.vocabulary)
        let network = networkDecoder.decode(root["network"], errors: &errors)
        EffectCheck(root: root, broker: broker, producer: producer, faults: faults, rules: rules).run(&errors)
        var cell = ScenarioCell(
            scenario: scenario.name, claim: scenario.claim, file: scenario.file, id: "", group: "", repeatIndex: 0,
            parameters: parameters.map { .init(path: $0.path, label: $0.value.label) }, broker: broker,
            producer: producer, workload: workload, network: network, faults: faults, expectations: [], rated: [],
            recoveryTime: .seconds(5), timeout: (workload.length ?? .seconds(30)) + .seconds(60), seed: 0)
        if let value = root["recovery_time"] {
            cell.recoveryTime = errors.attempt { try value.duration(in: .milliseconds(1)...(.seconds(3600))) } ?? .zero
        }
        if let value = root["timeout"] {
            cell.timeout = errors.attempt { try value.duration(in: .seconds(1)...(.seconds(86_400))) } ?? .zero
        }
        return cell
    }

    private mutating func checkTriggers(_ faults: [FaultSpec]) {
        let byRequest = faults.filter { fault in
            if case .message(let match) = fault.trigger { match.isDecidedByRequest } else { false }
        }
        guard byRequest.count > MessageMatch.mostByRequest else { return }
        errors.add(
            ScenarioError(
                at: byRequest[MessageMatch.mostByRequest].location,
                "\(byRequest.count) faults ask a response for the producer_id or base_sequence of its request",
                allowed: "at most \(MessageMatch.mostByRequest); any number of faults may ask the request itself"))
    }

    /// For each cell of the matrix the entries of `expect` that are for it.
    private mutating func match(_ expectations: [ExpectationSpec], _ matrix: Matrix) -> [[ExpectationSpec]] {
        var matched = matrix.cells.map { _ in [ExpectationSpec]() }
        for expectation in expectations {
            let resolved = errors.attempt {
                try expectation.conditions.map { ($0, try $0.path(among: matrix.paths)) }
            }
            guard let resolved else { continue }
            var matchesAny = false
            for (index, cell) in matrix.cells.enumerated() {
                let fits = resolved.allSatisfy { condition, path in
                    condition.fits(cell, path: path)
                }
                guard fits else { continue }
                matchesAny = true
                matched[index].append(expectation)
            }
            if !matchesAny { errors.add(noCell(expectation, resolved.map(\.1), matrix)) }
        }
        return matched
    }

    private func noCell(_ expectation: ExpectationSpec, _ paths: [String], _ matrix: Matrix) -> ScenarioError {
        var known: [String] = []
        for path in paths {
            var labels: [String] = []
            for cell in matrix.cells {
                for parameter in cell where parameter.path == path && !labels.contains(parameter.value.label) {
                    labels.append(parameter.value.label)
                }
            }
            known.append("\(path): \(labels.joined(separator: ", "))")
        }
        return ScenarioError(
            at: expectation.location, "expect: this entry matches no cell", allowed: known.joined(separator: "; "))
    }

    private func state(_ expectations: [ExpectationSpec], in cell: inout ScenarioCell) {
        cell.expectations = expectations.filter { $0.rate == nil }.flatMap(\.checks)
        cell.rated = expectations.filter { $0.rate != nil }
        if expectations.isEmpty {
            cell.expectations = [ExpectationSpec.survives(line: root["expect"]?.location.line ?? 1)]
        }
    }

    private mutating func texts(_ key: String) -> [String] {
        guard let value = self.root[key], let values = errors.attempt({ try value.sequence() }) else { return [] }
        return values.compactMap { value in errors.attempt { try value.text() } }
    }

    private mutating func words(_ key: String) -> [String] {
        guard let value = self.root[key], let values = errors.attempt({ try value.sequence() }) else { return [] }
        var words: [String] = []
        for value in values {
            guard let word = errors.attempt({ try value.text() }) else { continue }
            if word.contains(where: { $0.isWhitespace || $0 == "," }) || word.isEmpty {
                errors.add(value.error("\(value.shown) is not a tag", allowed: "a word without spaces and commas"))
            } else if words.contains(word) {
                errors.add(value.error("the tag '\(word)' is given twice"))
            } else {
                words.append(word)
            }
        }
        return words
    }

    private static func name(_ value: ScenarioValue) throws -> String {
        let name = try value.text()
        let legal = name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
            default: false
            }
        }
        guard legal, (1...60).contains(name.utf8.count), !name.hasPrefix("."), !name.hasPrefix("-") else {
            throw value.error("\(value.shown) is not a name", allowed: "1 to 60 letters, digits, '-', '_', '.'")
        }
        return name
    }
}

extension ScenarioValue {
    /// A text on one line, however it was folded in the file.
    func line() throws -> String {
        try text().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Values in this one, itself included.
    var countOfValues: Int {
        switch content {
        case .scalar: 1
        case .sequence(let values): values.reduce(1) { $0 + $1.countOfValues }
        case .mapping(let entries): entries.reduce(1) { $0 + $1.value.countOfValues }
        }
    }
}
