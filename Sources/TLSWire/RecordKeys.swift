import Crypto
import FoundationEssentials

/// The keys of one direction, and the number of the next record.
struct RecordKeys {
    private static let tagLength = 16

    private let suite: CipherSuite
    private let isTLS13: Bool
    private let key: SymmetricKey
    private let iv: [UInt8]
    private let secret: [UInt8]
    var sequence: UInt64 = 0

    /// TLS 1.3: of a traffic secret (RFC 8446, 7.3).
    init(secret: [UInt8], _ suite: CipherSuite) {
        self.suite = suite
        self.secret = secret
        isTLS13 = true
        key = SymmetricKey(
            data: KeyDerivation.expandLabel(secret, "key", length: suite.keyLength, suite.hash))
        iv = KeyDerivation.expandLabel(secret, "iv", length: 12, suite.hash)
    }

    private init(key: ArraySlice<UInt8>, iv: ArraySlice<UInt8>, _ suite: CipherSuite) {
        self.suite = suite
        secret = []
        isTLS13 = false
        self.key = SymmetricKey(data: Array(key))
        self.iv = Array(iv)
    }

    /// TLS 1.2: both directions of a master secret (RFC 5246, 6.3).
    static func ofMaster(
        _ master: [UInt8], clientRandom: [UInt8], serverRandom: [UInt8], _ suite: CipherSuite
    ) -> (client: RecordKeys, server: RecordKeys) {
        let (key, iv) = (suite.keyLength, suite.ivLength(isTLS13: false))
        let block = KeyDerivation.expand(
            master, label: "key expansion", seed: serverRandom + clientRandom, length: 2 * (key + iv), suite.hash)
        return (
            RecordKeys(key: block[..<key], iv: block[(2 * key)..<(2 * key + iv)], suite),
            RecordKeys(key: block[key..<(2 * key)], iv: block[(2 * key + iv)...], suite)
        )
    }

    /// Bytes of a record that are not content.
    var overhead: Int { 5 + Self.tagLength + (isTLS13 ? 1 : 12 - iv.count) }

    /// After a KeyUpdate (RFC 8446, 7.2).
    func updated() -> RecordKeys {
        let length = suite.hash == .sha256 ? 32 : 48
        return RecordKeys(
            secret: KeyDerivation.expandLabel(secret, "traffic upd", length: length, suite.hash), suite)
    }

    /// The content of a whole record; nil where the keys do not fit. The number of the next record is not moved on.
    func open(_ record: UnsafeRawBufferPointer) -> Data? {
        let explicit = isTLS13 ? 0 : 12 - iv.count
        let body = UnsafeRawBufferPointer(rebasing: record[5...]).bindMemory(to: UInt8.self)
        guard body.count >= explicit + Self.tagLength else { return nil }
        let end = body.count - Self.tagLength
        let cipher = UnsafeBufferPointer(rebasing: body[explicit..<end])
        let tag = UnsafeBufferPointer(rebasing: body[end...])
        let nonce = nonce(UnsafeBufferPointer(rebasing: body[..<explicit]))
        let header = isTLS13 ? Array(record[..<5]) : header(record, cipher.count)
        switch suite.cipher {
        case .aesGCM:
            guard let nonce = try? AES.GCM.Nonce(data: nonce),
                let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: cipher, tag: tag)
            else { return nil }
            return try? AES.GCM.open(box, using: key, authenticating: header)
        case .chaCha20Poly1305:
            guard let nonce = try? ChaChaPoly.Nonce(data: nonce),
                let box = try? ChaChaPoly.SealedBox(nonce: nonce, ciphertext: cipher, tag: tag)
            else { return nil }
            return try? ChaChaPoly.open(box, using: key, authenticating: header)
        }
    }

    /// The record's number over the derived bytes (RFC 8446, 5.3; RFC 7905, 2), or behind them what the record brings.
    private func nonce(_ explicit: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard explicit.isEmpty else { return iv + explicit }
        var nonce = iv
        for index in 0..<8 { nonce[4 + index] ^= UInt8(truncatingIfNeeded: sequence >> (56 - 8 * UInt64(index))) }
        return nonce
    }

    /// What TLS 1.2 authenticates with the content (RFC 5246, 6.2.3.3).
    private func header(_ record: UnsafeRawBufferPointer, _ length: Int) -> [UInt8] {
        withUnsafeBytes(of: sequence.bigEndian) { Array($0) } + record[..<3]
            + [UInt8(length >> 8), UInt8(length & 255)]
    }
}
