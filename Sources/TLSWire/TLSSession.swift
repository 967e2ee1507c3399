import FoundationEssentials

/// One TLS connection as a capture shows it: what its handshake says in the clear, and with its secrets what it carries.
///
/// TLS 1.2 and 1.3 with AES-GCM and ChaCha20-Poly1305. Takes both directions in order, in pieces of any size; bytes that are
/// missing are passed by ``miss(_:fromClient:)``, after which the next whole record is found again by its number.
///
/// Panic contract: no input makes it trap; memory is bounded by the largest record and handshake message.
public final class TLSSession {
    /// What a stretch of the stream turned out to be.
    public enum Piece {
        /// So many bytes that are no content: headers, tags, handshake.
        case skipped(Int)
        /// Content, in order.
        case content(UnsafeRawBufferPointer)
        /// So many bytes of content never came.
        case missing(Int)
    }

    /// Why a connection's content cannot be read.
    public enum Obstacle: Equatable, Sendable {
        /// The key log has no secret for its client random.
        case noSecret
        /// Its version or cipher suite is not one that can be read.
        case unsupported
        /// The handshake, or too much of the connection, is not in the capture.
        case notCaptured
        /// The secret does not fit, or what follows is no TLS.
        case undecryptable
    }

    /// One direction.
    final class Half {
        /// The part of a record that has come.
        var pending: [UInt8] = []
        /// The part of a handshake message that has come.
        var message: [UInt8] = []
        var keys: RecordKeys?
        /// TLS 1.3: those that follow the handshake's.
        var traffic: RecordKeys?
        /// TLS 1.2: ChangeCipherSpec went by.
        var isChanged = false
        var sentFinished = false
        /// Bytes missing since the last whole record, while the next is looked for.
        var lost: Int?
    }

    private static let longestRecord = 5 + 16_384 + 2048
    static let longestMessage = 1 << 18
    /// Header, two bytes, their type and the tag.
    static let protectedAlertLength = 5 + 2 + 1 + 16

    let ring: KeyRing
    let client = Half()
    let server = Half()
    /// What the handshake said.
    public internal(set) var handshake = TLSHandshake()
    /// Why it is not read any more; nil while it is.
    public internal(set) var obstacle: Obstacle?
    var timeNs: Int64 = 0
    var serverRandom: [UInt8] = []
    var clientSession: [UInt8] = []
    var serverSession: [UInt8] = []
    var ticket: [UInt8] = []
    var newTicket: [UInt8] = []
    var master: [UInt8] = []
    var isKeyed = false

    /// A connection of which nothing was seen.
    public init(ring: KeyRing) { self.ring = ring }

    var isTLS13: Bool { handshake.version == 0x0304 }

    /// Takes the next bytes of one direction.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, fromClient: Bool, timeNs: Int64, emit: (Piece) -> Void
    ) {
        self.timeNs = timeNs
        let half = fromClient ? client : server
        var offset = 0
        while obstacle == nil, offset < bytes.count {
            if half.lost != nil {
                half.pending.append(contentsOf: bytes[offset...])
                return resynchronise(half, fromClient, emit)
            }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            if half.pending.isEmpty {
                guard rest.count >= 5 else { return half.pending.append(contentsOf: rest) }
                guard let length = length(rest) else { return give(up: .undecryptable) }
                guard rest.count >= length else { return half.pending.append(contentsOf: rest) }
                take(UnsafeRawBufferPointer(rebasing: rest[..<length]), half, fromClient, emit)
                offset += length
            } else {
                offset += complete(half, rest, fromClient, emit)
            }
        }
    }

    /// So many bytes of one direction are not in the capture.
    public func miss(_ count: Int, fromClient: Bool) {
        let half = fromClient ? client : server
        guard handshake.progress == .done, half.keys != nil || half.traffic != nil else {
            return give(up: .notCaptured)
        }
        half.lost = (half.lost ?? 0) + half.pending.count + count
        half.pending.removeAll()
        half.message.removeAll()
    }

    func give(up reason: Obstacle) {
        obstacle = obstacle ?? reason
        for half in [client, server] {
            half.pending = []
            half.message = []
        }
    }

    /// The length of a record with its header (RFC 8446, 5.1); nil where none begins.
    private func length(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (20...24).contains(bytes[0]), bytes[1] == 3, bytes[2] <= 4 else { return nil }
        let length = 5 + (Int(bytes[3]) << 8 | Int(bytes[4]))
        return length <= Self.longestRecord ? length : nil
    }

    /// Adds to a record that has begun; returns how many bytes were taken.
    private func complete(
        _ half: Half, _ rest: UnsafeRawBufferPointer, _ fromClient: Bool, _ emit: (Piece) -> Void
    ) -> Int {
        var taken = 0
        if half.pending.count < 5 {
            taken = min(5 - half.pending.count, rest.count)
            half.pending.append(contentsOf: rest[..<taken])
            guard half.pending.count == 5 else { return taken }
        }
        guard let length = half.pending.withUnsafeBytes({ length($0) }) else {
            give(up: .undecryptable)
            return taken
        }
        let more = min(length - half.pending.count, rest.count - taken)
        half.pending.append(contentsOf: rest[taken..<taken + more])
        guard half.pending.count == length else { return taken + more }
        var record: [UInt8] = []
        swap(&record, &half.pending)
        record.withUnsafeBytes { take($0, half, fromClient, emit) }
        if half.pending.isEmpty {
            record.removeAll(keepingCapacity: true)
            half.pending = record
        }
        return taken + more
    }

    // MARK: Records

    private func take(
        _ record: UnsafeRawBufferPointer, _ half: Half, _ fromClient: Bool, _ emit: (Piece) -> Void
    ) {
        let isProtected = isTLS13 ? record[0] == 23 : half.isChanged
        guard isProtected else {
            emit(.skipped(record.count))
            clear(record, half, fromClient)
            return
        }
        noteProtected(half, fromClient, record)
        guard obstacle == nil else { return }
        guard let content = open(record, half) else {
            // Early data, or the handshake without its secrets.
            emit(.skipped(record.count))
            if handshake.progress == .done, half.traffic == nil || !isTLS13 { give(up: .undecryptable) }
            return
        }
        accept(content, record, half, fromClient, emit)
    }

    private func open(_ record: UnsafeRawBufferPointer, _ half: Half) -> Data? {
        if let content = half.keys?.open(record) {
            half.keys?.sequence += 1
            return content
        }
        guard var traffic = half.traffic, let content = traffic.open(record) else { return nil }
        traffic.sequence += 1
        half.keys = traffic
        half.traffic = nil
        return content
    }

    /// Reads what a record held.
    private func accept(
        _ content: Data, _ record: UnsafeRawBufferPointer, _ half: Half, _ fromClient: Bool, _ emit: (Piece) -> Void
    ) {
        content.withUnsafeBytes { bytes in
            var type = record[0]
            var count = bytes.count
            if isTLS13 {
                // The type stands behind the content, then zeros (RFC 8446, 5.2).
                while count > 0, bytes[count - 1] == 0 { count -= 1 }
                guard count > 0 else { return emit(.skipped(record.count)) }
                count -= 1
                type = bytes[count]
            }
            let body = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            guard type == 23 else {
                emit(.skipped(record.count))
                if type == 21 { note(alert: body, fromClient) }
                if type == 22 { messages(body, half, fromClient) }
                return
            }
            emit(.skipped(record.count - count))
            if count > 0 { emit(.content(body)) }
        }
    }

    // MARK: After a gap

    /// Looks for a whole record that the keys open, with the number of one of the next.
    private func resynchronise(_ half: Half, _ fromClient: Bool, _ emit: (Piece) -> Void) {
        if half.keys == nil, let traffic = half.traffic { half.keys = traffic }
        guard let keys = half.keys else { return give(up: .notCaptured) }
        var record: [UInt8] = []
        swap(&record, &half.pending)
        record.withUnsafeBytes { bytes in
            var at = 0
            while let lost = half.lost, bytes.count - at >= 5 {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
                guard rest[0] == 23, rest[1] == 3, rest[2] == 3, let length = length(rest) else {
                    at += 1
                    continue
                }
                guard rest.count >= length else { break }
                let candidate = UnsafeRawBufferPointer(rebasing: rest[..<length])
                guard let passed = passed(candidate, keys, lost + at) else {
                    at += 1
                    continue
                }
                half.lost = nil
                half.keys?.sequence += UInt64(passed)
                let frames = min(passed * keys.overhead, lost + at)
                emit(.skipped(frames))
                emit(.missing(lost + at - frames))
                feed(rest, fromClient: fromClient, timeNs: timeNs, emit: emit)
                return
            }
            half.lost = half.lost.map { $0 + at }
            half.pending.append(contentsOf: bytes[at...])
        }
    }

    /// How many records were lost before this one; nil where it is none that the keys open.
    private func passed(_ record: UnsafeRawBufferPointer, _ keys: RecordKeys, _ lost: Int) -> Int? {
        var keys = keys
        for count in 0...min(lost / keys.overhead + 1, 256) {
            if keys.open(record) != nil { return count }
            keys.sequence += 1
        }
        return nil
    }
}
