import EvidenceModel

/// One entry of section `expect`.
public struct ExpectationSpec: Sendable, Equatable {
    /// The cells it is for: all conditions must hold. Empty: every cell.
    public var conditions: [ParameterCondition]
    /// What must hold there.
    public var checks: [Check]
    /// How many of the repeats of a cell must fulfil the checks; nil: each one.
    public var rate: Rate?
    /// Where it stands.
    public var location: SourceLocation

    /// One measure compared with one number.
    public struct Check: Sendable, Equatable {
        /// A measure, or `survives` with 1 for true and 0 for false.
        public var measure: String
        /// The relation.
        public var comparison: Comparison
        /// The number.
        public var value: Double
        /// As written: `duplicates: "> 0"`.
        public var text: String
        /// Line in the scenario file.
        public var line: Int

        /// Makes a check.
        public init(measure: String, comparison: Comparison, value: Double, text: String, line: Int) {
            self.measure = measure
            self.comparison = comparison
            self.value = value
            self.text = text
            self.line = line
        }

        /// Reads a check from one line of text, `failed < 100` or `survives`; nil when it is none.
        public init?(text: String) {
            let words = text.split(separator: " ", maxSplits: 1).map(String.init)
            guard let name = words.first else { return nil }
            if name == "survives", words.count == 1 {
                self.init(measure: name, comparison: .equal, value: 1, text: text, line: 0)
                return
            }
            guard words.count == 2, Measure.named(name) != nil, let (comparison, value) = Comparison.parse(words[1])
            else { return nil }
            self.init(measure: name, comparison: comparison, value: value, text: text, line: 0)
        }
    }

    /// An honest rate: `at_least: 8, of: 10`.
    public struct Rate: Sendable, Equatable {
        /// The fewest repeats that must fulfil all checks of the entry.
        public var atLeast: Int
        /// The number of repeats, as `repeat` says.
        public var of: Int

        /// Makes a rate.
        public init(atLeast: Int, of: Int) {
            self.atLeast = atLeast
            self.of = of
        }
    }

    /// `survives: true`, what every cell that no entry matches must fulfil.
    static func survives(line: Int) -> Check {
        Check(measure: "survives", comparison: .equal, value: 1, text: "survives: true", line: line)
    }

    /// Whether a cell fulfils all checks.
    ///
    /// - Parameter measured: the value of a measure of the cell's verdict, `survives` as 1 or 0; nil when it could not
    ///   be measured.
    /// - Returns: nil when that depends on a value which could not be measured.
    public func holds(_ measured: (String) -> Double?) -> Bool? {
        var unknown = false
        for check in checks {
            guard let actual = measured(check.measure) else {
                unknown = true
                continue
            }
            if !check.comparison.holds(actual, check.value) { return false }
        }
        return unknown ? nil : true
    }

    /// Decodes section `expect`.
    static func decode(
        _ value: ScenarioValue?, repeatCount: Int, rules: ScenarioRules, errors: inout ErrorCollector
    ) -> [ExpectationSpec] {
        guard let value, let elements = errors.attempt({ try value.sequence() }) else { return [] }
        if elements.isEmpty { errors.add(value.error("nothing is expected", allowed: "at least one entry")) }
        return elements.compactMap { decodeEntry($0, repeatCount: repeatCount, rules: rules, errors: &errors) }
    }

    private static func decodeEntry(
        _ value: ScenarioValue, repeatCount: Int, rules: ScenarioRules, errors: inout ErrorCollector
    ) -> ExpectationSpec? {
        guard let entries = errors.attempt({ try value.mapping() }) else { return nil }
        var spec = ExpectationSpec(conditions: [], checks: [], rate: nil, location: value.location)
        if let when = value["when"] { spec.conditions = ParameterCondition.decode(when, errors: &errors) }
        for entry in entries where !["when", "at_least", "of"].contains(entry.key) {
            spec.checks += errors.attempt { try checks(entry, path: value.path, rules: rules) } ?? []
        }
        if let atLeast = value["at_least"] {
            let most = value["of"].flatMap { of in errors.attempt { try of.count(in: 1...1000) } } ?? repeatCount
            if let of = value["of"], most != repeatCount {
                errors.add(of.error("'of' is not the number of repeats", allowed: "\(repeatCount), as 'repeat' says"))
            }
            let least = errors.attempt { try atLeast.count(in: 1...most) }
            spec.rate = least.map { Rate(atLeast: $0, of: most) }
        } else if let of = value["of"] {
            errors.add(of.error("'of' needs 'at_least'"))
        }
        if entries.allSatisfy({ ["when", "at_least", "of"].contains($0.key) }) {
            errors.add(value.error("nothing is expected", allowed: "survives or a measure"))
        }
        return spec
    }

    /// Expectations that are true or false: the cell survives; the client refuses its configuration.
    private static let yesOrNo = ["survives", "refused"]

    private static func checks(
        _ entry: ScenarioValue.Entry, path: String, rules: ScenarioRules
    ) throws -> [Check] {
        let line = entry.keyLocation.line
        if yesOrNo.contains(entry.key) {
            let holds = try entry.value.bool()
            return [
                Check(
                    measure: entry.key, comparison: .equal, value: holds ? 1 : 0, text: "\(entry.key): \(holds)",
                    line: line)
            ]
        }
        guard isMeasure(entry.key, rules: rules) else {
            let words = ["when"] + yesOrNo + rules.measures + ["at_least", "of"]
            throw ScenarioError(
                at: entry.keyLocation, "\(path): unknown measure '\(entry.key.prefix(60))'",
                allowed: words.joined(separator: ", "), didYouMean: Suggestion.nearest(to: entry.key, among: words))
        }
        let values: [ScenarioValue]
        if case .sequence(let list) = entry.value.content { values = list } else { values = [entry.value] }
        return try values.map { value in
            guard case .scalar(let scalar) = value.content, let (comparison, number) = Comparison.parse(scalar.text)
            else {
                throw value.error(
                    "\(value.shown) is not a comparison", allowed: "a number, or \"> 0\" with ==, !=, <, <=, >, >=")
            }
            let shown = comparison == .equal && !scalar.quoted ? scalar.text : "\"\(scalar.text)\""
            return Check(
                measure: entry.key, comparison: comparison, value: number, text: "\(entry.key): \(shown)", line: line)
        }
    }

    /// `.NN` in the list of measures stands for any number that the family has.
    private static func isMeasure(_ name: String, rules: ScenarioRules) -> Bool {
        if rules.measures.contains(name) { return !name.hasSuffix(".NN") }
        let families = [
            ("error_codes.", -1...200), ("fetched_records.", 0...17), ("fetch_errors.", 0...17),
        ]
        return families.contains { prefix, numbers in
            rules.measures.contains(prefix + "NN") && name.hasPrefix(prefix)
                && DecimalText.whole(String(name.dropFirst(prefix.count))).map { numbers.contains($0) } ?? false
        }
    }
}
