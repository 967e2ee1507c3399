import FoundationEssentials

/// What a broker was recorded to say outside the sequence rules: one JSON object, of which each key is a question, for
/// example `fetch v2` of a topic, and each value the answer.
struct OutsideRecord: Sendable {
    /// The questions in file order with their answers.
    var questions: [(name: String, answer: JSONValue)]

    /// Reads a record; nil when the text is none.
    init?(_ data: Data) {
        guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: data), members["cases"] == nil,
            members["apiVersions"] != nil
        else { return nil }
        // A question may depend on those before it, and a decoded object has no order: the text has.
        let text = String(decoding: data, as: UTF8.self)
        let places = members.keys.map { key in (key, text.firstRange(of: "\"\(key)\"")?.lowerBound ?? text.endIndex) }
        questions = places.sorted { $0.1 < $1.1 }.map { ($0.0, members[$0.0]!) }
    }
}
