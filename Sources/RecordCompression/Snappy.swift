import KafkaWire

/// snappy: the raw format, and the framing of snappy-java that Java clients write around it.
enum Snappy {
    private static let javaMagic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]

    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        var input = Input(bytes)
        var output = Output(limit: limit, expected: bytes.count * 2)
        guard bytes.count >= 16, bytes.prefix(8).elementsEqual(javaMagic) else {
            try block(&input, &output)
            return output.bytes
        }
        _ = try input.slice(16)
        while input.remaining > 0 {
            let size = try input.big32()
            var chunk = Input(try input.slice(Int(size)))
            try block(&chunk, &output)
        }
        return output.bytes
    }

    private static func block(_ input: inout Input, _ output: inout Output) throws(DecompressionError) {
        var size = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            let byte = try input.byte()
            size |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            if shift == 28 { throw .malformed("snappy length is too long") }
        }
        let start = output.bytes.count
        guard size <= output.limit - start else { throw .tooLarge(limit: output.limit) }
        while input.remaining > 0 {
            let tag = Int(try input.byte())
            switch tag & 3 {
            case 0:
                var length = tag >> 2
                if length >= 60 { length = Int(try input.little(length - 59)) }
                try output.append(try input.slice(length + 1))
            case 1:
                let distance = (tag >> 5) << 8 | Int(try input.byte())
                try output.copy(distance: distance, count: ((tag >> 2) & 7) + 4, floor: start)
            case 2: try output.copy(distance: Int(try input.little(2)), count: (tag >> 2) + 1, floor: start)
            default: try output.copy(distance: Int(try input.little(4)), count: (tag >> 2) + 1, floor: start)
            }
        }
        guard output.bytes.count - start == size else { throw .malformed("snappy block of another size than declared") }
    }
}
