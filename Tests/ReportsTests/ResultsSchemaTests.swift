import EvidenceModel
import Foundation
import Reports
import Testing

/// As much of JSON Schema as `docs/results.schema.json` uses; a keyword it does not know is an error, so that nothing
/// in the schema goes unchecked.
private struct Schema {
    let root: [String: Any]

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/results.schema.json")
        root = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    func faults(_ value: Any) -> [String] { faults(value, root, at: "$") }

    private func faults(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
        schema.flatMap { keyword, rule -> [String] in
            switch keyword {
            case "$schema", "$defs", "title", "description", "properties": []
            case "$ref": reference(rule).map { faults(value, $0, at: path) } ?? ["\(path): dangling \(rule)"]
            case "const": isEqual(value, rule) ? [] : ["\(path): not \(rule)"]
            case "enum": (rule as? [Any] ?? []).contains { isEqual(value, $0) } ? [] : ["\(path): not in \(rule)"]
            case "type": isOf(value, rule as? String ?? "") ? [] : ["\(path): not of type \(rule)"]
            case "minimum":
                (value as? NSNumber)?.doubleValue ?? -1 >= (rule as? Double ?? 0) ? [] : ["\(path): too small"]
            case "maxItems": (value as? [Any] ?? []).count <= (rule as? Int ?? 0) ? [] : ["\(path): too many"]
            case "required":
                (rule as? [String] ?? []).filter { (value as? [String: Any])?[$0] == nil }.map { "\(path): no \($0)" }
            case "items":
                (value as? [Any] ?? []).enumerated().flatMap { i, item in
                    faults(item, rule as? [String: Any] ?? [:], at: "\(path)[\(i)]")
                }
            case "additionalProperties": membersFaults(value, schema, rule, at: path)
            default: ["\(path): the schema says \(keyword), which nobody checks"]
            }
        }
    }

    private func membersFaults(_ value: Any, _ schema: [String: Any], _ rule: Any, at path: String) -> [String] {
        let known = schema["properties"] as? [String: [String: Any]] ?? [:]
        return (value as? [String: Any] ?? [:]).flatMap { name, member in
            if let schema = known[name] { return faults(member, schema, at: "\(path).\(name)") }
            if let schema = rule as? [String: Any] { return faults(member, schema, at: "\(path).\(name)") }
            return ["\(path): unknown key \(name)"]
        }
    }

    private func reference(_ rule: Any) -> [String: Any]? {
        guard let name = (rule as? String)?.split(separator: "/").last else { return nil }
        return (root["$defs"] as? [String: [String: Any]])?[String(name)]
    }

    private func isEqual(_ a: Any, _ b: Any) -> Bool { (a as? NSObject) == (b as? NSObject) }

    private func isOf(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": value is Bool
        case "number", "integer": value is NSNumber
        default: false
        }
    }
}

@Suite struct ResultsSchemaTests {
    private func object(_ results: RunResults) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: try results.json()) as? [String: Any])
    }

    @Test func whatIsWrittenIsWhatTheSchemaSays() throws {
        let schema = try Schema()
        #expect(schema.faults(try object(drawnRun().results)) == [])
        #expect(
            schema.faults(try object(run([hostileVerdict(), verdict("x", outcome: .inconclusive, survived: nil)])))
                == [])
        #expect(schema.faults(try object(run([]))) == [])
    }

    @Test func theSchemaRefusesWhatItShould() throws {
        let schema = try Schema()
        let good = try object(run([verdict()]))
        for (key, value) in [("outcome", "fine"), ("format", 2), ("seed", "x"), ("cells", 3), ("surplus", 1)]
            as [(String, Any)]
        {
            var bad = good
            bad[key] = value
            #expect(!schema.faults(bad).isEmpty, "\(key)")
        }
        var bad = good
        bad["seed"] = nil
        #expect(!schema.faults(bad).isEmpty)
        var cell = try #require((good["cells"] as? [[String: Any]])?.first)
        cell["measures"] = ["sent": 1, "acked": 1, "failed": -1]
        bad = good
        bad["cells"] = [cell]
        #expect(schema.faults(bad) == ["$.cells[0].measures.failed: too small"])
    }
}
