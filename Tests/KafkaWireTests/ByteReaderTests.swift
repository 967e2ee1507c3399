import KafkaWire
import Testing

struct ByteReaderTests {
    private func read<T>(_ bytes: [UInt8], _ body: (inout ByteReader) throws -> T) rethrows -> T {
        try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try body(&reader)
        }
    }

    @Test func varintsRoundTrip() throws {
        for value in [Int32.min, -65, -64, -1, 0, 1, 63, 64, 8191, 8192, .max] {
            var writer = ByteWriter()
            writer.writeVarint(value)
            #expect(try read(writer.bytes) { try $0.varint("v") } == value)
        }
        for value in [Int64.min, -1, 0, 1, 1 << 40, .max] {
            var writer = ByteWriter()
            writer.writeVarlong(value)
            #expect(try read(writer.bytes) { try $0.varlong("v") } == value)
        }
    }

    @Test func overlongVarintsAreRefused() {
        #expect(throws: KafkaWireError(.badVarint, field: "v", offset: 5)) {
            try read([0x80, 0x80, 0x80, 0x80, 0x10]) { try $0.varint("v") }
        }
        #expect(throws: KafkaWireError.self) {
            try read([UInt8](repeating: 0xff, count: 11)) { try $0.varlong("v") }
        }
    }

    @Test func errorsNameFieldAndOffset() {
        #expect(throws: KafkaWireError(.truncated(needed: 2), field: "acks", offset: 2)) {
            try read([0, 1, 2, 3]) {
                _ = try $0.read(Int16.self, "first")
                _ = try $0.read(Int32.self, "acks")
            }
        }
    }

    @Test func impossibleCountsReserveNothing() {
        // 2^31-1 topics in a frame of a few bytes.
        #expect(throws: KafkaWireError.self) {
            try read([0x7f, 0xff, 0xff, 0xff, 0, 0]) { _ = try MetadataRequest(from: &$0, version: 1) }
        }
        #expect(throws: KafkaWireError.self) {
            try read([0xff, 0xff, 0xff, 0xff, 0x0f, 0]) { _ = try MetadataRequest(from: &$0, version: 9) }
        }
    }

    @Test func badUTF8IsAnError() {
        #expect(throws: KafkaWireError.self) {
            try read([0, 0, 0, 1, 0, 1, 0xff, 0]) { _ = try MetadataRequest(from: &$0, version: 1) }
        }
    }

    @Test func headers() throws {
        for version: Int16 in [0, 13] {
            let header = RequestHeader(apiKey: .produce, apiVersion: version, correlationID: 7, clientID: "me")
            var writer = ByteWriter()
            try header.write(to: &writer)
            #expect(writer.count == (version == 0 ? 12 : 13))
            #expect(try read(writer.bytes) { try RequestHeader(from: &$0) } == header)
        }
        #expect(ResponseHeader.isFlexible(.apiVersions, 3) == false)
        #expect(ResponseHeader.isFlexible(.produce, 9))
    }

    @Test func uuidText() {
        #expect(KafkaUUID.zero.description == "AAAAAAAAAAAAAAAAAAAAAA")
        #expect(KafkaUUID(high: .max, low: .max).description == "_____________________w")
    }
}
