/// Ids of cells: unique in a scenario, safe as directory names, and telling what differs.
struct CellNaming {
    private let scenario: String
    private let shortNames: [String: String]
    private let repeatCount: Int
    private var taken: Set<String> = []

    init(scenario: String, paths: [String], repeatCount: Int) {
        self.scenario = scenario
        self.repeatCount = repeatCount
        shortNames = Dictionary(paths.map { ($0, Self.short($0, among: paths)) }) { first, _ in first }
    }

    /// `name,parameter=value,…,repeat=03`. Where it would be too long or is taken, it is cut and a hash of the whole follows.
    mutating func id(_ parameters: [MatrixParameter], repeatIndex: Int) -> String {
        var parts = [scenario]
        parts += parameters.map { "\(shortNames[$0.path] ?? $0.path)=\($0.value.label)" }
        if repeatCount > 1 {
            let digits = String(repeatIndex + 1)
            let width = String(repeatCount).count
            parts.append("repeat=" + String(repeating: "0", count: width - digits.count) + digits)
        }
        let full = parts.joined(separator: ",")
        let safe = String(full.unicodeScalars.map { Self.isSafe($0) ? Character($0) : "_" })
        let hash = String(CellSeed.hash(full), radix: 16).suffix(8)
        if safe.utf8.count <= 120, taken.insert(safe).inserted { return safe }
        // Two different texts with one hash are billions of cells away, and still no directory may be shared.
        var id = "\(safe.prefix(110))-\(hash)"
        while !taken.insert(id).inserted { id += "+" }
        return id
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "+", "=", ",": true
        default: false
        }
    }

    /// A property by its name; anything else by the shortest suffix that no other path shares.
    private static func short(_ path: String, among paths: [String]) -> String {
        let components = MatrixPath.components(path)
        for length in 1...components.count {
            let suffix = components.suffix(length).joined(separator: ".")
            let sharing = paths.filter { $0 == suffix || $0.hasSuffix("." + suffix) }
            if sharing.count == 1, DecimalText.whole(components[components.count - length]) == nil { return suffix }
        }
        return path
    }
}
