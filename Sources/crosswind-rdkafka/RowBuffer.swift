import Glibc

/// One line of rows under construction: the head, then rows, in memory that is allocated once.
///
/// Rows are formatted by hand: at 100,000 records/s each record costs two rows, and an allocation or a formatter per
/// row would cost more than the client under test.
final class RowBuffer {
    /// Room for one row, its comma and the end of the line.
    private static let reserve = 256
    private static let capacity = 64 * 1024
    private let base: UnsafeMutablePointer<UInt8>
    private let headCount: Int
    private var count: Int

    /// - Parameter head: the line up to and with the opening bracket of `rows`.
    init(head: String) {
        base = .allocate(capacity: Self.capacity)
        let bytes = Array(head.utf8)
        precondition(bytes.count < Self.reserve)
        base.update(from: bytes, count: bytes.count)
        headCount = bytes.count
        count = headCount
    }

    deinit { base.deallocate() }

    /// No row is waiting.
    var isEmpty: Bool { count == headCount }
    /// The next row may not fit: write the line first.
    var isFull: Bool { count > Self.capacity - Self.reserve }

    /// Opens a row with its first number.
    @inline(__always)
    func open(_ id: Int64) {
        if count > headCount { put(UInt8(ascii: ",")) }
        put(UInt8(ascii: "["))
        digits(id)
    }

    /// Adds a number to the open row.
    @inline(__always)
    func add(_ value: Int64) {
        put(UInt8(ascii: ","))
        digits(value)
    }

    /// Adds a name, which must need no escape, to the open row.
    func add(name: String) {
        put(UInt8(ascii: ","))
        put(UInt8(ascii: "\""))
        for byte in name.utf8.prefix(100) { put(byte) }
        put(UInt8(ascii: "\""))
    }

    /// Closes the open row.
    @inline(__always)
    func close() { put(UInt8(ascii: "]")) }

    /// Ends the line, gives its bytes to `body` and begins the next one.
    func takeLine(_ body: (UnsafeRawBufferPointer) -> Void) {
        for byte in "]}\n".utf8 { put(byte) }
        body(UnsafeRawBufferPointer(start: base, count: count))
        count = headCount
    }

    @inline(__always)
    private func put(_ byte: UInt8) {
        base[count] = byte
        count &+= 1
    }

    @inline(__always)
    private func digits(_ value: Int64) {
        var rest = value.magnitude
        if value < 0 { put(UInt8(ascii: "-")) }
        var length = 1
        var limit: UInt64 = 10
        while length < 19 && rest >= limit {
            length &+= 1
            limit = limit &* 10
        }
        if rest >= 10_000_000_000_000_000_000 { length = 20 }
        var position = count &+ length
        count = position
        repeat {
            let quotient = rest / 10
            position &-= 1
            base[position] = UInt8(truncatingIfNeeded: rest &- quotient &* 10) &+ 0x30
            rest = quotient
        } while rest != 0
    }
}
