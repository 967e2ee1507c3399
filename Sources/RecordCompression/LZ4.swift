import KafkaWire

/// lz4 in its frame format. Checksums are skipped: the batch's CRC covers the bytes already.
enum LZ4 {
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        var input = Input(bytes)
        var output = Output(limit: limit, expected: bytes.count * 3)
        while input.remaining > 0 { try frame(&input, &output) }
        return output.bytes
    }

    private static func frame(_ input: inout Input, _ output: inout Output) throws(DecompressionError) {
        let magic = try input.little(4)
        if magic & 0xffff_fff0 == 0x184d_2a50 {
            _ = try input.slice(Int(try input.little(4)))
            return
        }
        guard magic == 0x184d_2204 else { throw .malformed("no lz4 frame") }
        let flags = try input.byte()
        guard flags >> 6 == 1 else { throw .malformed("lz4 frame of an unknown version") }
        _ = try input.byte()
        if flags & 0x08 != 0 { _ = try input.slice(8) }
        if flags & 0x01 != 0 { _ = try input.slice(4) }
        _ = try input.byte()
        let frameStart = output.bytes.count
        while true {
            let size = try input.little(4)
            if size == 0 { break }
            let data = try input.slice(Int(size & 0x7fff_ffff))
            if size & 0x8000_0000 != 0 {
                try output.append(data)
            } else {
                // Blocks that depend on each other may copy from the frame's earlier ones.
                let floor = flags & 0x20 != 0 ? output.bytes.count : frameStart
                try block(Input(data), &output, floor: floor)
            }
            if flags & 0x10 != 0 { _ = try input.slice(4) }
        }
        if flags & 0x04 != 0 { _ = try input.slice(4) }
    }

    private static func block(_ start: Input, _ output: inout Output, floor: Int) throws(DecompressionError) {
        var input = start
        while input.remaining > 0 {
            let token = Int(try input.byte())
            try output.append(try input.slice(try length(token >> 4, &input)))
            if input.remaining == 0 { return }
            let distance = Int(try input.little(2))
            try output.copy(distance: distance, count: try length(token & 15, &input) + 4, floor: floor)
        }
    }

    private static func length(_ nibble: Int, _ input: inout Input) throws(DecompressionError) -> Int {
        guard nibble == 15 else { return nibble }
        var total = 15
        while true {
            let byte = try input.byte()
            total += Int(byte)
            if byte != 255 { return total }
        }
    }
}
