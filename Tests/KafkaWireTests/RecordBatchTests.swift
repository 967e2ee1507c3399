import KafkaWire
import Testing

struct RecordBatchTests {
    @Test func checksumsMatchTheirStandards() {
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { CRC32C.checksum($0) } == 0xe306_9283)
        #expect(digits.withUnsafeBytes { CRC32.checksum($0) } == 0xcbf4_3926)
        // RFC 3720 B.4: 32 bytes of zeros.
        #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes { CRC32C.checksum($0) } == 0x8a91_36aa)
    }

    @Test func partsOfEveryLengthAgree() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        bytes.withUnsafeBytes { raw in
            let whole = CRC32C.checksum(raw)
            for split in 0...raw.count {
                let first = CRC32C.update(0, UnsafeRawBufferPointer(rebasing: raw[..<split]))
                #expect(CRC32C.update(first, UnsafeRawBufferPointer(rebasing: raw[split...])) == whole)
            }
        }
    }

    private func batch(_ count: Int, sequence: Int32 = 0) -> [UInt8] {
        let records = (0..<count).map {
            Record(key: [1], value: Array("v\($0)".utf8), timestampDelta: Int64($0), headers: [("h", [2])])
        }
        return RecordBatchBuilder(records, baseTimestamp: 1000, producerID: 5, producerEpoch: 1, baseSequence: sequence)
            .build()
    }

    @Test func builtBatchIsReadBack() throws {
        let bytes = batch(3, sequence: 9)
        try bytes.withUnsafeBytes { raw in
            let view = try #require(RecordBatchView(raw))
            #expect(view.isWhole && view.isCRCValid)
            #expect(view.header.producerID == 5 && view.header.baseSequence == 9 && view.header.lastSequence == 11)
            #expect(view.header.maxTimestamp == 1002 && view.header.magic == 2)
            var values: [String] = []
            try RecordView.forEach(in: view.records, count: view.header.recordCount) {
                values.append(String(decoding: $0.value!, as: UTF8.self))
                #expect($0.headerCount == 1)
            }
            #expect(values == ["v0", "v1", "v2"])
        }
    }

    @Test func everyFlippedBitBreaksTheCRC() {
        let bytes = batch(1)
        for index in 21..<bytes.count {
            var damaged = bytes
            damaged[index] ^= 1
            damaged.withUnsafeBytes { #expect(RecordBatchView($0)?.isCRCValid == false) }
        }
    }

    @Test func sequencesWrapAtTwoToThe31() {
        #expect(RecordBatchHeader.advance(.max, by: 1) == 0)
        #expect(RecordBatchHeader.advance(.max - 1, by: 3) == 1)
    }

    @Test func sequenceOfBatchesStopsAtACut() {
        let bytes = batch(1) + batch(2)
        bytes.withUnsafeBytes { raw in
            #expect(Array(RecordBatchSequence(raw)).count == 2)
            let cut = Array(RecordBatchSequence(UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 1)])))
            #expect(cut.count == 2 && cut[0].isWhole && !cut[1].isWhole)
        }
    }

    @Test func everyCutRecordIsAnError() {
        let records = RecordBatchBuilder.encode([Record(value: [1, 2, 3], headers: [("k", nil)])])
        records.withUnsafeBytes { raw in
            for end in 0..<raw.count {
                #expect(throws: KafkaWireError.self) {
                    try RecordView.forEach(in: UnsafeRawBufferPointer(rebasing: raw[..<end]), count: 1) { _ in }
                }
            }
        }
    }

    @Test func messageSets() throws {
        var writer = ByteWriter()
        Message(offset: 3, magic: 0, key: nil, value: [1]).write(to: &writer)
        Message(offset: 4, magic: 1, timestamp: 99, key: [7], value: nil).write(to: &writer)
        try writer.bytes.withUnsafeBytes { raw in
            var seen: [(Int64, Int8, Int64)] = []
            try MessageView.forEach(in: raw) {
                #expect($0.isCRCValid)
                seen.append(($0.offset, $0.magic, $0.timestamp))
            }
            #expect(seen.count == 2 && seen[0] == (3, 0, -1) && seen[1] == (4, 1, 99))
            let cut = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 1)])
            #expect(throws: KafkaWireError.self) { try MessageView.forEach(in: cut) { _ in } }
            var count = 0
            try MessageView.forEach(in: cut, partialEnd: true) { _ in count += 1 }
            #expect(count == 1)
        }
    }
}
