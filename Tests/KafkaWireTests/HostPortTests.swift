import KafkaWire
import Testing

/// Places as people write them: names, addresses, IPv6 in brackets; everything else is none.
struct HostPortTests {
    @Test(arguments: [
        ("localhost:9092", "localhost", 9092), ("198.18.1.1:1", "198.18.1.1", 1), ("[::1]:65535", "::1", 65_535),
        ("kafka-1.example:19092", "kafka-1.example", 19092),
    ])
    func placesAreRead(_ text: String, _ host: String, _ port: Int) throws {
        let place = try #require(HostPort(text))
        #expect(place == HostPort(host: host, port: UInt16(port)))
        #expect(place.description == text)
    }

    @Test(arguments: [
        "", ":", "host", "host:", ":9092", "host:0", "host:65536", "host:-1", "host:+1", "host: 1", "host:1x",
        "::1:9092",
        "[]:1", "host:٣",
    ])
    func whatIsNoPlaceIsRefused(_ text: String) { #expect(HostPort(text) == nil) }

    @Test func aListenerMayAskForAnyPort() {
        #expect(HostPort("127.0.0.1:0", ports: 0...UInt16.max) == HostPort(host: "127.0.0.1", port: 0))
    }

    @Test func aListIsWholeOrNone() {
        #expect(HostPort.list("a:1,b:2") == [HostPort(host: "a", port: 1), HostPort(host: "b", port: 2)])
        #expect(HostPort.list("a:1,") == nil)
        #expect(HostPort.list("") == nil)
    }
}
