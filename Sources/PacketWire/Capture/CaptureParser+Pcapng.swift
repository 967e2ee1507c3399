extension CaptureParser {
    private enum BlockType {
        static let section: UInt32 = 0x0a0d_0d0a
        static let interface: UInt32 = 1
        static let obsoletePacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let interfaceStatistics: UInt32 = 5
        static let enhancedPacket: UInt32 = 6
        static let decryptionSecrets: UInt32 = 10
    }

    /// One block; nil when it was no packet and the caller should go on.
    mutating func pcapngBlock(
        _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
    ) throws(CaptureFormatError) -> Step? {
        guard bytes.count >= 12 else { return .needMore(12) }
        let type = u32(bytes, 0)
        if type == BlockType.section {
            switch bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self) {
            case 0x1a2b_3c4d: swapped = false
            case 0x4d3c_2b1a: swapped = true
            default: throw interfaces.isEmpty ? .notACapture(compression: nil) : .damaged(atByte: position)
            }
            interfaces.removeAll(keepingCapacity: true)
        }
        let length = Int(u32(bytes, 4))
        guard length >= 12 else { throw .damaged(atByte: position) }
        // The format pads blocks to four bytes and some writers forget to count the padding.
        let padded = (length + 3) & ~3
        switch type {
        case BlockType.section, BlockType.interface, BlockType.obsoletePacket, BlockType.simplePacket,
            BlockType.interfaceStatistics, BlockType.enhancedPacket, BlockType.decryptionSecrets:
            break
        default:
            pendingSkip = padded
            return nil
        }
        guard padded <= Self.maximumBlockLength else { throw .damaged(atByte: position) }
        guard bytes.count >= padded else { return .needMore(padded) }
        let body = UnsafeRawBufferPointer(rebasing: bytes[8..<length - 4])
        let at = position
        advance(&offset, by: padded)
        switch type {
        case BlockType.interface:
            try interfaceBlock(body, at: at)
            return nil
        case BlockType.interfaceStatistics:
            statisticsBlock(body)
            return nil
        case BlockType.decryptionSecrets:
            secretsBlock(body)
            return nil
        case BlockType.section:
            return nil
        default:
            return try packetBlock(type, body, at: at)
        }
    }

    private mutating func interfaceBlock(_ body: UnsafeRawBufferPointer, at: Int) throws(CaptureFormatError) {
        guard body.count >= 8, interfaces.count < 65_536 else { throw .damaged(atByte: at) }
        var interface = Interface(
            linkType: LinkType(rawValue: UInt32(u16(body, 0))), snapLength: Int(u32(body, 4)))
        forEachOption(body, from: 8) { code, value in
            switch code {
            case 2: interface.name = String(decoding: value.prefix(64), as: UTF8.self)
            case 9 where value.count >= 1:
                if let resolution = TimestampResolution(tsresol: value[0]) { interface.resolution = resolution }
            case 14 where value.count >= 8:
                let seconds = Int64(bitPattern: u64(value, 0))
                interface.offsetNs = seconds &* 1_000_000_000
            default: break
            }
        }
        interfaces.append(interface)
    }

    /// Interface statistics come at the end of a capture; an operating system drop and an interface drop both count.
    private mutating func statisticsBlock(_ body: UnsafeRawBufferPointer) {
        guard body.count >= 12 else { return }
        var dropped: UInt64 = 0
        forEachOption(body, from: 12) { code, value in
            if code == 5 || code == 7, value.count >= 8 { dropped &+= u64(value, 0) }
        }
        droppedByKernel &+= dropped
    }

    /// Secrets of TLS have the type 0x544c534b, `TLSK`.
    private mutating func secretsBlock(_ body: UnsafeRawBufferPointer) {
        guard body.count >= 8, u32(body, 0) == 0x544c_534b else { return }
        let length = min(Int(u32(body, 4)), body.count - 8)
        add(secrets: UnsafeRawBufferPointer(rebasing: body[8..<8 + length]))
    }

    private mutating func packetBlock(
        _ type: UInt32, _ body: UnsafeRawBufferPointer, at: Int
    ) throws(CaptureFormatError) -> Step? {
        let headerLength = type == BlockType.simplePacket ? 4 : 20
        guard body.count >= headerLength else { throw .damaged(atByte: at) }
        let number =
            switch type {
            case BlockType.simplePacket: 0
            case BlockType.enhancedPacket: Int(u32(body, 0))
            default: Int(u16(body, 0))
            }
        guard number < interfaces.count else {
            packetsOfUnknownInterfaces += 1
            return nil
        }
        let interface = interfaces[number]
        let original = Int(u32(body, headerLength - 4))
        var captured = original
        if type == BlockType.simplePacket {
            if interface.snapLength > 0 { captured = min(captured, interface.snapLength) }
            captured = min(captured, body.count - headerLength)
        } else {
            captured = Int(u32(body, 12))
            guard captured <= body.count - headerLength else { throw .damaged(atByte: at) }
        }
        var timeNs: Int64 = 0
        if type != BlockType.simplePacket {
            let units = UInt64(u32(body, 4)) << 32 | UInt64(u32(body, 8))
            timeNs = interface.resolution.nanoseconds(units) &+ interface.offsetNs
        }
        var packet = CapturedPacket(
            timeNs: timeNs,
            bytes: UnsafeRawBufferPointer(rebasing: body[headerLength..<headerLength + captured]),
            originalLength: max(original, captured), linkType: interface.linkType)
        packet.interface = number
        return .packet(packet)
    }

    private func forEachOption(
        _ body: UnsafeRawBufferPointer, from start: Int, _ visit: (UInt16, UnsafeRawBufferPointer) -> Void
    ) {
        var offset = start
        while body.count >= offset + 4 {
            let code = u16(body, offset)
            let length = Int(u16(body, offset + 2))
            guard code != 0, body.count >= offset + 4 + length else { return }
            visit(code, UnsafeRawBufferPointer(rebasing: body[offset + 4..<offset + 4 + length]))
            offset += 4 + (length + 3) & ~3
        }
    }

    private func u64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return swapped ? value.byteSwapped : value
    }
}
