import PacketWire

/// A capture file read packet by packet, for a watch.
public enum CaptureReplay {
    /// Passes every packet to `body`, in the order of the file; its bytes are valid during the call.
    ///
    /// - Throws: ``CaptureError`` when the file cannot be read or is no capture; what `body` throws.
    public static func forEachPacket(of path: String, _ body: (CapturedPacket) throws -> Void) throws {
        let reader = try CaptureFileReader(path: path)
        while let packet = try reader.next() { try body(packet) }
    }
}
