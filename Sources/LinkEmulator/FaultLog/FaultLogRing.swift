import CLinux

/// A ring of fault records between the packet path, which writes and never waits, and the thread that writes the file.
///
/// One writer and one reader. When it is full, records are counted instead of kept.
struct FaultLogRing {
    /// Records that it holds: a second of 1 Gbit/s in which every packet has a fate.
    static let defaultCapacity = 1 << 17

    private let capacity: UInt64
    private let recordMemory: LazyMemory
    private let records: UnsafeMutablePointer<FaultRecord>
    private let indexMemory: LazyMemory
    /// Each on a cache line of its own: written, read, lost.
    private let indexes: UnsafeMutablePointer<UInt64>

    private var written: UnsafeMutablePointer<UInt64> { indexes }
    private var read: UnsafeMutablePointer<UInt64> { indexes + 8 }
    private var lost: UnsafeMutablePointer<UInt64> { indexes + 16 }

    /// - Parameter capacity: a power of two.
    init(capacity: Int = FaultLogRing.defaultCapacity) throws {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the ring's capacity is a power of two")
        self.capacity = UInt64(capacity)
        recordMemory = try LazyMemory(bytes: capacity * MemoryLayout<FaultRecord>.stride)
        records = recordMemory.array(of: FaultRecord.self)
        indexMemory = try LazyMemory(bytes: 24 * MemoryLayout<UInt64>.stride)
        indexes = indexMemory.array(of: UInt64.self)
    }

    /// Keeps a record, or counts it as lost. Only from the packet path.
    @inline(__always)
    func write(_ record: FaultRecord) {
        let at = written.pointee
        guard at &- cl_load_acquire(read) < capacity else {
            cl_store_release(lost, lost.pointee &+ 1)
            return
        }
        records[Int(at & (capacity - 1))] = record
        cl_store_release(written, at &+ 1)
    }

    /// Takes the oldest record; nil when there is none. Only from the writer thread.
    func next() -> FaultRecord? {
        let at = read.pointee
        guard at != cl_load_acquire(written) else { return nil }
        let record = records[Int(at & (capacity - 1))]
        cl_store_release(read, at &+ 1)
        return record
    }

    /// Records that did not fit.
    var lostCount: UInt64 { cl_load_acquire(lost) }

    func free() {
        recordMemory.free()
        indexMemory.free()
    }
}
