/// A growing list in pieces of fixed size: growth never copies, so that a long capture's peak memory is what it holds and
/// not three times that.
struct SegmentedArray<Element> {
    private static var shift: Int { 12 }
    static var segmentSize: Int { 1 << shift }
    private var segments: [ContiguousArray<Element>] = []
    private(set) var count = 0

    var indices: Range<Int> { 0..<count }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) {
        if count & (Self.segmentSize - 1) == 0 {
            var segment = ContiguousArray<Element>()
            segment.reserveCapacity(Self.segmentSize)
            segments.append(segment)
        }
        segments[segments.count - 1].append(element)
        count += 1
    }

    subscript(index: Int) -> Element {
        get { segments[index >> Self.shift][index & (Self.segmentSize - 1)] }
        _modify { yield &segments[index >> Self.shift][index & (Self.segmentSize - 1)] }
    }

    /// Lets go of whole segments at the front; returns how many elements that were.
    mutating func removeFirstSegments(keeping limit: Int) -> Int {
        var removed = 0
        while count - Self.segmentSize >= limit, segments.count > 1 {
            segments.removeFirst()
            count -= Self.segmentSize
            removed += Self.segmentSize
        }
        return removed
    }
}
