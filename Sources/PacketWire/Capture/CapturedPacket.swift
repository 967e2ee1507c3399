/// One packet of a capture: a view into the reader's buffer, valid until the reader is asked for more.
public struct CapturedPacket {
    /// Nanoseconds since the Unix epoch, from 0 to ``latestNs``.
    public var timeNs: Int64
    /// The bytes that were captured, from the link-layer header on.
    public var bytes: UnsafeRawBufferPointer
    /// Length on the wire; more than `bytes.count` when the snap length cut the packet.
    public var originalLength: Int
    /// What `bytes` begins with.
    public var linkType: LinkType
    /// The number of the interface in a pcapng section; 0 in other files.
    public var interface = 0

    /// The latest time that is believed, in the year 2096: a damaged timestamp becomes this or 0, so that times can be
    /// subtracted and added without overflow.
    public static let latestNs: Int64 = 4_000_000_000_000_000_000

    /// A packet that is a view of `bytes`; a time out of range is moved into it.
    public init(timeNs: Int64, bytes: UnsafeRawBufferPointer, originalLength: Int, linkType: LinkType) {
        self.timeNs = min(max(timeNs, 0), Self.latestNs)
        self.bytes = bytes
        self.originalLength = originalLength
        self.linkType = linkType
    }

    /// Where the packet passed, as far as the capture tells: the interface's number in the file, the system's own number of it
    /// (Linux cooked v2), or whether it came in or went out (v1).
    public var place: Int64 {
        let file = Int64(interface) << 40
        switch linkType {
        case .linuxSLL2 where bytes.count >= 8: return file | Int64(bytes.wireUInt32(at: 4))
        case .linuxSLL where bytes.count >= 2: return file | Int64(bytes.wireUInt16(at: 0))
        default: return file
        }
    }
}
