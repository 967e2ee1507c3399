import KafkaWire

/// Packs bytes with a codec, in the framing that Java clients use, for a broker that must store or hand on records in
/// another format with the codec that the producer chose.
///
/// zstd is not written: no format that is converted to knows it.
public enum Compressor {
    /// `bytes` packed with `codec`; nil for zstd, and when there is no memory for it.
    public static func compress(_ bytes: [UInt8], _ codec: Compression) -> [UInt8]? {
        switch codec {
        case .none: bytes
        case .gzip: Gzip.compress(bytes)
        case .snappy: Snappy.compress(bytes)
        case .lz4: LZ4.compress(bytes)
        case .zstd: nil
        }
    }
}
