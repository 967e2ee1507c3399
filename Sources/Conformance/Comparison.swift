import KafkaWire

/// One difference between a recorded answer and the one that came.
public struct Difference: Sendable, Encodable, Equatable {
    /// Where, for example `step 2`.
    public var place: String
    /// What was recorded.
    public var expected: String
    /// What came.
    public var got: String
}

/// Compares answers field by field.
struct Comparison {
    let topic: String
    let observed: [CaseRunner.Observed]

    /// The differences of one answer. Entries are matched by partition: their order is not fixed.
    func compare(
        _ expected: [AnswerSpec.Entry], _ got: [ProduceResponse.Partition], step: Int
    ) -> [Difference] {
        var left = got
        var differences: [Difference] = []
        for entry in expected {
            let matching = left.firstIndex { $0.index == entry.partition && self.faults(entry, $0).isEmpty }
            guard let index = matching ?? left.firstIndex(where: { $0.index == entry.partition }) else {
                differences.append(
                    Difference(place: "step \(step)", expected: Self.text(entry), got: "no entry for the partition"))
                continue
            }
            let faults = self.faults(entry, left[index])
            if !faults.isEmpty {
                differences.append(
                    Difference(
                        place: "step \(step) (\(faults.joined(separator: ", ")))", expected: Self.text(entry),
                        got: Self.text(left[index])))
            }
            left.remove(at: index)
        }
        for extra in left {
            differences.append(Difference(place: "step \(step)", expected: "no such entry", got: Self.text(extra)))
        }
        return differences
    }

    /// Names of the fields that differ.
    private func faults(_ expected: AnswerSpec.Entry, _ got: ProduceResponse.Partition) -> [String] {
        var faults: [String] = []
        if expected.errorCode != got.errorCode { faults.append("errorCode") }
        if let offset = expected.baseOffset, offset != got.baseOffset { faults.append("baseOffset") }
        if let start = expected.logStartOffset, start != got.logStartOffset { faults.append("logStartOffset") }
        if normalized(expected.errorMessage) != normalized(got.errorMessage) { faults.append("errorMessage") }
        let errors = expected.recordErrors ?? []
        let isSame =
            errors.count == got.recordErrors.count
            && zip(errors, got.recordErrors).allSatisfy {
                $0.batchIndex == $1.batchIndex && normalized($0.message) == normalized($1.message)
            }
        if !isSame { faults.append("recordErrors") }
        if !timeMatches(expected, got) { faults.append("logAppendTimeMs") }
        return faults
    }

    private func timeMatches(_ expected: AnswerSpec.Entry, _ got: ProduceResponse.Partition) -> Bool {
        switch expected.logAppendTimeMs {
        case nil: return true
        case .none?: return got.logAppendTimeMs == -1
        case .value(let value)?: return got.logAppendTimeMs == value
        case .set?:
            guard got.logAppendTimeMs >= 0 else { return false }
            guard let reference = expected.logAppendTimeEquals else { return true }
            return matches(got.logAppendTimeMs, reference, partition: got.index)
        }
    }

    private func matches(_ time: Int64, _ reference: String, partition: Int32) -> Bool {
        if reference == "broker clock now" { return abs(time - Pause.nowMs) < 60_000 }
        guard let number = reference.split(separator: " ").last.flatMap({ Int($0) }), observed.indices.contains(number)
        else { return true }
        if reference.hasPrefix("maxTimestamp of") {
            return observed[number].maxTimestamps[partition].map { $0 == time } ?? true
        }
        if reference.hasPrefix("logAppendTimeMs of") {
            return observed[number].logAppendTimes[partition].map { $0 == time } ?? true
        }
        return true
    }

    /// A message without what differs from run to run: the topic's name and moments in time.
    private func normalized(_ message: String?) -> String? {
        guard let message else { return nil }
        let named = message.replacing(topic, with: "{topic}")
        return named.replacing(#/\d{10,}|\{(?!topic\})[^}]*\}/#, with: "#")
    }

    static func text(_ entry: AnswerSpec.Entry) -> String {
        var words = ["partition \(entry.partition): \(ErrorCode(rawValue: entry.errorCode))"]
        if let offset = entry.baseOffset { words.append("base offset \(offset)") }
        switch entry.logAppendTimeMs {
        case nil: break
        case .none?: words.append("no append time")
        case .value(let value)?: words.append("append time \(value)")
        case .set?: words.append("append time set" + (entry.logAppendTimeEquals.map { " (\($0))" } ?? ""))
        }
        if let start = entry.logStartOffset { words.append("log start \(start)") }
        if let message = entry.errorMessage { words.append("'\(message)'") }
        return words.joined(separator: ", ")
    }

    static func text(_ answer: ProduceResponse.Partition) -> String {
        var words = ["partition \(answer.index): \(ErrorCode(rawValue: answer.errorCode))"]
        words.append("base offset \(answer.baseOffset)")
        words.append(answer.logAppendTimeMs == -1 ? "no append time" : "append time \(answer.logAppendTimeMs)")
        words.append("log start \(answer.logStartOffset)")
        if let message = answer.errorMessage { words.append("'\(message)'") }
        return words.joined(separator: ", ")
    }
}
