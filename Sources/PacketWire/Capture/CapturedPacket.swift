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
}
