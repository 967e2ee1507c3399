extension FaultLogEntry {
    /// Reads one line of `link.jsonl`; a busy link writes one for every packet, so it is read by hand.
    init(line: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var cursor = JSONCursor(UnsafeRawBufferPointer(line))
        self.init(
            timeUs: 0, fault: "", fate: "", reason: "", node: 0, direction: .clientToBroker, packetIndex: 0,
            lengthBytes: 0)
        try cursor.object { key, cursor throws(JSONError) in
            if cursor.isNull() { return }
            switch key {
            case "time_us": timeUs = try cursor.whole()
            case "fault": fault = try cursor.string()
            case "fate": fate = try cursor.string()
            case "reason": reason = try cursor.string()
            case "node": node = try cursor.whole()
            case "direction":
                guard let direction = Direction(rawValue: try cursor.string()) else {
                    throw JSONError(reason: "no direction of the link")
                }
                self.direction = direction
            case "packet_index": packetIndex = try cursor.whole()
            case "delay_us": delayUs = try cursor.whole()
            case "connection": connection = try cursor.string()
            case "sequence": sequence = try cursor.whole()
            case "length_bytes": lengthBytes = try cursor.whole()
            case "message": message = try Self.message(&cursor)
            default: try cursor.skipValue()
            }
        }
        try cursor.expectEnd()
        guard timeUs != 0, !fault.isEmpty, NumberBounds.timesUs.contains(timeUs),
            NumberBounds.lengthsUs.contains(delayUs ?? 0), NumberBounds.counts.contains(Int64(lengthBytes))
        else { throw JSONError(reason: "no entry of a fault log: a number is out of bounds, or its fault is missing") }
    }

    private static func message(_ cursor: inout JSONCursor) throws(JSONError) -> Message {
        var message = Message(api: "", kind: "", correlationID: 0)
        try cursor.object { key, cursor throws(JSONError) in
            switch key {
            case "api": message.api = try cursor.string()
            case "kind": message.kind = try cursor.string()
            case "correlation_id": message.correlationID = try cursor.whole()
            default: try cursor.skipValue()
            }
        }
        return message
    }
}
