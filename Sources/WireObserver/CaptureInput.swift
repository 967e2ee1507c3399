import Glibc

/// The bytes of a capture file, unpacked on the way where the file is packed with gzip, zstd or lz4, as rotation scripts and
/// Wireshark leave them.
final class CaptureInput {
    private static let packedCapacity = 256 << 10

    private let path: String
    private let descriptor: Int32
    private var isFirst = true
    /// How the file is packed; nil: not at all, or nothing was read yet.
    private(set) var format: PackedFormat?
    private var unpacker: (any StreamUnpacker)?
    private var packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private var filled = 0
    /// The last piece filled all the room that there was: the unpacker may hold more.
    private var mayHoldMore = false

    /// Bytes of a packed stream are missing at its end: its writer was killed, or the copy was cut.
    private(set) var endsInsideStream = false

    /// Opens the file; `-` is standard input.
    ///
    /// - Throws: ``CaptureError`` when it cannot be opened.
    init(path: String) throws {
        self.path = path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CaptureError.system("open", path, errno) }
    }

    deinit {
        close(descriptor)
        packed.deallocate()
    }

    /// Fills some of `room`.
    ///
    /// - Returns: how many bytes; 0 at the end.
    /// - Throws: ``CaptureError`` when the file cannot be read or unpacked.
    func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        if unpacker == nil {
            let count = try take(into: room, atLeast: isFirst ? 4 : 1)
            guard isFirst, let format = PackedFormat(UnsafeRawBufferPointer(rebasing: room[..<count])) else {
                isFirst = false
                return count
            }
            isFirst = false
            self.format = format
            do {
                unpacker = try format.unpacker()
            } catch {
                throw CaptureError("\(path): \(error)")
            }
            packed = .allocate(byteCount: max(Self.packedCapacity, count), alignment: 16)
            packed.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<count]))
            filled = count
        }
        return try unpack(into: room)
    }

    private func unpack(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let unpacker else { return 0 }
        while true {
            if start == filled, !mayHoldMore {
                filled = try take(into: packed, atLeast: 1)
                start = 0
                guard filled > 0 else {
                    endsInsideStream = !unpacker.isBetweenStreams
                    return 0
                }
            }
            let input = UnsafeRawBufferPointer(rebasing: packed[start..<filled])
            let (taken, made): (Int, Int)
            do {
                (taken, made) = try unpacker.unpack(input, into: room)
            } catch {
                throw CaptureError("\(path): \(error)")
            }
            start += taken
            mayHoldMore = made == room.count
            if made > 0 { return made }
            // Nothing taken and nothing made of what is there: a part of something that the next bytes complete.
            if taken == 0, start < filled { throw CaptureError("\(path): the packed bytes make no sense") }
        }
    }

    private func take(into room: UnsafeMutableRawBufferPointer, atLeast: Int) throws -> Int {
        var count = 0
        while count < atLeast {
            let taken = Glibc.read(descriptor, room.baseAddress! + count, room.count - count)
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw CaptureError.system("read", path, errno) }
            if taken == 0 { break }
            count += taken
        }
        return count
    }
}
