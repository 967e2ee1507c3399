import Glibc

/// The messages whose bodies triggers have to see, gathered until their last byte. One for each direction of a
/// connection; memory only where it is used, and kept for the next message.
struct FrameCapture {
    /// What is kept of one message: its first part, which holds everything but the last batches of a huge request.
    static let longest = 2 << 20

    struct Entry: BitwiseCopyable {
        var bytes: UnsafeMutableRawPointer?
        var capacity: Int
        var count: Int
        var isActive: Bool
        /// Length that the message declared.
        var length: Int
        /// Sequence numbers of its first byte and behind its last.
        var start: UInt32
        var end: UInt32
        var message: SeenMessage
    }

    private let memory: LazyMemory
    private let entries: UnsafeMutablePointer<Entry>
    private let slots: Int

    init(connections: Int) throws {
        slots = connections * 2
        memory = try LazyMemory(bytes: slots * MemoryLayout<Entry>.stride)
        entries = memory.array(of: Entry.self)
    }

    private func index(_ connection: Int, _ isUp: Bool) -> Int { connection * 2 + (isUp ? 0 : 1) }

    /// The gathered message; nil when none is wanted.
    func active(_ connection: Int, isUp: Bool) -> Entry? {
        let entry = entries[index(connection, isUp)]
        return entry.isActive ? entry : nil
    }

    /// Begins with the header that the frame cursor has read.
    func begin(
        _ connection: Int, header: FrameHeader, message: SeenMessage, start: UInt32, end: UInt32
    ) {
        let at = index(connection, message.isRequest)
        entries[at].count = 0
        entries[at].isActive = true
        entries[at].length = Int(header.length)
        entries[at].start = start
        entries[at].end = end
        entries[at].message = message
        if message.isRequest {
            let first = UInt32(UInt16(bitPattern: header.apiKey)) << 16 | UInt32(UInt16(bitPattern: header.apiVersion))
            append(big: first, at)
        }
        append(big: UInt32(bitPattern: header.correlationID), at)
    }

    private func append(big value: UInt32, _ at: Int) {
        withUnsafeBytes(of: value.bigEndian) { append($0, at) }
    }

    /// Adds bytes of the body.
    func append(_ bytes: UnsafeRawBufferPointer, _ connection: Int, isUp: Bool) {
        append(bytes, index(connection, isUp))
    }

    private func append(_ bytes: UnsafeRawBufferPointer, _ at: Int) {
        let room = min(bytes.count, Self.longest - entries[at].count)
        guard room > 0, let source = bytes.baseAddress else { return }
        let needed = entries[at].count + room
        if needed > entries[at].capacity {
            let capacity = min(max(needed, entries[at].capacity * 2, 4096), Self.longest)
            guard let grown = realloc(entries[at].bytes, capacity) else { return }
            entries[at].bytes = grown
            entries[at].capacity = capacity
        }
        guard let target = entries[at].bytes else { return }
        (target + entries[at].count).copyMemory(from: source, byteCount: room)
        entries[at].count = needed
    }

    /// Ends a message, complete or not.
    func end(_ connection: Int, isUp: Bool) { entries[index(connection, isUp)].isActive = false }

    func free() {
        for at in 0..<slots where entries[at].capacity > 0 { Glibc.free(entries[at].bytes) }
        memory.free()
    }
}
