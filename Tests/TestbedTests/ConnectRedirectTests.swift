import Foundation
import Testing

@testable import Testbed

/// Which addresses are changed, and that nothing else of them is.
@Suite struct ConnectRedirectTests {
    private let target = TunDevice.parse("198.18.1.1")

    private func ipv4(_ host: [UInt8], port: UInt16) -> [UInt8] {
        [UInt8(AF_INET), 0, UInt8(port >> 8), UInt8(port & 255)] + host + [1, 2, 3, 4, 5, 6, 7, 8]
    }

    private func ipv6(_ host: [UInt8], port: UInt16) -> [UInt8] {
        [UInt8(AF_INET6), 0, UInt8(port >> 8), UInt8(port & 255), 9, 9, 9, 9] + host + [7, 0, 0, 0]
    }

    @Test func theLoopbackOfAnExposedPortLeadsElsewhere() {
        let changed = SocketAddressBytes(ipv4([127, 0, 0, 1], port: 9092)).redirected(ports: [80, 9092], to: target)
        #expect(changed == ipv4([198, 18, 1, 1], port: 9092))
        let zeros = [UInt8](repeating: 0, count: 10)
        let mapped = zeros + [0xff, 0xff, 198, 18, 1, 1]
        for host in [zeros + [0, 0, 0, 0, 0, 1], zeros + [0xff, 0xff, 127, 0, 0, 1]] {
            let changed = SocketAddressBytes(ipv6(host, port: 443)).redirected(ports: [443], to: target)
            #expect(changed == ipv6(mapped, port: 443))
        }
    }

    @Test func everythingElseStaysAsItIs() {
        let zeros = [UInt8](repeating: 0, count: 16)
        let unix = Array("\u{1}\u{0}/run/some.socket.of.a.name".utf8)
        for bytes in [
            ipv4([127, 0, 0, 1], port: 9093), ipv4([127, 0, 0, 2], port: 9092), ipv4([198, 18, 1, 1], port: 9092),
            ipv6(zeros, port: 9092), ipv6([1] + zeros.dropFirst(), port: 9092), unix, [],
            Array(ipv4([127, 0, 0, 1], port: 9092).prefix(15)),
            Array(ipv6(zeros.dropLast() + [1], port: 9092).prefix(27)),
        ] {
            #expect(SocketAddressBytes(bytes).redirected(ports: [9092], to: target) == nil, "\(bytes)")
        }
    }
}
