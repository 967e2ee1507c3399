/// Finds the first of an ordered list whose behaviour differs from that of the first one, by halving.
///
/// Right where the behaviour changes once. Where it changes more often it finds one of the changes, and both its sides are
/// looked at, so that what it says of them is true.
struct Bisection {
    /// What was found.
    enum Answer: Equatable {
        /// Index of the first that behaves in another way; the one before it behaves like the first of the list.
        case change(at: Int)
        /// The last behaves like the first.
        case none
        /// The search ended before.
        case stopped
    }

    /// Searches `count` items.
    ///
    /// - Parameter isLikeFirst: whether the item of an index behaves as the first of the list does; nil when that was not
    ///   found out. Asked at most 1 + log2(count) times, never for the first.
    static func run(
        count: Int, isLikeFirst: (Int) async throws -> Bool?
    ) async rethrows -> Answer {
        guard count > 1 else { return .none }
        guard let last = try await isLikeFirst(count - 1) else { return .stopped }
        if last { return .none }
        var (same, other) = (0, count - 1)
        while other - same > 1 {
            let middle = (same + other) / 2
            guard let isSame = try await isLikeFirst(middle) else { return .stopped }
            if isSame { same = middle } else { other = middle }
        }
        return .change(at: other)
    }
}
