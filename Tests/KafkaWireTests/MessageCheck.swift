import KafkaWire
import Testing

/// What every message must do at every version.
enum MessageCheck {
    /// What is written is read back, and no prefix of it is read as a whole message.
    ///
    /// - Parameter dropsFields: the last version no longer has a field that the message holds for an earlier one.
    static func roundTrip<M: KafkaMessage & Equatable>(_ message: M, dropsFields: Bool = false) throws {
        for version in M.versions {
            var writer = ByteWriter()
            try message.write(to: &writer, version: version)
            let bytes = writer.bytes
            try bytes.withUnsafeBytes { raw in
                var reader = ByteReader(raw)
                let decoded = try M(from: &reader, version: version)
                #expect(reader.remaining == 0, "\(M.self) v\(version) leaves bytes")
                var again = ByteWriter()
                try decoded.write(to: &again, version: version)
                #expect(again.bytes == bytes, "\(M.self) v\(version)")
                if version == M.versions.upperBound, !dropsFields {
                    #expect(decoded == message, "\(M.self) v\(version)")
                }
                for end in 0..<raw.count {
                    var cut = ByteReader(UnsafeRawBufferPointer(rebasing: raw[..<end]))
                    #expect(throws: KafkaWireError.self, "\(M.self) v\(version) cut at \(end)") {
                        _ = try M(from: &cut, version: version)
                    }
                }
            }
        }
    }
}
