/// An Apache Kafka release whose rules the broker plays.
///
/// What differs between releases is a property here, in one file for each area (`Release+….swift`), so that no other file
/// compares version numbers. Each property says where in that release's source the rule stands, or which KIP or issue
/// changed it. docs/broker.md says which releases were recorded and agree.
public struct Release: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Major, minor and patch number; 0.11.0 is (0, 11, 0).
    public let major: Int
    /// Minor number.
    public let minor: Int
    /// Patch number.
    public let patch: Int

    private init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `4.3`, `1.0.2` or `0.11.0.3`; nil for anything else and for a minor release that is not ``known``.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...4).contains(parts.count), parts.allSatisfy({ (0..<1000).contains($0 ?? -1) }) else { return nil }
        self.init(major: parts[0]!, minor: parts[1]!, patch: parts.count > 2 ? parts[2]! : 0)
        guard Self.minors.contains(where: { $0.major == major && $0.minors.contains(minor) }) else { return nil }
    }

    /// Minor releases by major one: every one from the first with sequences (KIP-98) to the newest that is played.
    private static let minors: [(major: Int, minors: ClosedRange<Int>)] = [
        (0, 11...11), (1, 0...1), (2, 0...8), (3, 0...9), (4, 0...5),
    ]

    /// Every minor release that can be played, oldest first, with a patch release where a rule changed in one. Any patch
    /// release of these can be named too. The one list of releases: the command line and scenario files both take it.
    public static let known: [String] = minors.flatMap { row in
        row.minors.flatMap { minor in
            row.major == 1 && minor == 0 ? ["1.0.0", "1.0.2"] : ["\(row.major).\(minor)"]
        }
    }

    /// The releases that rules are tested with one by one.
    public static var tested: [String] { known }

    /// The release that is played when none is named.
    public static let standard = Release(major: 4, minor: 3, patch: 0)

    /// Earlier releases are less.
    public static func < (left: Release, right: Release) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// The numbers with dots; the patch only when it is not 0.
    public var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }

    /// True when this release is `major.minor.patch` or later.
    func isAtLeast(_ major: Int, _ minor: Int, _ patch: Int = 0) -> Bool {
        (self.major, self.minor, self.patch) >= (major, minor, patch)
    }
}
