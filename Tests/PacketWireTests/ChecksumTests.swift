import PacketWire
import Testing

@Suite struct ChecksumTests {
    /// The example of RFC 1071, section 3.
    @Test func rfc1071Example() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        let sum = bytes.withUnsafeBytes { InternetChecksum.of($0) }
        #expect(sum == ~0xDDF2)
    }

    @Test func agreesWithThePlainFormAtEveryLength() {
        var bytes: [UInt8] = []
        for length in 0..<300 {
            let sum = bytes.withUnsafeBytes { InternetChecksum.of($0) }
            #expect(sum == PacketSamples.plainChecksum(bytes), "length \(length)")
            bytes.append(UInt8(truncatingIfNeeded: length &* 151 &+ 77))
        }
        let ones = [UInt8](repeating: 0xFF, count: 65_535)
        #expect(ones.withUnsafeBytes { InternetChecksum.of($0) } == PacketSamples.plainChecksum(ones))
    }

    @Test func partsAddUpAtEverySplit() {
        let bytes = (0..<61).map { UInt8(truncatingIfNeeded: $0 * 37 + 5) }
        let whole = PacketSamples.plainChecksum(bytes)
        for split in 0...bytes.count {
            var sum = InternetChecksum()
            bytes.withUnsafeBytes {
                sum.add(UnsafeRawBufferPointer(rebasing: $0[0..<split]))
                sum.add(UnsafeRawBufferPointer(rebasing: $0[split...]))
            }
            #expect(sum.checksum == whole, "split \(split)")
        }
    }
}
