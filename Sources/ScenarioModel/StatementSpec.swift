/// Section `statement`: what somebody says, and what the cells of this scenario say about it. `crosswind claims` writes
/// its table from it; the verdict counts only when every cell met its expectations.
public struct StatementSpec: Sendable, Equatable {
    /// The statement that is put to the test, in the words of its author or close to them.
    public var says: String
    /// The verdict by experiment.
    public var verdict: Finding
    /// Why, or on what it depends; one or two sentences.
    public var because: String
    /// What the fix costs: cells before and after it, without which nothing can be compared. Nil: not measured here.
    public var cost: Cost?

    /// The verdicts on a statement.
    public enum Finding: String, Sendable, CaseIterable {
        case confirmed, refuted, depends
    }

    /// Two sets of cells that differ by a fix.
    public struct Cost: Sendable, Equatable {
        /// The fix in a few words, for example `enable.idempotence=true`.
        public var of: String
        /// Cells without the fix.
        public var before: [ParameterCondition]
        /// Cells with it.
        public var after: [ParameterCondition]
    }

    /// Decodes the section; nil when it is absent or cannot be read.
    static func decode(
        _ value: ScenarioValue?, matrix: Matrix, errors: inout ErrorCollector
    ) -> StatementSpec? {
        guard let value else { return nil }
        errors.attempt { try value.requireKnownKeys(["says", "verdict", "because", "cost"]) }
        let says = errors.attempt { try value.required("says").line() }
        let because = errors.attempt { try value.required("because").line() }
        let verdict = errors.attempt { try value.required("verdict").choice(of: Finding.allCases.map(\.rawValue)) }
        let cost = value["cost"].flatMap { decodeCost($0, matrix: matrix, errors: &errors) }
        guard let says, let because, let finding = verdict.flatMap(Finding.init) else { return nil }
        return StatementSpec(says: says, verdict: finding, because: because, cost: cost)
    }

    private static func decodeCost(
        _ value: ScenarioValue, matrix: Matrix, errors: inout ErrorCollector
    ) -> Cost? {
        errors.attempt { try value.requireKnownKeys(["of", "before", "after"]) }
        let of = errors.attempt { try value.required("of").line() }
        var sides: [[ParameterCondition]] = []
        for key in ["before", "after"] {
            guard let side = errors.attempt({ try value.required(key) }) else { continue }
            let conditions = ParameterCondition.decode(side, errors: &errors)
            let matching = errors.attempt {
                let resolved = try conditions.map { ($0, try $0.path(among: matrix.paths)) }
                return matrix.cells.filter { cell in
                    resolved.allSatisfy { condition, path in
                        condition.fits(cell, path: path)
                    }
                }
            }
            if let matching, matching.isEmpty { errors.add(side.error("matches no cell")) }
            sides.append(conditions)
        }
        guard let of, sides.count == 2 else { return nil }
        return Cost(of: of, before: sides[0], after: sides[1])
    }
}

extension ScenarioCell {
    /// Whether the cell's parameters fulfil all conditions.
    public func matches(_ conditions: [ParameterCondition]) -> Bool {
        conditions.allSatisfy { condition in
            let own = parameters.first { $0.path == condition.key || $0.path.hasSuffix("." + condition.key) }
            return condition.labels.contains(own?.label ?? MatrixValue.unset)
        }
    }
}
