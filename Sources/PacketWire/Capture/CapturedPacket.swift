/// One packet of a capture: a view into the reader's buffer, valid until the reader is asked for more.
public struct CapturedPacket {
    /// Nanoseconds since the Unix epoch.
    public var timeNs: Int64
    /// The bytes that were captured, from the link-layer header on.
    public var bytes: UnsafeRawBufferPointer
    /// Length on the wire; more than `bytes.count` when the snap length cut the packet.
    public var originalLength: Int
    /// What `bytes` begins with.
    public var linkType: LinkType

    /// A packet that is a view of `bytes`.
    public init(timeNs: Int64, bytes: UnsafeRawBufferPointer, originalLength: Int, linkType: LinkType) {
        self.timeNs = timeNs
        self.bytes = bytes
        self.originalLength = originalLength
        self.linkType = linkType
    }
}
