import Glibc
import Testing

@testable import Testbed

@Suite(.enabled(if: Privilege.canCreateDevices, Comment(rawValue: Privilege.reason)))
struct NetworkNamespaceTests {
    @Test func startsWithLoopbackUpAndNoRoute() throws {
        let namespace = try NetworkNamespace(name: "test")
        let table = try namespace.run { try text(of: "/proc/thread-self/net/dev") }
        #expect(table.contains("lo:"))
        #expect(!table.contains("eth"))
        // A route is a line after the heading. Without one, nothing inside can reach anything.
        let routes = try namespace.run { try text(of: "/proc/thread-self/net/route") }
        #expect(routes.split(separator: "\n").count <= 1)
        let error = try namespace.run { sendProbe(to: "198.18.9.9") }
        #expect(error == ENETUNREACH)
    }

    @Test func threadsOutsideStayWhereTheyAre() throws {
        let before = try text(of: "/proc/thread-self/net/dev").split(separator: "\n").count
        let namespace = try NetworkNamespace(name: "test")
        _ = try TunDevice(name: "tun0", address: "198.18.0.1", namespace: namespace, networks: [])
        let after = try text(of: "/proc/thread-self/net/dev").split(separator: "\n").count
        #expect(before == after)
    }

    @Test func errorsInsideReachTheCaller() throws {
        let namespace = try NetworkNamespace(name: "test")
        let failure = TestbedError(operation: "try", subject: "something", errorNumber: EPERM, remedy: "do that")
        #expect(throws: failure) { try namespace.run { throw failure } }
        #expect(failure.description == "try something: Operation not permitted; do that")
    }
}

@Suite(.enabled(if: Privilege.canCreateDevices, Comment(rawValue: Privilege.reason)))
struct TunDeviceTests {
    @Test func whatTheNamespaceSendsIsReadFromTheDescriptor() throws {
        let namespace = try NetworkNamespace(name: "test")
        let device = try TunDevice(
            name: "tun0", address: "198.18.0.1", namespace: namespace, networks: [("198.18.0.0", 15)])
        defer { close(device.descriptor) }
        #expect(try namespace.run { sendProbe(to: "198.18.5.6") } == 0)
        var packet = [UInt8](repeating: 0, count: 2048)
        let length = read(device.descriptor, &packet, packet.count)
        #expect(length == 28 + 5)
        #expect(packet[0] == 0x45)
        #expect(Array(packet[12..<20]) == [198, 18, 0, 1, 198, 18, 5, 6])
        #expect(try device.droppedPackets().received == 0)
    }

    @Test func aSecondDeviceOfTheSameNameIsRefused() throws {
        let namespace = try NetworkNamespace(name: "test")
        let first = try TunDevice(name: "tun0", address: "198.18.0.1", namespace: namespace, networks: [])
        defer { close(first.descriptor) }
        #expect(throws: TestbedError.self) {
            try TunDevice(name: "tun0", address: "198.18.0.2", namespace: namespace, networks: [])
        }
    }

    @Test func masksAreInNetworkByteOrder() {
        #expect(TunDevice.mask(15).bigEndian == 0xfffe_0000)
        #expect(TunDevice.mask(32) == .max)
        #expect(TunDevice.mask(0) == 0)
        #expect(TunDevice.parse("198.18.0.1").bigEndian == 0xc612_0001)
        #expect(TunDevice.parse("nonsense") == 0)
    }
}

@Suite(.enabled(if: Privilege.canCreateDevices, Comment(rawValue: Privilege.reason)))
struct ListeningSocketTests {
    @Test func theSamePortListensInTwoNamespacesAndIsBusyInOne() throws {
        let first = try NetworkNamespace(name: "first")
        let second = try NetworkNamespace(name: "second")
        let one = try ListeningSocket.open(address: "127.0.0.1", port: 9092, namespace: first)
        let two = try ListeningSocket.open(address: "127.0.0.1", port: 9092, namespace: second)
        defer {
            close(one.descriptor)
            close(two.descriptor)
        }
        #expect(one.port == 9092 && two.port == 9092)
        #expect(throws: TestbedError.self) {
            try ListeningSocket.open(address: "127.0.0.1", port: 9092, namespace: first)
        }
    }
}

private func text(of path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TestbedError(operation: "open", subject: path, errorNumber: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let length = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(length, 0)), as: UTF8.self)
}

/// Sends a UDP datagram of five bytes; answers the error number, 0 when it was sent.
private func sendProbe(to address: String) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = UInt16(9).bigEndian
    name.sin_addr.s_addr = TunDevice.parse(address)
    let sent = withUnsafePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            sendto(descriptor, "probe", 5, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return sent < 0 ? errno : 0
}
