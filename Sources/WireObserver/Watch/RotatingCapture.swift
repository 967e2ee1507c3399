import Glibc
import PacketWire

/// The packets of the last while in files, of which those around a finding stay.
///
/// Files are pieces of the kept time; one that is older than it, and has no finding near, is deleted.
public struct RotatingCapture: ~Copyable {
    private struct Piece {
        var path: String
        var firstNs: Int64
        var lastNs: Int64
        var bytes: Int
    }

    private let directory: String
    private let device: String
    private let linkType: LinkType
    private let keepNs: Int64
    private let mostBytes: Int
    private var writer: CaptureFileWriter?
    private var pieces: [Piece] = []
    private var number = 0
    private var findingNs: Int64 = .min
    /// Files around findings, oldest first, with the bytes of each.
    private var kept: [(path: String, bytes: Int)] = []

    /// - Parameters:
    ///   - directory: is made where it is not there.
    ///   - keepNs: how long before and after a finding packets are kept, in nanoseconds.
    ///   - mostBytes: what the kept files may take together; the oldest are deleted.
    /// - Throws: ``CaptureError`` when the directory cannot be made.
    public init(directory: String, device: String, linkType: LinkType, keepNs: Int64, mostBytes: Int) throws {
        guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
            throw CaptureError.system("create", directory, errno)
        }
        self.directory = directory
        self.device = device
        self.linkType = linkType
        self.keepNs = keepNs
        self.mostBytes = mostBytes
    }

    /// Files that stay, oldest first.
    public var keptFiles: [String] { kept.map(\.path) }

    /// Writes a packet.
    ///
    /// - Throws: ``CaptureError`` when a file cannot be written.
    public mutating func write(_ packet: CapturedPacket) throws {
        if let first = pieces.last?.firstNs, writer != nil, packet.timeNs - first >= keepNs / 2 { try endPiece() }
        if writer == nil {
            number += 1
            let digits = String(number)
            let name = "watch-" + String(repeating: "0", count: max(6 - digits.count, 0)) + digits + ".pcapng"
            pieces.append(
                Piece(path: directory + "/" + name, firstNs: packet.timeNs, lastNs: packet.timeNs, bytes: 0))
            writer = try CaptureFileWriter(
                path: directory + "/" + name, device: device, linkType: linkType, snapLength: 262_144, rotation: nil)
        }
        pieces[pieces.count - 1].lastNs = packet.timeNs
        pieces[pieces.count - 1].bytes += packet.bytes.count + 32
        try writer?.write(packet)
    }

    /// Something was found: what is there stays, and what comes for a while.
    public mutating func noteFinding(atNs timeNs: Int64) { findingNs = max(findingNs, timeNs) }

    /// Hands what is buffered to the kernel, and deletes what is old.
    ///
    /// - Throws: ``CaptureError`` when a file cannot be written.
    public mutating func settle(nowNs: Int64) throws {
        try writer?.flush()
        while let oldest = pieces.first, pieces.count > 1 || writer == nil {
            if findingNs > .min, oldest.lastNs >= findingNs - keepNs, oldest.firstNs <= findingNs + keepNs {
                kept.append((oldest.path, oldest.bytes))
            } else if oldest.lastNs < nowNs - 2 * keepNs {
                unlink(oldest.path)
            } else {
                break
            }
            pieces.removeFirst()
        }
        while kept.count > 1, kept.reduce(0, { $0 + $1.bytes }) > mostBytes { unlink(kept.removeFirst().path) }
    }

    /// Ends the last file; what is near a finding stays, the rest is deleted.
    ///
    /// - Throws: ``CaptureError`` when a file cannot be written.
    public mutating func finish() throws {
        try endPiece()
        try settle(nowNs: .max / 2)
    }

    private mutating func endPiece() throws {
        try writer?.flush()
        writer = nil
    }
}
