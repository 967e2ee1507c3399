/// Parses pcap and pcapng from a buffer that the caller fills: pure, so that files, pipes and growing captures share it.
///
/// Formats: the classic pcap file in both byte orders with microseconds or nanoseconds
/// (draft-ietf-opsawg-pcap), and pcapng with several sections and interfaces (draft-ietf-opsawg-pcapng): enhanced,
/// simple and obsolete packet blocks, interface statistics; other blocks are skipped without being held.
///
/// Panic contract: no input makes it trap. Lengths are checked before use.
public struct CaptureParser: Sendable {
    /// What one step found.
    public enum Step {
        /// A packet; its bytes are a view into the caller's buffer.
        case packet(CapturedPacket)
        /// At least this many bytes, counted from the new offset, are needed to go on.
        case needMore(Int)
    }

    /// The largest packet or metadata block that is held; larger ones are taken for damage.
    public static let maximumBlockLength = 16 << 20

    enum Format: Sendable { case unknown, pcap, pcapng }

    struct Interface: Sendable {
        var linkType: LinkType
        var snapLength: Int
        var resolution = TimestampResolution.microseconds
        var offsetNs: Int64 = 0
        var name = ""
    }

    var format = Format.unknown
    var swapped = false
    var interfaces: [Interface] = []
    /// Bytes of a skipped block that have not arrived yet.
    var pendingSkip = 0
    /// Bytes taken since the beginning, for error messages.
    var position = 0

    /// Packets that the capturing kernel dropped, as far as the file says (pcapng `isb_ifdrop` and `isb_osdrop`).
    public internal(set) var droppedByKernel: UInt64 = 0
    /// Packet blocks of link types that cannot be decoded.
    public internal(set) var packetsOfUnknownInterfaces = 0

    private var secrets: [UInt8] = []

    /// True when secrets were found that ``takeSecrets()`` has not handed over.
    public var hasSecrets: Bool { !secrets.isEmpty }

    /// TLS secrets that the capture brings itself (pcapng Decryption Secrets Blocks), as lines of a key log.
    public mutating func takeSecrets() -> [UInt8] {
        defer { secrets = [] }
        return secrets
    }

    mutating func add(secrets text: UnsafeRawBufferPointer) {
        guard secrets.count + text.count <= Self.maximumBlockLength else { return }
        secrets += text
        secrets.append(0x0a)
    }

    /// A parser at the start of a capture.
    public init() {}

    /// Names of the interfaces of the present section, as far as the file tells (pcapng `if_name`).
    public var interfaceNames: [String] { interfaces.map(\.name) }

    /// True once the first bytes were recognised as a capture.
    public var isRecognised: Bool { format != .unknown }

    /// True while a block that is skipped has not ended.
    public var isInsideSkippedBlock: Bool { pendingSkip > 0 }

    /// Takes the next packet from `bytes` at `offset` and moves `offset` past what it used.
    ///
    /// - Throws: ``CaptureFormatError`` when the bytes are no capture, or are damaged beyond this point.
    public mutating func next(
        in bytes: UnsafeRawBufferPointer, at offset: inout Int
    ) throws(CaptureFormatError) -> Step {
        while true {
            if pendingSkip > 0 {
                let taken = min(pendingSkip, bytes.count - offset)
                advance(&offset, by: taken)
                pendingSkip -= taken
                if pendingSkip > 0 { return .needMore(1) }
            }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch format {
            case .unknown:
                guard let length = try recognise(rest) else { return .needMore(24) }
                advance(&offset, by: length)
            case .pcap:
                return try pcapRecord(rest, &offset)
            case .pcapng:
                if let step = try pcapngBlock(rest, &offset) { return step }
            }
        }
    }

    mutating func advance(_ offset: inout Int, by count: Int) {
        offset += count
        position += count
    }

    /// Looks at the magic number; returns how many bytes it used, nil when there are too few.
    private mutating func recognise(_ bytes: UnsafeRawBufferPointer) throws(CaptureFormatError) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let magic = bytes.loadUnaligned(as: UInt32.self)
        if magic == 0x0a0d_0d0a {
            format = .pcapng
            return 0
        }
        let nanoseconds: Bool
        switch magic {
        case 0xa1b2_c3d4: (swapped, nanoseconds) = (false, false)
        case 0xd4c3_b2a1: (swapped, nanoseconds) = (true, false)
        case 0xa1b2_3c4d: (swapped, nanoseconds) = (false, true)
        case 0x4d3c_b2a1: (swapped, nanoseconds) = (true, true)
        default: throw .notACapture(compression: CaptureFormatError.compression(of: bytes))
        }
        guard bytes.count >= 24 else { return nil }
        format = .pcap
        let snapLength = u32(bytes, 16)
        // The upper bits of the link type hold the length of a frame check sequence.
        let link = LinkType(rawValue: u32(bytes, 20) & 0x03ff_ffff)
        let resolution: TimestampResolution = nanoseconds ? .nanoseconds : .microseconds
        interfaces = [Interface(linkType: link, snapLength: Int(snapLength), resolution: resolution)]
        return 24
    }

    private mutating func pcapRecord(
        _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
    ) throws(CaptureFormatError) -> Step {
        guard bytes.count >= 16 else { return .needMore(16) }
        let captured = Int(u32(bytes, 8))
        guard captured <= Self.maximumBlockLength else { throw .damaged(atByte: position) }
        guard bytes.count >= 16 + captured else { return .needMore(16 + captured) }
        let interface = interfaces[0]
        let fraction = Int64(u32(bytes, 4)) * (interface.resolution == .nanoseconds ? 1 : 1000)
        let packet = CapturedPacket(
            timeNs: Int64(u32(bytes, 0)) * 1_000_000_000 + fraction,
            bytes: UnsafeRawBufferPointer(rebasing: bytes[16..<16 + captured]),
            originalLength: max(Int(u32(bytes, 12)), captured), linkType: interface.linkType)
        advance(&offset, by: 16 + captured)
        return .packet(packet)
    }

    func u32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return swapped ? value.byteSwapped : value
    }

    func u16(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return swapped ? value.byteSwapped : value
    }
}

/// Why bytes could not be read as a capture.
public enum CaptureFormatError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first bytes are neither pcap nor pcapng; `compression` names the compression that they show instead.
    case notACapture(compression: String?)
    /// A length that cannot be true, at this byte of the file. What came before it was read.
    case damaged(atByte: Int)

    /// What failed and what to do next.
    public var description: String {
        switch self {
        case .notACapture(let compression?):
            "the file is packed with \(compression); decompress it first"
        case .notACapture(nil):
            "this is neither a pcap nor a pcapng file; expected what tcpdump -w, dumpcap or Wireshark write"
        case .damaged(let byte):
            "the capture is damaged at byte \(byte); everything before it was read"
        }
    }

    static func compression(of bytes: UnsafeRawBufferPointer) -> String? {
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x1f, 0x8b, _, _): "gzip"
        case (0x28, 0xb5, 0x2f, 0xfd): "zstd"
        case (0x04, 0x22, 0x4d, 0x18): "lz4"
        case (0xfd, 0x37, 0x7a, 0x58): "xz"
        default: nil
        }
    }
}

/// Units of pcapng timestamps: `if_tsresol`.
enum TimestampResolution: Equatable, Sendable {
    case microseconds
    case nanoseconds
    /// Units per second, for every other resolution.
    case perSecond(UInt64)

    /// The value of `if_tsresol`: a negative power of ten, or of two when the top bit is set.
    init?(tsresol: UInt8) {
        let exponent = UInt64(tsresol & 0x7f)
        switch tsresol {
        case 6: self = .microseconds
        case 9: self = .nanoseconds
        case 0x80...:
            guard exponent < 63 else { return nil }
            self = .perSecond(1 << exponent)
        default:
            guard exponent <= 18 else { return nil }
            self = .perSecond((0..<exponent).reduce(1) { value, _ in value * 10 })
        }
    }

    func nanoseconds(_ units: UInt64) -> Int64 {
        switch self {
        case .nanoseconds: return Int64(truncatingIfNeeded: units)
        case .microseconds: return Int64(truncatingIfNeeded: units &* 1000)
        case .perSecond(let rate):
            let (seconds, rest) = units.quotientAndRemainder(dividingBy: rate)
            let product = rest.multipliedFullWidth(by: 1_000_000_000)
            let fraction = rate.dividingFullWidth(product).quotient
            return Int64(truncatingIfNeeded: seconds &* 1_000_000_000 &+ fraction)
        }
    }
}
