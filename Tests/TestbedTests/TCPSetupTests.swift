import Foundation
import Glibc
import Testing

@testable import Testbed

/// TCP of a cell is what the scenario says, on a machine of any kind.
@Suite(.enabled(if: Privilege.canCreateDevices, Comment(rawValue: Privilege.reason)))
struct TCPSetupTests {
    private func setup(_ congestion: String, _ values: [(name: String, value: String)] = []) -> TCPSetup {
        TCPSetup(congestion: congestion, needed: values, known: [("no_such_file_of_any_kernel", "1")])
    }

    /// The congestion control of a connection that begins in a namespace, and of what it says of a file.
    private func seen(_ namespace: NetworkNamespace, to address: String) throws -> String {
        try namespace.run {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            defer { close(socket) }
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = UInt16(9092).bigEndian
            inet_pton(AF_INET, address, &name.sin_addr)
            _ = withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            var text = [UInt8](repeating: 0, count: 16)
            var length = socklen_t(text.count)
            guard getsockopt(socket, Int32(IPPROTO_TCP), 13, &text, &length) == 0 else { return "errno \(errno)" }
            return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Every one that the kernel has, also where the machine allows it nobody as a default.
    @Test func connectionsHaveTheCongestionControlThatWasAskedFor() throws {
        let available = TCPSetup.available
        #expect(available.contains("reno"))
        for name in available {
            let testbed = try CellTestbed(nodes: 1, tcp: (setup(name), setup("reno")))
            #expect(try seen(testbed.client, to: CellTestbed.nodeAddress(1)) == name)
            #expect(try seen(testbed.nodes[0], to: CellTestbed.clientAddress) == "reno")
        }
    }

    @Test func aNamespaceKeepsWhatIsWritten() throws {
        let values = [(name: "tcp_rmem", value: "4096 70000 800000"), (name: "tcp_syn_retries", value: "2")]
        let testbed = try CellTestbed(nodes: 1, tcp: (setup("reno", values), setup("reno")))
        let read = try testbed.client.run { try String(contentsOfFile: "/proc/sys/net/ipv4/tcp_rmem", encoding: .utf8) }
        #expect(read == "4096\t70000\t800000\n")
        #expect(try testbed.nodes[0].run { TCPSetup.number("ipv4/tcp_syn_retries") } != 2)
    }

    @Test func whatTheKernelHasNotIsSaid() throws {
        #expect(throws: MissingCongestionControl(name: "nosuch", available: TCPSetup.available)) {
            _ = try CellTestbed(nodes: 1, tcp: (setup("nosuch"), setup("reno")))
        }
        #expect(throws: TestbedError.self) {
            _ = try CellTestbed(nodes: 1, tcp: (setup("reno", [("no_such_file", "1")]), setup("reno")))
        }
        #expect(throws: TestbedError.self, "a value that the kernel refuses") {
            _ = try CellTestbed(nodes: 1, tcp: (setup("reno", [("tcp_syn_retries", "900")]), setup("reno")))
        }
    }
}
