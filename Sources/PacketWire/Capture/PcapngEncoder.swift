/// Builds the blocks of a pcapng file (draft-ietf-opsawg-pcapng), in the byte order of this machine, with nanosecond
/// timestamps.
///
/// Each call appends whole blocks only, so that a writer which hands whole buffers to the kernel leaves a readable file
/// wherever it is killed.
public enum PcapngEncoder {
    /// Appends a section header block: every file begins with one.
    public static func section(into buffer: inout [UInt8], application: String = "crosswind") {
        var body: [UInt8] = []
        append(UInt32(0x1a2b_3c4d), to: &body)
        append(UInt16(1), to: &body)
        append(UInt16(0), to: &body)
        append(UInt64.max, to: &body)
        option(4, Array(application.utf8.prefix(1024)), into: &body)
        append(UInt32(0), to: &body)
        block(0x0a0d_0d0a, body, into: &buffer)
    }

    /// Appends an interface description block; interfaces are numbered from 0 in the order of these blocks.
    public static func interface(
        name: String, linkType: LinkType, snapLength: UInt32 = 262_144, into buffer: inout [UInt8]
    ) {
        var body: [UInt8] = []
        append(UInt16(truncatingIfNeeded: linkType.rawValue), to: &body)
        append(UInt16(0), to: &body)
        append(snapLength, to: &body)
        option(2, Array(name.utf8.prefix(1024)), into: &body)
        option(9, [9], into: &body)
        append(UInt32(0), to: &body)
        block(1, body, into: &buffer)
    }

    /// Appends an enhanced packet block.
    public static func packet(
        interface: UInt32 = 0, timeNs: Int64, bytes: UnsafeRawBufferPointer, originalLength: Int,
        into buffer: inout [UInt8]
    ) {
        let padding = -bytes.count & 3
        let length = UInt32(32 + bytes.count + padding)
        buffer.reserveCapacity(buffer.count + Int(length))
        append(UInt32(6), to: &buffer)
        append(length, to: &buffer)
        append(interface, to: &buffer)
        append(UInt32(truncatingIfNeeded: timeNs >> 32), to: &buffer)
        append(UInt32(truncatingIfNeeded: timeNs), to: &buffer)
        append(UInt32(bytes.count), to: &buffer)
        append(UInt32(truncatingIfNeeded: max(originalLength, bytes.count)), to: &buffer)
        buffer.append(contentsOf: bytes)
        for _ in 0..<padding { buffer.append(0) }
        append(length, to: &buffer)
    }

    /// Appends an interface statistics block: what the kernel received and dropped, at the end of a capture.
    public static func statistics(
        interface: UInt32 = 0, timeNs: Int64, received: UInt64, droppedByInterface: UInt64, droppedByKernel: UInt64,
        into buffer: inout [UInt8]
    ) {
        var body: [UInt8] = []
        append(interface, to: &body)
        append(UInt32(truncatingIfNeeded: timeNs >> 32), to: &body)
        append(UInt32(truncatingIfNeeded: timeNs), to: &body)
        for (code, value) in [(UInt16(4), received), (5, droppedByInterface), (7, droppedByKernel)] {
            append(code, to: &body)
            append(UInt16(8), to: &body)
            append(value, to: &body)
        }
        append(UInt32(0), to: &body)
        block(5, body, into: &buffer)
    }

    private static func option(_ code: UInt16, _ value: [UInt8], into body: inout [UInt8]) {
        append(code, to: &body)
        append(UInt16(value.count), to: &body)
        body.append(contentsOf: value)
        for _ in 0..<(-value.count & 3) { body.append(0) }
    }

    private static func block(_ type: UInt32, _ body: [UInt8], into buffer: inout [UInt8]) {
        let length = UInt32(12 + body.count)
        append(type, to: &buffer)
        append(length, to: &buffer)
        buffer.append(contentsOf: body)
        append(length, to: &buffer)
    }

    private static func append(_ value: some FixedWidthInteger, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: value) { buffer.append(contentsOf: $0) }
    }
}
