import EvidenceModel
import Foundation
import Testing

@testable import Drivers

@Suite struct DriverCommandTests {
    @Test func aConfigureLineHasEveryField() {
        let configuration = DriverConfiguration(
            bootstrap: "198.18.1.1:9092", config: ["acks": "all", "ssl.ca.location": "/a/b"],
            topics: [.init(name: "orders", partitions: 3)], records: 20000, rateRecordsPerS: 5000, sizeBytes: 512)
        #expect(
            String(decoding: DriverCommand.configure(configuration).line, as: UTF8.self)
                == #"{"bootstrap":"198.18.1.1:9092","config":{"acks":"all","ssl.ca.location":"/a/b"},"#
                + #""partitioner":"round-robin","protocol":1,"rate_records_per_s":5000,"records":20000,"#
                + #""size_bytes":512,"topics":[{"name":"orders","partitions":3}],"type":"configure"}"# + "\n")
    }

    @Test func aConfigureLineCanBeReadBack() throws {
        let configuration = DriverConfiguration(
            bootstrap: "h:1", config: ["a": "x\ny\"é"], topics: [.init(name: "t", partitions: 1)], records: 1,
            rateRecordsPerS: nil, sizeBytes: 16, partitioner: .client)
        let line = DriverCommand.configure(configuration).line
        #expect(String(decoding: line, as: UTF8.self).contains(#""rate_records_per_s":null"#))
        #expect(line.filter { $0 == 0x0a }.count == 1)
        #expect(try JSONDecoder().decode(DriverConfiguration.self, from: Data(line)) == configuration)
    }

    @Test func startAndStop() {
        #expect(DriverCommand.start.line == Array("{\"type\":\"start\"}\n".utf8))
        #expect(DriverCommand.stop.line == Array("{\"type\":\"stop\"}\n".utf8))
    }
}
