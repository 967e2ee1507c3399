import PacketWire

/// The header before every packet of a device with `IFF_VNET_HDR`: `struct virtio_net_hdr` in the machine's byte order
/// (VIRTIO 1.2, section 5.1.6; <linux/virtio_net.h>).
struct VirtioHeader: BitwiseCopyable {
    /// Bytes in front of each packet.
    static let size = 10

    /// `VIRTIO_NET_HDR_F_NEEDS_CSUM`: the checksum holds the pseudo-header's sum only.
    static let needsChecksum: UInt8 = 1
    /// `VIRTIO_NET_HDR_GSO_TCPV4`.
    static let tcpOverIPv4: UInt8 = 1

    var flags: UInt8 = 0
    var segmentation: UInt8 = 0
    var headerLength: UInt16 = 0
    var segmentSize: UInt16 = 0
    var checksumStart: UInt16 = 0
    var checksumOffset: UInt16 = 0

    init() {}

    init(reading bytes: UnsafeRawPointer) {
        flags = bytes.load(fromByteOffset: 0, as: UInt8.self)
        segmentation = bytes.load(fromByteOffset: 1, as: UInt8.self)
        headerLength = bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
        segmentSize = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        checksumStart = bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)
        checksumOffset = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    }

    func write(to bytes: UnsafeMutableRawPointer) {
        bytes.storeBytes(of: flags, toByteOffset: 0, as: UInt8.self)
        bytes.storeBytes(of: segmentation, toByteOffset: 1, as: UInt8.self)
        bytes.storeBytes(of: headerLength, toByteOffset: 2, as: UInt16.self)
        bytes.storeBytes(of: segmentSize, toByteOffset: 4, as: UInt16.self)
        bytes.storeBytes(of: checksumStart, toByteOffset: 6, as: UInt16.self)
        bytes.storeBytes(of: checksumOffset, toByteOffset: 8, as: UInt16.self)
    }

    /// Completes the checksum of a packet whose sender left it to the device.
    func completeChecksum(_ packet: UnsafeMutableRawBufferPointer) {
        let start = Int(checksumStart)
        let at = start + Int(checksumOffset)
        guard flags & Self.needsChecksum != 0, start < packet.count, at + 2 <= packet.count else { return }
        // The field holds the pseudo-header's sum, so the sum over everything from the start on is the whole.
        let sum = InternetChecksum.of(UnsafeRawBufferPointer(rebasing: packet[start...]))
        // UDP writes a sum of zero as all ones (RFC 768).
        packet.storeBytes(of: (sum == 0 ? 0xFFFF : sum).bigEndian, toByteOffset: at, as: UInt16.self)
    }
}
