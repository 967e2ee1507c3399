/// The cipher suites that can be read: those with authenticated encryption of TLS 1.2 and 1.3 (RFC 5288, 5289, 7905, 8446).
struct CipherSuite: Equatable {
    enum Cipher: Equatable { case aesGCM, chaCha20Poly1305 }
    enum Hash: Equatable { case sha256, sha384 }

    var cipher: Cipher
    var keyLength: Int
    var hash: Hash

    /// - Parameter number: as IANA's registry of cipher suites has it; nil for those that cannot be read.
    init?(_ number: UInt16) {
        switch number {
        case 0x1301, 0x009c, 0x009e, 0x00a2, 0xc02b, 0xc02d, 0xc02f, 0xc031, 0x00a8, 0x00aa, 0xd001:
            self.init(cipher: .aesGCM, keyLength: 16, hash: .sha256)
        case 0x1302, 0x009d, 0x009f, 0x00a3, 0xc02c, 0xc02e, 0xc030, 0xc032, 0x00a9, 0x00ab, 0xd002:
            self.init(cipher: .aesGCM, keyLength: 32, hash: .sha384)
        case 0x1303, 0xcca8...0xccae:
            self.init(cipher: .chaCha20Poly1305, keyLength: 32, hash: .sha256)
        default: return nil
        }
    }

    private init(cipher: Cipher, keyLength: Int, hash: Hash) {
        self.cipher = cipher
        self.keyLength = keyLength
        self.hash = hash
    }

    /// Length of what is derived for a nonce: TLS 1.2's GCM sends the rest with each record (RFC 5288, 3).
    func ivLength(isTLS13: Bool) -> Int { cipher == .aesGCM && !isTLS13 ? 4 : 12 }
}
