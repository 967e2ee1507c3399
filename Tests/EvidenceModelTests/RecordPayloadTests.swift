import EvidenceModel
import Testing

@Test(arguments: [UInt64(0), 1, 63, 64, 12_345_678, .max], [16, 17, 100, 1000])
func theExpectedHashIsTheHashOfTheValue(id: UInt64, size: Int) {
    let value = RecordPayload.value(id: id, size: size)
    #expect(value.count == size)
    #expect(RecordPayload.id(of: value) == id)
    #expect(RecordPayload.expectedHash(id: id, size: size) == RecordPayload.hash(value))
}

@Test func aFlippedBitChangesTheHash() {
    var value = RecordPayload.value(id: 77, size: 64)
    for byte in value.indices {
        value[byte] ^= 1
        #expect(RecordPayload.hash(value) != RecordPayload.expectedHash(id: 77, size: 64))
        value[byte] ^= 1
    }
}

@Test func fowlerNollVoReferenceValues() {
    #expect(RecordPayload.hash("".utf8) == 0xcbf2_9ce4_8422_2325)
    #expect(RecordPayload.hash("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(RecordPayload.hash("foobar".utf8) == 0x8594_4171_f739_67e8)
}
