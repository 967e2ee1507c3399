import CLinux

/// Memory straight from the kernel: zeroed, and free of cost until it is touched, so that limits can be generous.
struct LazyMemory {
    let base: UnsafeMutableRawPointer
    let size: Int

    /// - Throws: `LinkError` when the kernel refuses.
    init(bytes: Int) throws {
        size = max(bytes, 1)
        guard let base = cl_map_lazily(size) else {
            throw LinkError("cannot map \(size) bytes for the link", remedy: "free memory or raise its limit")
        }
        self.base = base
    }

    /// The memory as an array of plain values, zeroed.
    ///
    /// - Precondition: `T` is trivial and all zeroes are a valid value of it.
    func array<T: BitwiseCopyable>(of type: T.Type) -> UnsafeMutablePointer<T> {
        base.bindMemory(to: type, capacity: size / MemoryLayout<T>.stride)
    }

    func free() { cl_unmap(base, size) }
}
