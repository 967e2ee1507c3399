import FoundationEssentials

/// What a broker was recorded to say outside the sequence rules: one JSON object, of which each key is a question, for
/// example `fetch v2` of a topic, and each value the answer.
struct OutsideRecord: Sendable {
    /// Any JSON value; objects keep no order.
    indirect enum Value: Sendable, Equatable, Decodable, CustomStringConvertible {
        case null
        case number(Int64)
        case text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        var members: [String: Value] {
            if case .object(let members) = self { members } else { [:] }
        }

        /// As compact JSON with sorted keys.
        var description: String {
            switch self {
            case .null: "null"
            case .number(let number): "\(number)"
            case .text(let text): "\"\(text)\""
            case .list(let list): "[" + list.map(\.description).joined(separator: ",") + "]"
            case .object(let members):
                "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
                    + "}"
            }
        }
    }

    /// The questions in file order with their answers.
    var questions: [(name: String, answer: Value)]

    /// Reads a record; nil when the text is none.
    init?(_ data: Data) {
        guard let members = try? JSONDecoder().decode([String: Value].self, from: data), members["cases"] == nil,
            members["apiVersions"] != nil
        else { return nil }
        // A question may depend on those before it, and a decoded object has no order: the text has.
        let text = String(decoding: data, as: UTF8.self)
        let places = members.keys.map { key in (key, text.firstRange(of: "\"\(key)\"")?.lowerBound ?? text.endIndex) }
        questions = places.sorted { $0.1 < $1.1 }.map { ($0.0, members[$0.0]!) }
    }
}
