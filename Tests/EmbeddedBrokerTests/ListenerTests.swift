import Glibc
import Testing

@testable import EmbeddedBroker

@Suite struct ListenerTests {
    /// Binds a port as anybody else would; 0 when it worked, else the error number.
    private func take(_ port: Int) -> Int32 {
        Self.withSocket(at: port) { bind($0, $1, $2) }
    }

    @Test func aPortIsKeptWhileItsNodeIsAwayAndGivenBackAtTheEnd() throws {
        let listener = try Listener(.address(host: "127.0.0.1", port: 0))
        #expect(take(listener.port) == EADDRINUSE)
        #expect(throws: ListenError.self) { try Listener(.address(host: "127.0.0.1", port: listener.port)) }
        listener.release()
        #expect(take(listener.port) == 0)
    }

    @Test func aNodeComesBackAtItsPortAsOftenAsItGoes() async throws {
        let cluster = try await EmbeddedCluster.start(
            BrokerConfiguration(nodes: [
                .init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
            ]))
        let port = try cluster.port(of: 1)
        for _ in 0..<20 {
            try cluster.stop(node: 1, .kill)
            #expect(take(port) == EADDRINUSE)
            try cluster.start(node: 1)
        }
        await cluster.shutdown()
        #expect(take(port) == 0)
    }

    /// A child that is forked while a node restarts holds copies of its sockets until it runs its program.
    @Test func aForkedChildDoesNotKeepANodeFromComingBack() async throws {
        let cluster = try await EmbeddedCluster.start(
            BrokerConfiguration(nodes: [
                .init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
            ]))
        let port = try cluster.port(of: 1)
        // Copies of the node's sockets, as such a child has them; of no other test's.
        let copies = (3..<4096).filter { Self.port(of: $0) == port }.map { dup($0) }
        #expect(!copies.isEmpty)
        try cluster.stop(node: 1, .kill)
        #expect(Self.connect(port) == ECONNREFUSED)
        try cluster.start(node: 1)
        #expect(Self.connect(port) == 0)
        await cluster.shutdown()
        #expect(Self.connect(port) == ECONNREFUSED)
        for copy in copies { close(copy) }
    }

    private static func port(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return named == 0 && address.sin_family == sa_family_t(AF_INET) ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// Connects; 0 when it worked, else the error number.
    private static func connect(_ port: Int) -> Int32 {
        withSocket(at: port) { Glibc.connect($0, $1, $2) }
    }

    /// Does something with a new socket and a port of 127.0.0.1; 0 when it worked, else the error number.
    private static func withSocket(
        at port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}
