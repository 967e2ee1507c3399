import EvidenceModel
import KafkaWire

/// Turns fault records into the lines of `link.jsonl`, as `EvidenceModel.FaultLogEntry` reads them.
///
/// Written by hand because a link at 1 Gbit/s makes 80,000 lines a second, far beyond `JSONEncoder`.
struct FaultLogFormat {
    /// Ids of the faults, already escaped.
    private let faults: [[UInt8]]
    /// Names of the reasons, already escaped.
    private let reasons: [[UInt8]]
    private static let apiNames: [[UInt8]] = (0..<128).map { Array(APIKey(rawValue: $0).name.utf8) }

    init(faults: [String], reasons: [String]) {
        self.faults = faults.map(Self.escaped)
        self.reasons = reasons.map(Self.escaped)
    }

    /// Appends the line of a packet's record, with its line feed.
    func append(_ record: FaultRecord, to line: inout [UInt8]) {
        line.append(#"{"time_us":"#)
        line.append(decimal: record.timeUs)
        line.append(#","fault":""#)
        line += record.fault == FaultRecord.link ? Array("link".utf8) : faults[Int(record.fault)]
        line.append(#"","fate":""#)
        line.append(contentsOf: record.fate.rawValue.utf8)
        line.append(#"","reason":""#)
        line += reasons[Int(record.reason)]
        line.append(#"","node":"#)
        line.append(decimal: Int64(record.node))
        line.append(#","direction":""#)
        line.append(record.isClientToBroker ? "clientToBroker" : "brokerToClient")
        line.append(#"","packet_index":"#)
        line.append(decimal: Int64(bitPattern: record.packetIndex))
        if record.hasDelay {
            line.append(#","delay_us":"#)
            line.append(decimal: record.delayUs)
        }
        if record.isTCP {
            line.append(#","connection":""#)
            line.append(address: record.source, port: record.sourcePort)
            line.append(">")
            line.append(address: record.destination, port: record.destinationPort)
            line.append(#"","sequence":"#)
            line.append(decimal: Int64(record.sequence))
        }
        line.append(#","length_bytes":"#)
        line.append(decimal: Int64(record.lengthBytes))
        if record.message != 0 {
            line.append(#","message":{"api":""#)
            if Self.apiNames.indices.contains(Int(record.apiKey)) {
                line += Self.apiNames[Int(record.apiKey)]
            } else {
                line.append("api ")
                line.append(decimal: Int64(record.apiKey))
            }
            line.append(
                record.message == 1
                    ? #"","kind":"request","correlation_id":"# : #"","kind":"response","correlation_id":"#)
            line.append(decimal: Int64(record.correlationID))
            line.append("}")
        }
        line.append("}\n")
    }

    private static func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.appendEscaped(text, to: &bytes)
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(decimal value: Int64) { JSONText.append(value, to: &self) }

    fileprivate mutating func append(address: UInt32, port: UInt16) {
        for shift in [UInt32(24), 16, 8, 0] {
            append(decimal: Int64(address >> shift & 0xFF))
            append(shift == 0 ? ":" : ".")
        }
        append(decimal: Int64(port))
    }
}
