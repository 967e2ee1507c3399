/// A part of an IP packet that was cut on its way (RFC 791, 2.3; RFC 8200, 4.5).
public struct IPFragment {
    /// What the parts of one packet have in common.
    public struct Key: Hashable, Sendable {
        var source: IPAddress
        var destination: IPAddress
        var identification: UInt32
        var number: UInt8
        var tunnels: TunnelSet
    }

    /// What the parts of one packet have in common.
    public let key: Key
    /// Where in the packet's payload it stands.
    public let offset: Int
    /// Its length on the wire.
    public let length: Int
    /// False for the last part.
    public let hasMore: Bool
    /// What was captured of it.
    public let bytes: UnsafeRawBufferPointer
    let isV4: Bool
    let timeToLive: UInt8
    let depth: Int

    init?(v4 ip: UnsafeRawBufferPointer, headerLength: Int, total: Int, _ place: PacketDissector.Place) {
        key = Key(
            source: IPAddress(v4: ip.wireUInt32(at: 12)), destination: IPAddress(v4: ip.wireUInt32(at: 16)),
            identification: UInt32(ip.wireUInt16(at: 4)), number: ip[9], tunnels: place.tunnels)
        offset = Int(ip.wireUInt16(at: 6) & 0x1fff) * 8
        hasMore = ip[6] & 0x20 != 0
        length = total - headerLength
        bytes = UnsafeRawBufferPointer(rebasing: ip[headerLength..<max(min(total, ip.count), headerLength)])
        isV4 = true
        timeToLive = ip[8]
        depth = place.depth
        guard length > 0, offset + length <= 65_535 else { return nil }
    }

    init?(v6 ip: UnsafeRawBufferPointer, at header: Int, total: Int, _ place: PacketDissector.Place) {
        func address(_ at: Int) -> IPAddress {
            IPAddress(
                high: UInt64(ip.wireUInt32(at: at)) << 32 | UInt64(ip.wireUInt32(at: at + 4)),
                low: UInt64(ip.wireUInt32(at: at + 8)) << 32 | UInt64(ip.wireUInt32(at: at + 12)))
        }
        key = Key(
            source: address(8), destination: address(24), identification: ip.wireUInt32(at: header + 4),
            number: ip[header], tunnels: place.tunnels)
        offset = Int(ip.wireUInt16(at: header + 2) & 0xfff8)
        hasMore = ip[header + 3] & 1 != 0
        length = total - header - 8
        let start = header + 8
        bytes = UnsafeRawBufferPointer(rebasing: ip[start..<max(min(total, ip.count), start)])
        isV4 = false
        timeToLive = ip[7]
        depth = place.depth
        guard length > 0, offset + length <= 65_535 else { return nil }
    }
}

/// Puts fragments together again, in any order and with repeats, in bounded memory.
public struct FragmentAssembler {
    /// A packet that is whole again: an IP header without options, and the payload.
    public struct Whole {
        /// The packet; shorter than `length` where a snap length cut its parts.
        public let bytes: [UInt8]
        /// Its length on the wire.
        public let length: Int
        /// What its parts were found in.
        public let tunnels: TunnelSet
        /// How deep inside tunnels.
        public let depth: Int
    }

    private struct Packet {
        var payload: [UInt8] = []
        /// Ranges of the payload that came, on the wire.
        var ranges: [Range<Int>] = []
        /// Behind the last byte that was captured of what is whole from the beginning.
        var captured: [Range<Int>] = []
        var end: Int?
        var parts = 0
    }

    /// Packets that wait for parts; older ones are given up.
    private static let mostPackets = 256
    private static let mostParts = 8192

    private var packets: [IPFragment.Key: Packet] = [:]
    private var order: [IPFragment.Key] = []
    /// Fragments whose packet never came together, those apart that wait still.
    private var givenUp = 0

    /// An assembler that has seen nothing.
    public init() {}

    /// Fragments that were not put together so far.
    public var incomplete: Int { packets.values.reduce(givenUp) { $0 + $1.parts } }

    /// Takes a part; returns the packet when it is whole.
    public mutating func add(_ fragment: IPFragment) -> Whole? {
        if packets[fragment.key] == nil {
            if order.count >= Self.mostPackets {
                let oldest = order.removeFirst()
                givenUp += packets.removeValue(forKey: oldest)?.parts ?? 0
            }
            packets[fragment.key] = Packet()
            order.append(fragment.key)
        }
        guard var packet = packets.removeValue(forKey: fragment.key) else { return nil }
        packet.parts += 1
        let end = fragment.offset + fragment.length
        if !fragment.hasMore { packet.end = end }
        if packet.payload.count < fragment.offset + fragment.bytes.count {
            packet.payload.append(
                contentsOf: repeatElement(0, count: fragment.offset + fragment.bytes.count - packet.payload.count))
        }
        for (index, byte) in fragment.bytes.enumerated() { packet.payload[fragment.offset + index] = byte }
        if packet.ranges.count < Self.mostParts { packet.ranges.append(fragment.offset..<end) }
        packet.captured.append(fragment.offset..<fragment.offset + fragment.bytes.count)
        guard let length = packet.end, Self.reach(packet.ranges) >= length else {
            packets[fragment.key] = packet
            return nil
        }
        order.removeAll { $0 == fragment.key }
        let payload = packet.payload.prefix(min(Self.reach(packet.captured), length))
        return Whole(
            bytes: Self.header(fragment, length) + payload, length: length + (fragment.isV4 ? 20 : 40),
            tunnels: fragment.key.tunnels, depth: fragment.depth)
    }

    /// How far the ranges lead from 0 without a hole.
    private static func reach(_ ranges: [Range<Int>]) -> Int {
        var end = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= end {
            end = max(end, range.upperBound)
        }
        return end
    }

    private static func header(_ fragment: IPFragment, _ length: Int) -> [UInt8] {
        func big(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        let (source, destination) = (fragment.key.source, fragment.key.destination)
        if fragment.isV4 {
            // A packet at its longest has no room for the header in this field: 0 leaves it to the length on the wire.
            let total = UInt16(exactly: length + 20) ?? 0
            return [0x45, 0] + big(total) + big(UInt16(truncatingIfNeeded: fragment.key.identification)) + [0, 0]
                + [fragment.timeToLive, fragment.key.number, 0, 0] + big(UInt32(truncatingIfNeeded: source.low))
                + big(UInt32(truncatingIfNeeded: destination.low))
        }
        return [0x60, 0, 0, 0] + big(UInt16(length)) + [fragment.key.number, fragment.timeToLive] + big(source.high)
            + big(source.low) + big(destination.high) + big(destination.low)
    }
}
