import Glibc
import PacketWire

/// Why a capture file could not be read or written.
public struct CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What failed, on what, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }

    static func system(_ action: String, _ path: String, _ code: Int32) -> CaptureError {
        CaptureError("cannot \(action) \(path): \(String(cString: strerror(code)))")
    }
}

/// Reads a capture file packet by packet through one buffer, so that a file of any size takes little memory.
///
/// A file that ends in the middle of a block, as one does whose writer was killed, is read to its last whole block.
final class CaptureFileReader {
    /// How a file ended.
    enum End: Equatable {
        case whole
        /// The last block was not complete; this many bytes of it are there.
        case truncated(Int)
        /// Something impossible at this byte; nothing behind it was read.
        case damaged(Int)
    }

    private static let initialCapacity = 256 << 10

    private let path: String
    private let input: CaptureInput
    // See CaptureObserver: checks for overlapping access on every packet cost more than the parsing.
    @exclusivity(unchecked) private var buffer: UnsafeMutableRawBufferPointer
    @exclusivity(unchecked) private var start = 0
    @exclusivity(unchecked) private var filled = 0
    @exclusivity(unchecked) private var parser = CaptureParser()

    /// What the capturing kernel dropped, as far as the file says.
    var droppedByKernel: UInt64 { parser.droppedByKernel }

    /// Names of the interfaces, as far as the file says.
    var interfaceNames: [String] { parser.interfaceNames }

    /// Opens the file.
    ///
    /// - Throws: ``CaptureError`` when it cannot be opened.
    init(path: String) throws {
        self.path = path
        input = try CaptureInput(path: path)
        buffer = .allocate(byteCount: Self.initialCapacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Takes the TLS secrets that the file brings itself, before the packets that follow them.
    var onSecrets: ((UnsafeRawBufferPointer) -> Void)?

    private func handOverSecrets() {
        let secrets = parser.takeSecrets()
        secrets.withUnsafeBytes { onSecrets?($0) }
    }

    /// How the file ended; nil while it has not.
    @exclusivity(unchecked) private(set) var end: End?

    /// The next packet; its bytes are valid until the next call. Nil at the end, which ``end`` then describes.
    ///
    /// - Throws: ``CaptureError`` when the file cannot be read or is no capture.
    func next() throws -> CapturedPacket? {
        while end == nil {
            let view = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
            let step: CaptureParser.Step
            do throws(CaptureFormatError) {
                step = try parser.next(in: view, at: &start)
            } catch {
                switch error {
                case .notACapture: throw CaptureError("\(path): \(error)")
                case .damaged(let byte):
                    end = .damaged(byte)
                    return nil
                }
            }
            switch step {
            case .packet(let packet):
                if parser.hasSecrets { handOverSecrets() }
                return packet
            case .needMore(let count):
                if try fill(atLeast: count) { continue }
                guard parser.isRecognised else {
                    throw CaptureError("\(path): \(strangeness)")
                }
                end =
                    filled > start || parser.isInsideSkippedBlock || input.endsInsideStream
                    ? .truncated(filled - start) : .whole
            }
        }
        return nil
    }

    /// Why a file that has ended without being recognised is no capture.
    private var strangeness: String {
        guard let format = input.format else {
            return filled == 0
                ? "the file is empty; nothing was captured" : "\(CaptureFormatError.notACapture(compression: nil))"
        }
        return input.endsInsideStream
            ? "the \(format) stream ends before a capture begins in it: the file was cut, or is damaged"
            : "what is packed in it by \(format) is neither a pcap nor a pcapng file"
    }

    /// Passes every packet to `body`; its bytes are valid during the call only.
    ///
    /// - Throws: ``CaptureError`` when the file cannot be read or is no capture.
    func forEachPacket(_ body: (CapturedPacket) -> Void) throws -> End {
        while let packet = try next() { body(packet) }
        return end ?? .whole
    }

    /// Reads on until `count` bytes from `start` are there; false at the end of the file.
    private func fill(atLeast count: Int) throws -> Bool {
        let rest = filled - start
        if rest > 0, start > 0 {
            let base = buffer.baseAddress!
            memmove(base, base + start, rest)
        }
        start = 0
        filled = rest
        if count > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count + Self.initialCapacity, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
            buffer.deallocate()
            buffer = larger
        }
        while filled < count {
            let taken = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if taken == 0 { return false }
            filled += taken
        }
        return true
    }
}
