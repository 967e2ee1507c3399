import CLinux

/// A ring of fault records between the packet path, which writes and never waits, and the thread that writes the file.
///
/// One writer and one reader, each with an end of its own, valid as long as the ring is. When it is full, records are
/// counted instead of kept.
struct FaultLogRing: ~Copyable {
    /// Records that it holds: a second of 1 Gbit/s in which every packet has a fate.
    static let defaultCapacity = 1 << 17

    private let records: LazyArray<FaultRecord>
    /// Each on a cache line of its own: written, read, lost.
    private let indexes: LazyArray<UInt64>

    /// - Parameter capacity: a power of two.
    init(capacity: Int = FaultLogRing.defaultCapacity) throws {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the ring's capacity is a power of two")
        let records = try LazyArray<FaultRecord>(count: capacity)
        indexes = try LazyArray(count: 24)
        self.records = records
    }

    /// Where the packet path writes. Only it may.
    var input: Input { Input(records: records.base, indexes: indexes.base, capacity: UInt64(records.count)) }
    /// Where the writer thread reads. Only it may.
    var output: Output { Output(records: records.base, indexes: indexes.base, capacity: UInt64(records.count)) }
    /// Records that did not fit.
    var lostCount: UInt64 { cl_load_acquire(indexes.base + Self.lost) }

    private static let written = 0
    private static let read = 8
    private static let lost = 16

    /// The end that records go in.
    struct Input: BitwiseCopyable {
        fileprivate let records: UnsafeMutablePointer<FaultRecord>
        fileprivate let indexes: UnsafeMutablePointer<UInt64>
        fileprivate let capacity: UInt64

        /// Keeps a record, or counts it as lost.
        @inline(__always)
        func write(_ record: FaultRecord) {
            let at = indexes[FaultLogRing.written]
            guard at &- cl_load_acquire(indexes + FaultLogRing.read) < capacity else {
                cl_store_release(indexes + FaultLogRing.lost, indexes[FaultLogRing.lost] &+ 1)
                return
            }
            records[Int(at & (capacity - 1))] = record
            cl_store_release(indexes + FaultLogRing.written, at &+ 1)
        }
    }

    /// The end that records come out of.
    struct Output: BitwiseCopyable {
        fileprivate let records: UnsafeMutablePointer<FaultRecord>
        fileprivate let indexes: UnsafeMutablePointer<UInt64>
        fileprivate let capacity: UInt64

        /// Takes the oldest record; nil when there is none.
        func next() -> FaultRecord? {
            let at = indexes[FaultLogRing.read]
            guard at != cl_load_acquire(indexes + FaultLogRing.written) else { return nil }
            let record = records[Int(at & (capacity - 1))]
            cl_store_release(indexes + FaultLogRing.read, at &+ 1)
            return record
        }
    }
}
