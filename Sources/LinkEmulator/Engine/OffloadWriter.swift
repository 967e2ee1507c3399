import CLinux
import Glibc
import PacketWire

/// Writes to devices that take packets longer than the MTU: pieces of one packet that leave one behind the other are
/// joined again, so that the kernel handles them at once.
struct OffloadWriter: ~Copyable {
    private let slotArray: FixedArray<Int32>
    private let partArray: FixedArray<iovec>
    private let headerArray: LazyArray<UInt8>
    /// Pieces that wait to be written together.
    private(set) var count = 0
    private var length = 0
    private var last = PacketMeta()

    private static let capacity = 256
    /// A single packet up to this length is copied behind its header: less work than what the kernel makes of a vector.
    private static let copiedBytes = 512

    /// - Throws: `LinkError` when memory is short.
    init() throws {
        headerArray = try LazyArray(count: VirtioHeader.size + Self.copiedBytes)
        slotArray = FixedArray(repeating: SlotArena.none, count: Self.capacity)
        partArray = FixedArray(repeating: iovec(), count: Self.capacity + 1)
        parts[0] = iovec(iov_base: header, iov_len: VirtioHeader.size)
    }

    private var slots: UnsafeMutablePointer<Int32> { slotArray.base }
    private var parts: UnsafeMutablePointer<iovec> { partArray.base }
    private var header: UnsafeMutableRawPointer { headerArray.raw }

    /// Whether a packet continues the ones that wait: the next piece of the same packet, to the same device, its
    /// checksum still to be trusted.
    @inline(__always)
    func continues(_ meta: PacketMeta) -> Bool {
        count < Self.capacity && meta.group != 0 && meta.group == last.group && meta.piece == last.piece &+ 1
            && meta.outPort == last.outPort && meta.flags & last.flags & PacketMeta.hasPartialChecksum != 0
            && length + Int(meta.length) - Int(meta.headerLength) <= 65_535
    }

    /// Adds a packet; the first of all, or one that `continues`.
    @inline(__always)
    mutating func add(_ slot: Int32, _ meta: PacketMeta) {
        slots[count] = slot
        length = count == 0 ? Int(meta.length) : length + Int(meta.length) - Int(meta.headerLength)
        count += 1
        last = meta
    }

    /// Slot number `index` of those that wait.
    func slot(_ index: Int) -> Int32 { slots[index] }

    /// Writes what waits to its device.
    ///
    /// - Returns: 0, or the errno of the device's refusal.
    mutating func write(to descriptors: UnsafeMutablePointer<Int32>, _ arena: borrowing SlotArena) -> Int32 {
        let first = arena.packet(slots[0])
        let meta = arena.meta[Int(slots[0])]
        var virtio = VirtioHeader()
        if meta.flags & PacketMeta.hasPartialChecksum != 0 {
            virtio.flags = VirtioHeader.needsChecksum
            virtio.checksumStart = UInt16(first[0] & 0x0F) * 4
            virtio.checksumOffset = 16
        }
        parts[1] = iovec(iov_base: first.baseAddress, iov_len: first.count)
        if count > 1 {
            let headerLength = Int(meta.headerLength)
            for index in 1..<count {
                let packet = arena.packet(slots[index])
                parts[index + 1] = iovec(
                    iov_base: packet.baseAddress.map { $0 + headerLength }, iov_len: packet.count - headerLength)
            }
            let flags = arena.packet(slots[count - 1])[Int(virtio.checksumStart) + 13]
            TCPSegmentation.join(first, length: length, lastFlags: TCPSegment.Flags(rawValue: flags))
            virtio.segmentation = VirtioHeader.tcpOverIPv4
            virtio.headerLength = UInt16(headerLength)
            virtio.segmentSize = UInt16(first.count - headerLength)
        }
        virtio.write(to: header)
        if count == 1, first.count <= Self.copiedBytes, let base = first.baseAddress {
            (header + VirtioHeader.size).copyMemory(from: base, byteCount: first.count)
            let written = cl_write(descriptors[Int(meta.outPort)], header, VirtioHeader.size + first.count)
            return written < 0 ? Int32(-written) : 0
        }
        let written = cl_writev(descriptors[Int(meta.outPort)], parts, Int32(count + 1))
        return written < 0 ? Int32(-written) : 0
    }

    /// Forgets what was written.
    mutating func clear() { count = 0 }
}
