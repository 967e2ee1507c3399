/// Cuts a TCP packet that is longer than a link's MTU into the packets that a network card would send, and joins such
/// packets again (segmentation offload: Documentation/networking/segmentation-offloads.rst of the Linux kernel).
///
/// Every piece gets headers of its own; where its data lies is the caller's. The TCP checksums of pieces and of joined
/// packets are *partial*: they hold the sum over the pseudo-header only, as virtio's `VIRTIO_NET_HDR_F_NEEDS_CSUM` asks.
public struct TCPSegmentation {
    /// Bytes of the IP and TCP headers of the packet and of every piece.
    public let headerLength: Int
    /// Bytes of data in each piece but the last.
    public let segmentSize: Int
    /// Bytes of data in all.
    public let dataLength: Int
    /// How many pieces there are, at least 1.
    public let count: Int

    private let ipHeaderLength: Int
    private let sequence: UInt32
    private let identification: UInt16
    private let flags: TCPSegment.Flags
    /// Sum of the IP header's words without total length, identification and checksum.
    private let headerSum: UInt32
    /// Sum of the pseudo-header without the length.
    private let pseudoSum: UInt32

    /// Reads the headers of the packet.
    ///
    /// - Parameters:
    ///   - headers: the packet's first bytes, at least all of its headers.
    ///   - length: bytes of the whole packet, which its own total length may be too small to hold.
    ///   - mtu: bytes of the longest piece, headers included.
    /// - Returns: nil for what is not a whole TCP packet over IPv4, or holds no data to cut.
    public init?(headers: UnsafeRawBufferPointer, length: Int, mtu: Int) {
        guard headers.count >= 40, headers[0] >> 4 == 4, headers[9] == IPv4Packet.ProtocolNumber.tcp,
            headers.wireUInt16(at: 6) & 0x3FFF == 0, length <= 65_535
        else { return nil }
        let ipHeaderLength = Int(headers[0] & 0x0F) * 4
        guard ipHeaderLength >= 20, headers.count >= ipHeaderLength + 20 else { return nil }
        let tcpHeaderLength = Int(headers[ipHeaderLength + 12] >> 4) * 4
        let headerLength = ipHeaderLength + tcpHeaderLength
        guard tcpHeaderLength >= 20, headers.count >= headerLength, length > headerLength, mtu > headerLength else {
            return nil
        }
        self.ipHeaderLength = ipHeaderLength
        self.headerLength = headerLength
        let segmentSize = mtu - headerLength
        self.segmentSize = segmentSize
        dataLength = length - headerLength
        count = (dataLength + segmentSize - 1) / segmentSize
        sequence = headers.wireUInt32(at: ipHeaderLength + 4)
        identification = headers.wireUInt16(at: 4)
        flags = TCPSegment.Flags(rawValue: headers[ipHeaderLength + 13])
        var sum: UInt32 = 0
        var at = 0
        while at < ipHeaderLength {
            if at != 2, at != 4, at != 10 { sum &+= UInt32(headers.wireUInt16(at: at)) }
            at += 2
        }
        headerSum = sum
        pseudoSum = Self.pseudoSum(headers)
    }

    /// Bytes of data in a piece.
    @inlinable
    public func dataLength(ofPiece piece: Int) -> Int { min(segmentSize, dataLength - piece * segmentSize) }

    /// Sequence number of a piece.
    public func sequence(ofPiece piece: Int) -> UInt32 {
        sequence &+ UInt32(truncatingIfNeeded: piece * segmentSize)
    }

    /// Identification field of a piece: they count on.
    public func identification(ofPiece piece: Int) -> UInt16 { identification &+ UInt16(truncatingIfNeeded: piece) }

    /// Control bits of a piece: PSH and FIN stay with the last, CWR with the first (RFC 3168).
    public func flags(ofPiece piece: Int) -> TCPSegment.Flags {
        var flags = flags
        if piece < count - 1 { flags.subtract([.fin, .psh]) }
        if piece > 0 { flags.subtract(.cwr) }
        return flags
    }

    /// Writes the headers of a piece: sequence number, identification, control bits, lengths and checksums.
    ///
    /// - Parameters:
    ///   - headers: the packet's headers, the same as given to `init`; may be where `output` is for piece 0.
    ///   - output: at least `headerLength` bytes.
    public func writeHeaders(
        ofPiece piece: Int, from headers: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer
    ) {
        if output.baseAddress.map(UnsafeRawPointer.init) != headers.baseAddress {
            output.copyMemory(from: UnsafeRawBufferPointer(rebasing: headers[0..<headerLength]))
        }
        let length = headerLength + dataLength(ofPiece: piece)
        let identification = identification(ofPiece: piece)
        output.storeWire(UInt16(truncatingIfNeeded: length), at: 2)
        output.storeWire(identification, at: 4)
        output.storeWire(~Self.fold(headerSum &+ UInt32(length) &+ UInt32(identification)), at: 10)
        output.storeWire(sequence(ofPiece: piece), at: ipHeaderLength + 4)
        output[ipHeaderLength + 13] = flags(ofPiece: piece).rawValue
        output.storeWire(Self.fold(pseudoSum &+ UInt32(length - ipHeaderLength)), at: ipHeaderLength + 16)
    }

    /// Makes the headers of a piece those of a packet that holds the data of the pieces behind it too.
    ///
    /// - Parameters:
    ///   - headers: the first piece's own headers, changed in place.
    ///   - length: bytes of the joined packet, at most 65,535.
    ///   - lastFlags: the control bits of the last piece.
    public static func join(
        _ headers: UnsafeMutableRawBufferPointer, length: Int, lastFlags: TCPSegment.Flags
    ) {
        let ipHeaderLength = Int(headers[0] & 0x0F) * 4
        headers.storeWire(UInt16(truncatingIfNeeded: length), at: 2)
        IPv4Mutation.updateHeaderChecksum(
            UnsafeMutableRawBufferPointer(rebasing: headers[0..<ipHeaderLength]))
        headers[ipHeaderLength + 13] |= lastFlags.rawValue
        let sum = pseudoSum(UnsafeRawBufferPointer(headers)) &+ UInt32(length - ipHeaderLength)
        headers.storeWire(fold(sum), at: ipHeaderLength + 16)
    }

    private static func pseudoSum(_ headers: UnsafeRawBufferPointer) -> UInt32 {
        var sum = UInt32(headers[9])
        for at in stride(from: 12, to: 20, by: 2) { sum &+= UInt32(headers.wireUInt16(at: at)) }
        return sum
    }

    @inline(__always)
    private static func fold(_ sum: UInt32) -> UInt16 {
        let once = (sum & 0xFFFF) &+ (sum >> 16)
        return UInt16(truncatingIfNeeded: (once & 0xFFFF) &+ (once >> 16))
    }
}
