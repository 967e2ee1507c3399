import EvidenceModel
import Testing

@testable import Drivers

@Suite struct DriverLineScannerTests {
    static let session = """
        {"type":"hello","protocol":1,"driver":"d","client":"librdkafka","version":"2.0.2"}
        {"type":"ready","time_us":1700000000000000}
        {"type":"sent","topic":0,"rows":[[0,0,1700000000000010],[1,1,1700000000000020]]}
        {"type": "sent", "topic": 0, "rows": [ [ 2 , 2 , 1700000000000030 ] ]}
        {"rows":[[0,0,7,1700000000000100]],"topic":0,"type":"acknowledged"}
        {"type":"failed","topic":0,"rows":[[1,1,1700000000000200,"_MSG[TIMED]_OUT","indeterminate"]]}
        {"type":"error","time_us":1700000000000300,"name":"_ALL_BROKERS_DOWN","message":"1/1 \\"down\\"\\u00e9","fatal":false}
        {"type":"log","time_us":1700000000000301,"level":"warning","message":"FAIL"}
        {"type":"done","time_us":1700000000000400,"sent":3,"acknowledged":1,"failed":1}

        """

    static let expected: [DriverMessage] = [
        .hello(DriverHello(version: 1, driver: "d", client: "librdkafka", clientVersion: "2.0.2")),
        .ready(timeUs: 1_700_000_000_000_000),
        .error(
            ClientError(
                timeUs: 1_700_000_000_000_300, name: "_ALL_BROKERS_DOWN", message: "1/1 \"down\"é", fatal: false)),
        .log(DriverLog(timeUs: 1_700_000_000_000_301, level: "warning", message: "FAIL")),
        .done(DriverDone(timeUs: 1_700_000_000_000_400, sent: 3, acknowledged: 1, failed: 1)),
    ]

    @Test func aSessionInOneChunk() {
        var scanner = DriverLineScanner()
        #expect(scanner.feed(Array(Self.session.utf8)) == Self.expected)
        #expect(scanner.counters == DriverCounters(sent: 3, acknowledged: 1, failed: 1))
        #expect(scanner.malformedLines == 0)
        #expect(!scanner.hasUnfinishedLine)
        #expect(scanner.firstSentUs == 1_700_000_000_000_010)
    }

    @Test func aSessionInTwoChunksCutAtEveryByte() {
        let bytes = Array(Self.session.utf8)
        for cut in 0...bytes.count {
            var scanner = DriverLineScanner()
            let messages = scanner.feed(Array(bytes[..<cut])) + scanner.feed(Array(bytes[cut...]))
            #expect(messages == Self.expected, "cut at \(cut)")
            #expect(scanner.counters == DriverCounters(sent: 3, acknowledged: 1, failed: 1), "cut at \(cut)")
        }
    }

    @Test func aSessionByteByByte() {
        var scanner = DriverLineScanner()
        var messages: [DriverMessage] = []
        for byte in Self.session.utf8 { messages += scanner.feed([byte]) }
        #expect(messages == Self.expected)
        #expect(scanner.counters == DriverCounters(sent: 3, acknowledged: 1, failed: 1))
    }

    @Test func aMessageComesWithItsLastByteAndNotBefore() {
        var scanner = DriverLineScanner()
        let line = Array(#"{"type":"ready","time_us":1700000000000000}"#.utf8)
        #expect(scanner.feed(line).isEmpty)
        #expect(scanner.hasUnfinishedLine)
        #expect(scanner.feed([0x0a]) == [.ready(timeUs: 1_700_000_000_000_000)])
    }

    @Test(arguments: [
        "", "x", "[]", "{}", "null", "{\"type\":1}", "{\"type\":\"acknowleged\",\"topic\":0,\"rows\":[]}",
        #"{"type":"ready"}"#, #"{"type":"ready","time_us":1.5}"#, #"{"type":"ready","time_us":99999999999999999999}"#,
        #"{"type":"sent","rows":[]}"#, #"{"type":"sent","topic":0}"#, #"{"type":"sent","topic":0,"rows":[[}"#,
        #"{"type":"sent","topic":0,"rows":[[[1]]]}"#, #"{"type":"sent","topic":0,"rows":{}}"#,
        #"{"type":"hello","protocol":1}"#, #"{"type":"error","time_us":1,"name":"a","message":"b","fatal":"no"}"#,
        #"{"type":"log","time_us":1,"level":"a","message":"\u12"}"#,
        #"{"type":"log","time_us":1,"level":"a","message":"\"#,
        #"{"type":"ready","time_us":1} x"#, "\u{0}\u{1}\u{ff}", "{\"type\":\"done\",\"time_us\":1,\"sent\":1}",
        String(repeating: "[", count: 5000), "{\"x\":" + String(repeating: "[", count: 5000),
    ])
    func aHostileLineIsCountedAndTheNextOneRead(line: String) {
        var scanner = DriverLineScanner()
        let messages = scanner.feed(Array((line + "\n" + #"{"type":"ready","time_us":5}"# + "\n").utf8))
        #expect(scanner.malformedLines == 1)
        #expect(messages.count == 2)
        #expect(messages.last == .ready(timeUs: 5))
    }

    @Test func unknownKeysAreSteppedOver() {
        var scanner = DriverLineScanner()
        let line = #"{"future":{"a":[1,2.5e3,null,true,"]}"]},"type":"ready","time_us":5}"# + "\n"
        #expect(scanner.feed(Array(line.utf8)) == [.ready(timeUs: 5)])
    }

    @Test func anEndlessLineDoesNotFillTheMemory() {
        var scanner = DriverLineScanner()
        let chunk = [UInt8](repeating: 0x20, count: 1 << 20)
        for _ in 0..<20 { _ = scanner.feed(chunk) }
        #expect(scanner.malformedLines == 1)
        #expect(scanner.feed(Array("\n{\"type\":\"ready\",\"time_us\":5}\n".utf8)) == [.ready(timeUs: 5)])
    }
}
