extension FaultLogEntry {
    /// Reads one line of `link.jsonl`; a busy link writes one for every packet, so it is read by hand.
    init(line: UnsafeBufferPointer<UInt8>) throws(JSONCursor.Malformed) {
        var cursor = JSONCursor(line)
        self.init(
            timeUs: 0, fault: "", fate: "", reason: "", node: 0, direction: .clientToBroker, packetIndex: 0,
            lengthBytes: 0)
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
            if try cursor.isNull() { continue }
            switch key {
            case "time_us": timeUs = try cursor.integer()
            case "fault": fault = try cursor.string()
            case "fate": fate = try cursor.string()
            case "reason": reason = try cursor.string()
            case "node": node = try cursor.integer()
            case "direction":
                guard let direction = Direction(rawValue: try cursor.string()) else {
                    throw JSONCursor.Malformed(offset: 0)
                }
                self.direction = direction
            case "packet_index": packetIndex = try cursor.integer()
            case "delay_us": delayUs = try cursor.integer()
            case "connection": connection = try cursor.string()
            case "sequence": sequence = try cursor.integer()
            case "length_bytes": lengthBytes = try cursor.integer()
            case "message": message = try Self.message(&cursor)
            default: try cursor.skipValue()
            }
        }
        try cursor.expectEnd()
        guard timeUs != 0, !fault.isEmpty, NumberBounds.timesUs.contains(timeUs),
            NumberBounds.lengthsUs.contains(delayUs ?? 0), NumberBounds.counts.contains(Int64(lengthBytes))
        else { throw JSONCursor.Malformed(offset: 0) }
    }

    private static func message(_ cursor: inout JSONCursor) throws(JSONCursor.Malformed) -> Message {
        var message = Message(api: "", kind: "", correlationID: 0)
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "api": message.api = try cursor.string()
            case "kind": message.kind = try cursor.string()
            case "correlation_id": message.correlationID = try cursor.integer()
            default: try cursor.skipValue()
            }
        }
        return message
    }
}
