/// A pattern for paths: `*` and `?` within one component, `**` for any number of components.
struct Glob {
    /// The directory before the first component with a wildcard.
    let base: String
    private let components: [Substring]

    /// Nil when the text holds no wildcard.
    init?(_ pattern: String) {
        guard pattern.contains(where: { $0 == "*" || $0 == "?" }) else { return nil }
        components = pattern.split(separator: "/")
        let fixed = components.prefix { !$0.contains { $0 == "*" || $0 == "?" } }
        let root = pattern.hasPrefix("/") ? "/" : ""
        base = fixed.isEmpty ? (root.isEmpty ? "." : root) : root + fixed.joined(separator: "/")
    }

    func matches(_ path: String) -> Bool {
        var parts = path.split(separator: "/")
        if parts.first == ".", components.first != "." { parts.removeFirst() }
        return Self.match(components[...], parts[...], same: Self.matchComponent)
    }

    private static func matchComponent(_ pattern: Substring, _ name: Substring) -> Bool {
        // One component: `*` plays the part of `**`, letters that of components.
        match(
            Array(pattern)[...], Array(name)[...], wildcard: "*",
            same: { $0 == "?" || $0 == $1 })
    }

    private static func match(
        _ pattern: ArraySlice<Substring>, _ parts: ArraySlice<Substring>, same: (Substring, Substring) -> Bool
    ) -> Bool {
        match(pattern, parts, wildcard: "**", same: same)
    }

    /// Greedy match with one point to return to: linear in practice, quadratic at worst.
    private static func match<Element: Equatable>(
        _ pattern: ArraySlice<Element>, _ parts: ArraySlice<Element>, wildcard: Element,
        same: (Element, Element) -> Bool
    ) -> Bool {
        let pattern = Array(pattern)
        let parts = Array(parts)
        var p = 0
        var i = 0
        var star: (pattern: Int, part: Int)?
        while i < parts.count {
            if p < pattern.count, pattern[p] == wildcard {
                star = (p, i)
                p += 1
            } else if p < pattern.count, same(pattern[p], parts[i]) {
                p += 1
                i += 1
            } else if let last = star {
                p = last.pattern + 1
                i = last.part + 1
                star = (last.pattern, i)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == wildcard }
    }
}
