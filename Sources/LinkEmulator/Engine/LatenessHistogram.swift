/// Counts of times from 1 ns to about 18 minutes, in buckets at most 1/32 wide of their value.
struct LatenessHistogram: ~Copyable {
    private static let subBits = 5
    private static let bucketCount = 36 << subBits

    private let counts: LazyArray<UInt64>
    private(set) var total: UInt64 = 0
    private(set) var maximum: Int64 = 0

    init() throws {
        counts = try LazyArray(count: Self.bucketCount)
    }

    @inline(__always)
    mutating func record(_ nanoseconds: Int64) {
        let value = max(nanoseconds, 0)
        counts.base[Self.bucket(value)] &+= 1
        total &+= 1
        if value > maximum { maximum = value }
    }

    @inline(__always)
    private static func bucket(_ value: Int64) -> Int {
        let small = Int64(1) << Int64(subBits)
        if value < small { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - subBits
        let index = (shift + 1) << subBits | Int(value >> Int64(shift)) & (1 << subBits - 1)
        return min(index, bucketCount - 1)
    }

    /// The upper edge of the bucket that holds this share of the values, in nanoseconds; 0 when there are none.
    func percentile(_ share: Double) -> Int64 {
        guard total > 0 else { return 0 }
        let wanted = max(1, UInt64((Double(total) * share).rounded(.up)))
        var seen: UInt64 = 0
        for index in 0..<Self.bucketCount {
            seen += counts.base[index]
            if seen >= wanted { return min(Self.upperEdge(index), maximum) }
        }
        return maximum
    }

    private static func upperEdge(_ index: Int) -> Int64 {
        let small = 1 << subBits
        if index < small { return Int64(index) }
        let shift = Int64(index >> subBits - 1)
        return (Int64(small + index & (small - 1)) + 1) << shift - 1
    }

    /// Forgets what was recorded.
    mutating func reset() {
        counts.base.update(repeating: 0, count: Self.bucketCount)
        (total, maximum) = (0, 0)
    }
}
