import PacketWire

/// Writes a capture of invented traffic: raw IPv4 packets with right checksums, for tests, benchmarks and fuzzing.
public final class SyntheticCapture {
    /// An end of a connection.
    public struct Endpoint: Sendable, Equatable {
        /// IPv4 address in host byte order.
        public var address: UInt32
        /// TCP port.
        public var port: UInt16

        /// An end of a connection.
        public init(_ address: UInt32, _ port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// TCP flags.
    public enum Flag {
        /// FIN.
        public static let finish: UInt8 = 0x01
        /// SYN.
        public static let synchronise: UInt8 = 0x02
        /// RST.
        public static let reset: UInt8 = 0x04
        /// PSH.
        public static let push: UInt8 = 0x08
        /// ACK.
        public static let acknowledge: UInt8 = 0x10
    }

    /// Time of the next packet, nanoseconds since the epoch.
    public var timeNs: Int64
    /// Packets written.
    public private(set) var packets = 0
    private var buffer: [UInt8] = []
    private let write: ([UInt8]) -> Void
    private var identification: UInt16 = 0

    /// A capture whose bytes go to `write` in pieces of about a megabyte.
    public init(timeNs: Int64 = 1_795_550_000_000_000_000, write: @escaping ([UInt8]) -> Void) {
        self.timeNs = timeNs
        self.write = write
        PcapngEncoder.section(into: &buffer)
        PcapngEncoder.interface(name: "tun0", linkType: .raw, into: &buffer)
    }

    /// Hands over what is still buffered.
    public func finish() {
        write(buffer)
        buffer.removeAll()
    }

    /// Adds one TCP segment, with a window that is not scaled.
    public func segment(
        from source: Endpoint, to destination: Endpoint, flags: UInt8, sequence: UInt32, acknowledgement: UInt32,
        payload: ArraySlice<UInt8> = [], window: UInt16 = 0xffff
    ) {
        let packet = Self.packet(
            from: source, to: destination, flags: flags, sequence: sequence, acknowledgement: acknowledgement,
            payload: payload, identification: identification, window: window)
        identification &+= 1
        add(packet)
    }

    /// Adds a packet as it is.
    public func add(_ packet: [UInt8]) {
        packet.withUnsafeBytes {
            PcapngEncoder.packet(timeNs: timeNs, bytes: $0, originalLength: $0.count, into: &buffer)
        }
        timeNs &+= 1_000
        packets += 1
        if buffer.count > 1 << 20 {
            write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// The bytes of an IPv4 packet with a TCP segment.
    public static func packet(
        from source: Endpoint, to destination: Endpoint, flags: UInt8, sequence: UInt32, acknowledgement: UInt32,
        payload: ArraySlice<UInt8>, identification: UInt16 = 0, window: UInt16 = 0xffff
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(40 + payload.count)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt16(0x4500))
        append(UInt16(40 + payload.count))
        append(identification)
        append(UInt16(0x4000))
        append(UInt16(0x4006))
        append(UInt16(0))
        append(source.address)
        append(destination.address)
        append(source.port)
        append(destination.port)
        append(sequence)
        append(acknowledgement)
        append(UInt16(0x5000) | UInt16(flags))
        append(window)
        append(UInt32(0))
        bytes.append(contentsOf: payload)
        store(checksum(bytes[0..<20], pseudo: 0), in: &bytes, at: 10)
        let addresses = [source.address, destination.address].reduce(UInt64(0)) {
            $0 + UInt64($1 >> 16) + UInt64($1 & 0xffff)
        }
        store(checksum(bytes[20...], pseudo: addresses + 6 + UInt64(20 + payload.count)), in: &bytes, at: 36)
        return bytes
    }

    private static func store(_ value: UInt16, in bytes: inout [UInt8], at offset: Int) {
        bytes[offset] = UInt8(value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    /// RFC 1071.
    private static func checksum(_ bytes: ArraySlice<UInt8>, pseudo: UInt64) -> UInt16 {
        var sum = pseudo
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            sum += UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
            index += 2
        }
        if index < bytes.endIndex { sum += UInt64(bytes[index]) << 8 }
        while sum >> 16 != 0 { sum = (sum & 0xffff) + (sum >> 16) }
        return ~UInt16(sum)
    }
}
