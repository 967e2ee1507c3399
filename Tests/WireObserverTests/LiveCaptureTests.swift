import Foundation
import Glibc
import PacketWire
import Synchronization
import Testing

@testable import WireObserver

@Suite(
    .enabled(if: getuid() == 0, "capturing needs CAP_NET_RAW; run the tests as root: sudo -E make test"), .serialized)
struct LiveCaptureTests {
    /// Sends numbered datagrams to a port of the loopback device that nobody listens on.
    private struct Sender: ~Copyable {
        private let descriptor: Int32
        let port: UInt16

        init() {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var address = Self.loopback(port: 0)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            }
            self.descriptor = descriptor
            port = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(descriptor) }

        func send(_ range: Range<UInt32>, size: Int) {
            var bytes = [UInt8](repeating: 0x55, count: size)
            var address = Self.loopback(port: port)
            for number in range {
                withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(0..<4, with: $0) }
                withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                        _ = sendto(
                            descriptor, bytes, bytes.count, 0, target, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
        }

        private static func loopback(port: UInt16) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return address
        }
    }

    private static func temporary(_ name: String) -> String {
        let path = FileManager.default.temporaryDirectory.path + "/crosswind-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path + "/" + name
    }

    /// Numbers of the datagrams to `port` that a file holds.
    private static func numbers(in files: [String], port: UInt16) throws -> [UInt32] {
        var numbers: [UInt32] = []
        for file in files {
            _ = try CaptureFileReader(path: file).forEachPacket { packet in
                // Ethernet header, IPv4 header of 20 bytes, UDP.
                let bytes = packet.bytes
                guard packet.linkType == .ethernet, bytes.count >= 46, bytes[23] == 17 else { return }
                guard UInt16(bytes[36]) << 8 | UInt16(bytes[37]) == port else { return }
                numbers.append(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 42, as: UInt32.self)))
            }
        }
        return numbers
    }

    @Test func everyPacketBetweenStartAndStopIsInTheFile() throws {
        let path = Self.temporary("lo.pcapng")
        let sender = Sender()
        let capture = try LiveCapture.start(device: "lo", path: path)
        sender.send(0..<3000, size: 1000)
        let statistics = try capture.stop()
        #expect(try Self.numbers(in: statistics.files, port: sender.port) == Array(0..<3000))
        #expect(statistics.dropped == 0)
        #expect(statistics.received >= 3000)
        #expect(statistics.written >= 3000)
    }

    @Test func rotatesAndLosesNothing() throws {
        let path = Self.temporary("lo.pcapng")
        let sender = Sender()
        var options = LiveCapture.Options()
        options.rotateAfterBytes = 1 << 20
        let capture = try LiveCapture.start(device: "lo", path: path, options: options)
        sender.send(0..<4000, size: 1000)
        let statistics = try capture.stop()
        #expect(statistics.files.count > 2)
        #expect(statistics.files.dropFirst().first?.hasSuffix("lo-0002.pcapng") == true)
        #expect(try Self.numbers(in: statistics.files, port: sender.port) == Array(0..<4000))
    }

    @Test func aFileIsReadableWhileItIsWritten() throws {
        let path = Self.temporary("lo.pcapng")
        let capture = try LiveCapture.start(device: "lo", path: path)
        var packets = 0
        let end = try CaptureFileReader(path: path).forEachPacket { _ in packets += 1 }
        #expect(end == .whole)
        _ = try capture.stop()
    }

    @Test func enterRunsOnTheCapturingThreadAndItsErrorIsThrown() throws {
        struct Refused: Error, Equatable {}
        #expect(throws: Refused.self) {
            try LiveCapture.start(device: "lo", path: Self.temporary("x.pcapng"), enter: { throw Refused() })
        }
        let thread = Mutex<pthread_t?>(nil)
        let capture = try LiveCapture.start(
            device: "lo", path: Self.temporary("lo.pcapng"),
            enter: { thread.withLock { $0 = pthread_self() } })
        _ = try capture.stop()
        let other = thread.withLock { $0 }
        #expect(other != nil && other != pthread_self())
    }

    @Test func anUnknownDeviceIsNamed() {
        let error = #expect(throws: CaptureError.self) {
            try LiveCapture.start(device: "no-such-device", path: Self.temporary("x.pcapng"))
        }
        #expect(error?.description.contains("no-such-device") == true)
    }
}
