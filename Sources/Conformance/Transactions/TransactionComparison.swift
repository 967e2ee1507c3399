/// Compares what came with what was recorded. Of an object only what was recorded is looked at.
struct TransactionComparison {
    let topic: String

    /// Whether a value is the recorded one.
    func matches(_ expected: JSONValue, _ got: JSONValue) -> Bool {
        switch (expected, got) {
        case (.object(let expected), .object(let got)):
            return expected.allSatisfy { name, value in
                if name == "logAppendTimeMs", value.string == "set" { return (got[name]?.int ?? -1) >= 0 }
                // How often a request was sent again is noted only where that is certain.
                return matches(value, got[name] ?? .null)
            }
        case (.list(let expected), .list(let got)):
            return expected.count == got.count && zip(expected, got).allSatisfy { matches($0, $1) }
        case (.text(let expected), .text(let got)): return normalized(expected) == normalized(got)
        default: return expected == got
        }
    }

    private func normalized(_ text: String) -> String {
        text.replacing(topic, with: "{topic}").replacing(#/\d{10,}/#, with: "#")
    }
}

extension JSONValue {
    /// The value with the coordinator epochs in it less `lowest`: they rise with each start of a broker.
    func lessCoordinatorEpoch(_ lowest: Int64) -> JSONValue {
        switch self {
        case .object(let members): return .object(members.mapValues { $0.lessCoordinatorEpoch(lowest) })
        case .list(let list):
            if let place = coordinatorEpochPlace, let epoch = list[place].int, epoch >= 0 {
                var copy = list
                copy[place] = .number(epoch - lowest)
                return .list(copy)
            }
            return .list(list.map { $0.lessCoordinatorEpoch(lowest) })
        default: return self
        }
    }

    /// The lowest coordinator epoch in the value; nil when there is none.
    var lowestCoordinatorEpoch: Int64? {
        switch self {
        case .object(let members): return members.values.compactMap(\.lowestCoordinatorEpoch).min()
        case .list(let list):
            if let place = coordinatorEpochPlace { return list[place].int.flatMap { $0 >= 0 ? $0 : nil } }
            return list.compactMap(\.lowestCoordinatorEpoch).min()
        default: return nil
        }
    }

    /// Where a row says the epoch of a coordinator: the eighth of a marker's batch, the fourth of a producer's state.
    private var coordinatorEpochPlace: Int? {
        let row = elements
        if row.count == 8, row[6].string == "COMMIT" || row[6].string == "ABORT" { return 7 }
        let isState = row.count == 5 && row[1...].allSatisfy { $0.int != nil } && row[0].elements.isEmpty
        return isState && row[0].members.isEmpty ? 3 : nil
    }
}
