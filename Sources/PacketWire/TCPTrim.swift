/// Cutting a TCP packet to part of its data.
public enum TCPTrim {
    /// Copies a packet with only `range` of its data: sequence number, lengths and checksums follow; SYN and the urgent
    /// pointer stay with the first byte, FIN and PSH with the last.
    ///
    /// - Parameters:
    ///   - packet: a packet that `IPv4Packet` and `TCPSegment` accept, exactly.
    ///   - range: offsets into the data; inside it.
    ///   - output: where the copy goes; at least headers and range long. May be the packet's own bytes when the range
    ///     starts at 0.
    /// - Returns: the length of the copy.
    public static func copy(
        _ packet: UnsafeRawBufferPointer, keeping range: Range<Int>, into output: UnsafeMutableRawBufferPointer
    ) -> Int {
        let ipLength = Int(packet[0] & 0x0F) * 4
        let headers = ipLength + Int(packet[ipLength + 12] >> 4) * 4
        let dataLength = packet.count - headers
        precondition(range.lowerBound >= 0 && range.upperBound <= dataLength, "the range lies inside the data")
        precondition(output.count >= headers + range.count, "the output holds headers and range")
        let sequence = packet.wireUInt32(at: ipLength + 4)
        var flags = TCPSegment.Flags(rawValue: packet[ipLength + 13])
        if output.baseAddress.map(UnsafeRawPointer.init) != packet.baseAddress {
            output.copyMemory(from: UnsafeRawBufferPointer(rebasing: packet[0..<headers]))
            UnsafeMutableRawBufferPointer(rebasing: output[headers...]).copyMemory(
                from: UnsafeRawBufferPointer(
                    rebasing: packet[(headers + range.lowerBound)..<(headers + range.upperBound)]))
        } else {
            precondition(range.lowerBound == 0, "in place only the end can be cut off")
        }
        if range.lowerBound > 0 {
            output.storeWire(
                sequence &+ UInt32(truncatingIfNeeded: range.lowerBound) &+ (flags.contains(.syn) ? 1 : 0),
                at: ipLength + 4)
            flags.subtract([.syn, .urg])
        }
        if range.upperBound < dataLength { flags.subtract([.fin, .psh]) }
        output[ipLength + 13] = flags.rawValue
        let length = headers + range.count
        IPv4Mutation.setTotalLength(length, output)
        return length
    }
}
