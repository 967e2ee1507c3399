import Crypto
import FoundationEssentials

/// How keys are made of secrets.
enum KeyDerivation {
    /// P_hash of RFC 5246, 5.
    static func expand(_ secret: [UInt8], label: String, seed: [UInt8], length: Int, _ hash: CipherSuite.Hash)
        -> [UInt8]
    {
        let seed = Array(label.utf8) + seed
        var a = seed
        var bytes: [UInt8] = []
        while bytes.count < length {
            a = code(a, secret, hash)
            bytes += code(a + seed, secret, hash)
        }
        return Array(bytes.prefix(length))
    }

    /// HKDF-Expand-Label of RFC 8446, 7.1, with an empty context.
    static func expandLabel(_ secret: [UInt8], _ label: String, length: Int, _ hash: CipherSuite.Hash) -> [UInt8] {
        let full = Array(("tls13 " + label).utf8)
        let info = [UInt8(length >> 8), UInt8(length & 255), UInt8(full.count)] + full + [0]
        var bytes: [UInt8] = []
        var last: [UInt8] = []
        var counter: UInt8 = 1
        while bytes.count < length {
            last = code(last + info + [counter], secret, hash)
            bytes += last
            counter += 1
        }
        return Array(bytes.prefix(length))
    }

    private static func code(_ bytes: [UInt8], _ key: [UInt8], _ hash: CipherSuite.Hash) -> [UInt8] {
        switch hash {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
        case .sha384: Array(HMAC<SHA384>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
        }
    }
}
