import CLinux

/// Plain values in memory straight from the kernel: zeroed, and free of cost until they are touched, so that limits can
/// be generous. The memory goes back with its owner.
///
/// - Precondition: all zeroes are a valid `Element`.
struct LazyArray<Element: BitwiseCopyable>: ~Copyable {
    /// The first value. Valid as long as the array is.
    let base: UnsafeMutablePointer<Element>
    /// How many values there is room for.
    let count: Int

    /// - Throws: `LinkError` when the kernel refuses.
    init(count: Int) throws {
        let bytes = Self.bytes(count)
        guard let memory = cl_map_lazily(bytes) else {
            throw LinkError("cannot map \(bytes) bytes for the link", remedy: "free memory or raise its limit")
        }
        base = memory.bindMemory(to: Element.self, capacity: count)
        self.count = count
    }

    deinit { cl_unmap(base, Self.bytes(count)) }

    /// The first byte.
    var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(base) }

    private static func bytes(_ count: Int) -> Int { max(count * MemoryLayout<Element>.stride, 1) }
}
