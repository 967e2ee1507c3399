import Glibc
import PacketWire

/// Writes pcapng files and rotates them.
///
/// Only whole blocks are handed to the kernel, so that a file is readable wherever its writer was killed.
struct CaptureFileWriter: ~Copyable {
    /// When a new file is begun, and how many are kept.
    struct Rotation {
        var afterBytes: Int
        var keep: Int
    }

    private static let flushBytes = 256 << 10

    private let path: String
    private let device: String
    private let linkType: LinkType
    private let snapLength: UInt32
    private let rotation: Rotation?
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    private var fileBytes = 0
    private var fileNumber = 0
    /// Files that exist, oldest first.
    private(set) var files: [String] = []
    private(set) var bytesWritten: UInt64 = 0

    init(path: String, device: String, linkType: LinkType, snapLength: UInt32, rotation: Rotation?) throws {
        self.path = path
        self.device = device
        self.linkType = linkType
        self.snapLength = snapLength
        self.rotation = rotation
        buffer.reserveCapacity(2 * Self.flushBytes)
        try openNext()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    mutating func write(_ packet: CapturedPacket) throws {
        PcapngEncoder.packet(
            timeNs: packet.timeNs, bytes: packet.bytes, originalLength: packet.originalLength, into: &buffer)
        if buffer.count >= Self.flushBytes { try flush() }
    }

    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        var offset = 0
        while offset < buffer.count {
            let written = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw CaptureError.system("write", files.last ?? path, errno) }
            offset += written
        }
        fileBytes += buffer.count
        bytesWritten += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
        if let rotation, fileBytes >= rotation.afterBytes { try openNext() }
    }

    /// Writes the statistics block that ends the last file.
    mutating func finish(timeNs: Int64, received: UInt64, droppedByInterface: UInt64, droppedByKernel: UInt64) throws {
        PcapngEncoder.statistics(
            timeNs: timeNs, received: received, droppedByInterface: droppedByInterface,
            droppedByKernel: droppedByKernel, into: &buffer)
        try flush()
    }

    private mutating func openNext() throws {
        fileNumber += 1
        let name = fileNumber == 1 ? path : Self.numbered(path, fileNumber)
        let opened = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw CaptureError.system("create", name, errno) }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        fileBytes = 0
        files.append(name)
        if let rotation, files.count > max(rotation.keep, 1) { unlink(files.removeFirst()) }
        PcapngEncoder.section(into: &buffer)
        PcapngEncoder.interface(name: device, linkType: linkType, snapLength: snapLength, into: &buffer)
        // The header goes out at once: the file is a capture from its first moment on.
        let count = buffer.count
        let written = buffer.withUnsafeBytes { Glibc.write(opened, $0.baseAddress!, $0.count) }
        guard written == count else { throw CaptureError.system("write", name, errno) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// `client.pcapng` becomes `client-0002.pcapng`.
    static func numbered(_ path: String, _ number: Int) -> String {
        let digits = String(number)
        let suffix = "-" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        guard let dot = path.lastIndex(of: "."), path[dot...].contains("/") == false else { return path + suffix }
        return path[..<dot] + suffix + path[dot...]
    }
}
