import TLSWire

extension KeyLog {
    /// A key log as a file.
    ///
    /// - Throws: ``CaptureError`` when it cannot be read, or holds no secret.
    public init(file path: String) throws {
        self.init()
        let input = try CaptureInput(path: path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try input.read(into: $0) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        bytes.withUnsafeBytes { add($0) }
        guard !isEmpty else {
            throw CaptureError(
                "\(path): no secret of TLS in it; expected lines as SSLKEYLOGFILE has them: CLIENT_RANDOM, CLIENT_TRAFFIC_SECRET_0"
            )
        }
    }
}
