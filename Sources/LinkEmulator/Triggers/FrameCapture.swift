import Glibc

/// The messages whose bodies triggers have to see, gathered until their last byte. One for each direction of a
/// connection; memory only where it is used, and kept for the next message.
struct FrameCapture: ~Copyable {
    /// What is kept of one message: its first part, which holds everything but the last batches of a huge request.
    static let longest = 2 << 20

    struct Entry: BitwiseCopyable {
        var bytes: UnsafeMutableRawPointer?
        var capacity: Int
        var count: Int
        var isActive: Bool
        /// Length that the message declared.
        var length: Int
        var found: FoundMessage
    }

    private let memory: LazyArray<Entry>

    init(connections: Int) throws { memory = try LazyArray(count: connections * 2) }

    deinit {
        for at in 0..<memory.count where memory.base[at].capacity > 0 { free(memory.base[at].bytes) }
    }

    private var entries: UnsafeMutablePointer<Entry> { memory.base }

    private func index(_ flow: Flow) -> Int { flow.entry * 2 + (flow.isUp ? 0 : 1) }

    /// The gathered message; nil when none is wanted.
    func active(_ flow: Flow) -> Entry? {
        let entry = entries[index(flow)]
        return entry.isActive ? entry : nil
    }

    /// Begins with the header that the frame cursor has read.
    func begin(_ flow: Flow, _ header: FrameHeader, _ found: FoundMessage) {
        let at = index(flow)
        entries[at].count = 0
        entries[at].isActive = true
        entries[at].length = Int(header.length)
        entries[at].found = found
        if flow.isUp {
            let first = UInt32(UInt16(bitPattern: header.apiKey)) << 16 | UInt32(UInt16(bitPattern: header.apiVersion))
            append(big: first, at)
        }
        append(big: UInt32(bitPattern: header.correlationID), at)
    }

    private func append(big value: UInt32, _ at: Int) {
        withUnsafeBytes(of: value.bigEndian) { append($0, at) }
    }

    /// Adds bytes of the body.
    func append(_ bytes: UnsafeRawBufferPointer, _ flow: Flow) { append(bytes, index(flow)) }

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
    func end(_ flow: Flow) { entries[index(flow)].isActive = false }
}
