/// docs/causes.md, written from the causes themselves.
public enum CausesPage {
    /// The page.
    public static func markdown() -> String {
        var page = """
            # Causes

            Made from `Sources/Diagnosis/Causes` by `crosswind diagnose --causes`; a test holds this page to it. Each cause is one
            file: what must be there, what speaks against it, what it does to the data, what mends it and what does not.

            Evidence weighs: decides 100, strong 60, supports 30, hints 15; doubts -40, excludes. From 50 on a cause is named;
            two look-alikes within 30 of each other are both named, with the measurement that decides. A cause that follows
            another one that was found stands behind it.

            | cause | what it is | data |
            |---|---|---|

            """
        for cause in Cause.all {
            page += "| [`\(cause.id)`](#\(anchor(cause.id))) | \(cause.says) | \(cause.effect.rawValue) |\n"
        }
        for cause in Cause.all { page += section(cause) }
        return page
    }

    /// GitHub's anchor of a heading.
    private static func anchor(_ id: String) -> String { id.filter { $0 != "." } }

    private static func section(_ cause: Cause) -> String {
        var text = "\n## \(cause.id)\n\n\(cause.says)\n\n"
        for need in cause.needs { text += "- needed: \(need.says)\n" }
        for rule in cause.rules { text += "- \(rule.weight): \(rule.says)\n" }
        if !cause.follows.isEmpty { text += "- follows: \(cause.follows.joined(separator: ", "))\n" }
        if !cause.lookAlikes.isEmpty {
            text += "- looks like \(cause.lookAlikes.joined(separator: ", ")); what decides: \(cause.decidedBy)\n"
        }
        text += "\nEffect on the data: **\(cause.effect.rawValue)**. \(cause.check)\n\n"
        for change in cause.changes(CaseFile()) {
            text += "- Fix: `\(change.property)\(change.value.map { "=\($0)" } ?? "")`"
            text += change.value == nil ? " at its default: \(change.why)\n" : ": \(change.why)\n"
        }
        for step in cause.steps { text += "- Fix: \(step)\n" }
        if !cause.cost.isEmpty { text += "- Cost: \(cause.cost)\n" }
        text += "\nDoes not help: " + cause.folk.map { "*\($0.advice)* (\($0.why))" }.joined(separator: "; ") + ".\n"
        text += "\nReleases: \(cause.releases). "
        switch cause.proof {
        case .scenario(let path): text += "Shown by [\(path)](../\(path)).\n"
        case .incident: text += "Shown by a recorded incident (Tests/Golden/incidents).\n"
        case .synthetic:
            text += "Shown by lines written after the client's source (Tests/DiagnosisTests/SyntheticInputs.swift).\n"
        }
        return text
    }
}
