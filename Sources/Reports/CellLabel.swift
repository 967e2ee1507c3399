import EvidenceModel

/// Short names of cells for people: what tells a cell apart from the others of its scenario.
public enum CellLabel {
    /// `enable.idempotence=false client=librdkafka`, or the id for a cell without parameters.
    public static func text(_ parameters: [String: String], id: String) -> String {
        if parameters.isEmpty { return id }
        return parameters.sorted { $0.key < $1.key }.map { "\(name($0.key))=\($0.value)" }.joined(separator: " ")
    }

    /// The cell among those of several scenarios: `lossy`, `clean: enable.idempotence=true`.
    public static func full(scenario: String, _ parameters: [String: String]) -> String {
        parameters.isEmpty ? scenario : "\(scenario): \(text(parameters, id: ""))"
    }

    /// A parameter's path without the part that is obvious: `producer.config.acks` is `acks`.
    public static func name(_ path: String) -> String {
        for prefix in ["producer.config.", "producer.", "broker.config.", "workload."] where path.hasPrefix(prefix) {
            return String(path.dropFirst(prefix.count))
        }
        return path
    }
}
