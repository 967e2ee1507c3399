/// Values that are made before packets move and stay where they are until their owner ends.
///
/// The packet path reads and writes them through `base`: no array's bounds, references or copies.
struct FixedArray<Element: ~Copyable>: ~Copyable {
    /// The first value. Valid as long as the array is, and nothing is appended.
    private(set) var base: UnsafeMutablePointer<Element>
    /// How many values there are.
    private(set) var count = 0
    private var capacity: Int

    /// An empty array.
    init() {
        capacity = 4
        base = .allocate(capacity: capacity)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    /// Adds a value behind the last.
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}

extension FixedArray where Element: Copyable {
    /// The values of a collection.
    init(_ values: some Collection<Element>) {
        capacity = max(values.count, 1)
        base = .allocate(capacity: capacity)
        for value in values { append(value) }
    }

    /// The same value some times over.
    init(repeating value: Element, count: Int) { self.init(repeatElement(value, count: count)) }
}
