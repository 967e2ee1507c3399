extension LogAccount {
    /// Reads `log.jsonl`: one line a batch, then one line `{"complete":true,"end_offsets":{"orders-0":1234}}`.
    ///
    /// `"unread":{"orders-0":12}` there counts what lies above the high watermark and was not read; `"numbered":true` in the last line says that the ids are those of the records' headers.
    /// Without that last line the read-back did not come to its end, so `complete` is false.
    ///
    /// - Returns: the account, the number of lines that did not parse, and whether the file ends in mid line.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> (account: LogAccount, malformedLines: Int, endsInMidLine: Bool) {
        var account = LogAccount()
        let lines = JSONLines<LogBatch>(bytes) { line in
            var cursor = JSONCursor(UnsafeRawBufferPointer(line))
            return try account.readLine(&cursor)
        }
        account.batches = lines.elements
        if lines.malformedLines > 0 || lines.endsInMidLine { account.complete = false }
        return (account, lines.malformedLines, lines.endsInMidLine)
    }

    private mutating func readLine(_ cursor: inout JSONCursor) throws(JSONError) -> LogBatch? {
        var batch = LogBatch(
            topic: "", partition: -1, baseOffset: -1, producerID: -1, producerEpoch: -1, baseSequence: -1,
            recordIDs: [], valueHashes: [])
        var isEnd = false
        try cursor.object { key, cursor throws(JSONError) in
            switch key {
            case "topic": batch.topic = try cursor.string()
            case "partition": batch.partition = try cursor.whole()
            case "base_offset": batch.baseOffset = try cursor.whole()
            case "producer_id": batch.producerID = try cursor.whole()
            case "producer_epoch": batch.producerEpoch = try cursor.whole()
            case "base_sequence": batch.baseSequence = try cursor.whole()
            case "record_ids":
                try cursor.array { cursor throws(JSONError) in batch.recordIDs.append(try cursor.integer()) }
            case "value_hashes":
                batch.valueHashes.reserveCapacity(batch.recordIDs.count)
                try cursor.array { cursor throws(JSONError) in batch.valueHashes.append(try cursor.string()) }
            case "complete":
                complete = try cursor.boolean()
                isEnd = true
            case "numbered":
                isNumbered = try cursor.boolean()
                isEnd = true
            case "unread":
                try cursor.object { name, cursor throws(JSONError) in unread[name] = try cursor.integer() }
                isEnd = true
            case "end_offsets":
                try cursor.object { name, cursor throws(JSONError) in endOffsets[name] = try cursor.integer() }
                isEnd = true
            default: try cursor.skipValue()
            }
        }
        try cursor.expectEnd()
        if isEnd { return nil }
        guard batch.partition >= 0, batch.baseOffset >= 0, NumberBounds.offsets.contains(batch.baseOffset),
            batch.recordIDs.count == batch.valueHashes.count
        else {
            throw JSONError(reason: "no batch of a log: a number is out of bounds, or ids and hashes differ in number")
        }
        return batch
    }

    /// The text of `log.jsonl`.
    public func jsonLines() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batches.reduce(64) { $0 + 160 + $1.recordIDs.count * 28 })
        for batch in batches { batch.append(to: &bytes) }
        let numbered = isNumbered ? "\"numbered\":true," : ""
        bytes.append(contentsOf: "{\"complete\":\(complete),\(numbered)".utf8)
        if !unread.isEmpty { Self.append("unread", unread, to: &bytes) }
        Self.append("end_offsets", endOffsets, to: &bytes)
        bytes.removeLast()
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    /// A member of numbers by name, with a comma behind it.
    private static func append(_ key: String, _ numbers: [String: Int64], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\"\(key)\":{".utf8)
        for (i, entry) in numbers.sorted(by: { $0.key < $1.key }).enumerated() {
            if i > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(entry.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONText.append(entry.value, to: &bytes)
        }
        bytes.append(contentsOf: "},".utf8)
    }
}

extension LogBatch {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"topic\":".utf8)
        JSONText.append(topic, to: &bytes)
        for (name, value) in [
            ("partition", Int64(partition)), ("base_offset", baseOffset), ("producer_id", producerID),
            ("producer_epoch", Int64(producerEpoch)), ("base_sequence", Int64(baseSequence)),
        ] {
            bytes.append(contentsOf: ",\"\(name)\":".utf8)
            JSONText.append(value, to: &bytes)
        }
        bytes.append(contentsOf: ",\"record_ids\":[".utf8)
        for (i, id) in recordIDs.enumerated() {
            if i > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(id, to: &bytes)
        }
        bytes.append(contentsOf: "],\"value_hashes\":[".utf8)
        for (i, hash) in valueHashes.enumerated() {
            if i > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(hash, to: &bytes)
        }
        bytes.append(contentsOf: "]}\n".utf8)
    }
}
