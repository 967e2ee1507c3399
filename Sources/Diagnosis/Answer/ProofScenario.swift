/// A scenario that shows a cause on the user's own settings: as found, and with the fix, under the same faults.
public struct ProofScenario: Sendable, Equatable {
    /// Its name, and that of its file.
    public var name: String
    /// The cause's id.
    public var cause: String
    /// The file.
    public var yaml: String
    /// True where it holds a second half, with the fix; false where no property mends the cause.
    public var hasFix: Bool
}

extension Diagnosis {
    /// Scenarios for the causes that remain, of those that a link and a broker can be made to show.
    public func proofScenarios() -> [ProofScenario] {
        let remaining = undecided.isEmpty ? Array(causes.prefix(1)) : undecided
        return remaining.compactMap { found in
            ProofPlan.plan(for: found.cause.id, file).map { scenario(found.cause, $0) }
        }
    }

    /// Scenarios of the library for the remaining causes that no plan can show on the user's own settings.
    public func libraryScenarios() -> [(cause: String, path: String)] {
        let planned = Set(proofScenarios().map(\.cause))
        let remaining = undecided.isEmpty ? Array(causes.prefix(1)) : undecided
        return remaining.compactMap { found in
            guard !planned.contains(found.cause.id), case .scenario(let path) = found.cause.proof else { return nil }
            return (found.cause.id, path)
        }
    }

    private func scenario(_ cause: Cause, _ plan: ProofPlan) -> ProofScenario {
        let name = "diagnosed-\(String(cause.id.map { $0 == "." ? "-" : $0 }))"
        let found = ProofSettings.config(file)
        let fixed = ProofSettings.config(file, changed: cause.changes(file) + plan.alsoWithFix)
        let same = found.elementsEqual(fixed) { $0 == $1 }
        var yaml = """
            # Written by crosswind diagnose: the settings as they were found, and with the fix, under the same faults.
            name: \(name)
            claim: \(quoted(cause.says))
            tags: [diagnosed]
            broker: \(plan.broker)
            producer: { client: \((client ?? .librdkafka).rawValue) }
            workload: \(plan.workload)
            matrix:
              producer:
                - as: as-found
                  value: \(producer(found))

            """
        if !same {
            yaml += "    - as: with-fix\n      value: \(producer(fixed))\n"
        }
        yaml += "faults:\n" + plan.faults.map { "  - \($0)\n" }.joined()
        yaml += "recovery_time: 10s\ntimeout: \(plan.timeoutS)s\nexpect:\n"
        yaml += "  - { when: { producer: as-found }, \(plan.asFound) }\n"
        if !same { yaml += "  - { when: { producer: with-fix }, \(plan.withFix) }\n" }
        return ProofScenario(name: name, cause: cause.id, yaml: yaml, hasFix: !same)
    }

    private func producer(_ config: [(name: String, value: String)]) -> String {
        let family = client ?? .librdkafka
        var parts = ["client: \(family == .sarama ? "librdkafka" : family.rawValue)"]
        if let version = ProofSettings.version(family, clientRelease) { parts.append("version: \"\(version)\"") }
        let entries = config.map { "\($0.name): \(quoted($0.value))" }.joined(separator: ", ")
        parts.append("config: { \(entries) }")
        return "{ \(parts.joined(separator: ", ")) }"
    }

    private func quoted(_ text: String) -> String {
        if Int(text) != nil || text == "true" || text == "false" { return text }
        return "\"" + text.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline } + "\""
    }
}

/// The user's settings as a scenario takes them.
enum ProofSettings {
    /// What the harness sets, or what has no meaning away from the user's machines.
    private static let left = [
        "bootstrap.servers", "client.id", "security.", "ssl.", "sasl.", "key.serializer", "value.serializer",
        "metrics.", "metric.", "statistics.", "interceptor.", "log", "debug", "client.rack", "transactional.id",
        "plugin.", "config.providers", "client.dns.lookup", "enable.metrics.push",
    ]

    static func config(_ file: CaseFile, changed: [Change] = []) -> [(name: String, value: String)] {
        var config: [(name: String, value: String)] = []
        let settings = file.configurations.first { !$0.settings.isEmpty }?.settings ?? []
        var done: Set<String> = []
        // A release whose default is another one than that of the client that runs here.
        if file.isIdempotent == false, file.setting("enable.idempotence") == nil,
            !changed.contains(where: { $0.property == "enable.idempotence" })
        {
            config.append((PropertyName.spelling("enable.idempotence", file.client), "false"))
        }
        for setting in settings where !left.contains(where: { setting.name.hasPrefix($0) }) {
            guard done.insert(setting.name).inserted else { continue }
            let name = PropertyName.spelling(setting.name, file.client)
            if let change = changed.first(where: { $0.property == setting.name }) {
                if let value = change.value { config.append((name, value)) }
            } else {
                config.append((name, setting.number.map(String.init) ?? plain(setting.value)))
            }
        }
        for change in changed where !done.contains(change.property) {
            if let value = change.value { config.append((PropertyName.spelling(change.property, file.client), value)) }
        }
        return config
    }

    /// Booleans of Python are those of everybody else.
    private static func plain(_ value: String) -> String {
        value == "True" || value == "False" ? value.lowercased() : value
    }

    /// The release to run: the one line where librdkafka's behaviour parts is 2.3.
    static func version(_ client: ClientFamily, _ release: ReleaseNumber?) -> String? {
        guard client == .librdkafka, let release else { return nil }
        return release < ReleaseNumber(2, 3) ? "2.0.2" : "2.16"
    }
}
