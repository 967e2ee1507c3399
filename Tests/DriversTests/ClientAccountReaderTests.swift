import EvidenceModel
import Testing

@testable import Drivers

@Suite struct ClientAccountReaderTests {
    private func read(_ text: String, records: Int = 3, topics: Int = 1) -> ClientAccount {
        Array(text.utf8).withUnsafeBytes { ClientAccountReader.read($0, records: records, topics: topics) }
    }

    @Test func aSessionBecomesAnAccount() {
        let account = read(DriverLineScannerTests.session)
        #expect(account.client == "librdkafka 2.0.2")
        #expect(account.finished)
        #expect(account.malformedLines == 0)
        #expect(account.errors.map(\.name) == ["_ALL_BROKERS_DOWN"])
        #expect(account.errorNames == ["_MSG[TIMED]_OUT"])
        var first = ClientAccount.Record()
        first.sentUs = 1_700_000_000_000_010
        first.outcome = .acknowledged
        first.reportedUs = 1_700_000_000_000_100
        first.partition = 0
        first.offset = 7
        #expect(account.records[0] == first)
        var second = ClientAccount.Record()
        second.sentUs = 1_700_000_000_000_020
        second.outcome = .indeterminate
        second.reportedUs = 1_700_000_000_000_200
        second.partition = 1
        second.error = 0
        #expect(account.records[1] == second)
        #expect(account.records[2].outcome == .none)
        #expect(account.records[2].partition == 2)
    }

    @Test func truncationAtEveryByteIsACrashAndNotAMalformedLine() {
        let bytes = Array(DriverLineScannerTests.session.utf8)
        for cut in 0..<bytes.count {
            let account = bytes[..<cut].withUnsafeBytes { ClientAccountReader.read($0, records: 3, topics: 1) }
            #expect(account.malformedLines == 0, "cut at \(cut)")
            #expect(!account.finished, "cut at \(cut)")
        }
    }

    @Test func anUnpersistedFailureIsDistinguished() {
        let account = read(
            """
            {"type":"sent","topic":0,"rows":[[0,0,10],[1,0,11]]}
            {"type":"failed","topic":0,"rows":[[0,0,20,"A","not_persisted"],[1,-1,21,"B","indeterminate"]]}

            """)
        #expect(account.records[0].outcome == .notPersisted)
        #expect(account.records[1].outcome == .indeterminate)
        #expect(account.records[1].partition == 0)
        #expect(account.errorNames == ["A", "B"])
        #expect(account.records.map(\.error) == [0, 1, -1])
    }

    @Test(arguments: [
        ("an id beyond the workload", #"{"type":"sent","topic":0,"rows":[[3,0,10]]}"#),
        ("a negative id", #"{"type":"sent","topic":0,"rows":[[-1,0,10]]}"#),
        ("an id beyond 64 bits", #"{"type":"sent","topic":0,"rows":[[18446744073709551616,0,10]]}"#),
        ("a topic that is not there", #"{"type":"sent","topic":1,"rows":[[0,0,10]]}"#),
        ("a row too short", #"{"type":"sent","topic":0,"rows":[[0,0]]}"#),
        ("a fraction", #"{"type":"sent","topic":0,"rows":[[0,0,1.5]]}"#),
        ("no time", #"{"type":"sent","topic":0,"rows":[[0,0,0]]}"#),
        ("sent twice", #"{"type":"sent","topic":0,"rows":[[0,0,10],[0,0,11]]}"#),
        (
            "two outcomes",
            """
            {"type":"sent","topic":0,"rows":[[0,0,10]]}
            {"type":"acknowledged","topic":0,"rows":[[0,0,1,20],[0,0,1,21]]}
            """
        ),
        ("an outcome of a record never sent", #"{"type":"acknowledged","topic":0,"rows":[[0,0,1,20]]}"#),
        (
            "an unknown persistence",
            """
            {"type":"sent","topic":0,"rows":[[0,0,10]]}
            {"type":"failed","topic":0,"rows":[[0,0,20,"A","perhaps"]]}
            """
        ),
        ("totals that do not match", #"{"type":"done","time_us":1,"sent":1,"acknowledged":0,"failed":0}"#),
        ("an unknown type", #"{"type":"acked","topic":0,"rows":[]}"#),
        (
            "a line after done",
            """
            {"type":"done","time_us":1,"sent":0,"acknowledged":0,"failed":0}
            {"type":"ready","time_us":1}
            """
        ),
        ("no JSON", "Exception in thread main"),
    ])
    func aContradictionIsCounted(what: String, lines: String) {
        #expect(read(lines + "\n").malformedLines == 1, "\(what)")
    }

    @Test func goodRowsOfABadLineStay() {
        let account = read(#"{"type":"sent","topic":0,"rows":[[0,0,10],[9,0,11],[1,0,12]]}"# + "\n")
        #expect(account.records.map(\.sentUs) == [10, 12, 0])
        #expect(account.malformedLines == 1)
    }

    @Test func everyPrefixAndEveryFlippedByteOfALineIsSurvived() {
        for text in DriverLineScannerTests.session.split(separator: "\n") {
            let bytes = Array(text.utf8)
            for cut in 0..<bytes.count {
                let account = read(String(decoding: bytes[..<cut], as: UTF8.self) + "\n")
                #expect(account.malformedLines == 1, "\(text) cut at \(cut)")
            }
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes + [0x0a]
                    changed[index] ^= 1 << bit
                    _ = changed.withUnsafeBytes { ClientAccountReader.read($0, records: 3, topics: 1) }
                }
            }
        }
    }

    /// Numbers that fit 64 bits and nothing else: a sum with any of them would leave them.
    @Test(arguments: [
        #"{"type":"sent","topic":0,"rows":[[0,0,1760000000000000000]]}"#,
        #"{"type":"sent","topic":0,"rows":[[0,0,9223372036854775807]]}"#,
        #"{"type":"sent","topic":0,"rows":[[0,0,-1]]}"#,
        #"{"type":"acknowledged","topic":0,"rows":[[0,0,9223372036854775807,10]]}"#,
        #"{"type":"began","time_us":1760000000000000000}"#,
        #"{"type":"ready","time_us":9223372036854775807}"#,
        #"{"type":"done","time_us":1,"sent":9223372036854775807,"acknowledged":0,"failed":0}"#,
    ])
    func aNumberThatNothingCanHaveIsAMalformedLine(line: String) {
        let account = read(line + "\n")
        #expect(account.malformedLines > 0)
        #expect(account.firstMalformed?.contains(" no ") == true, "\(account.firstMalformed ?? "")")
        var scanner = DriverLineScanner()
        _ = scanner.feed(Array((line + "\n").utf8))
        #expect(scanner.firstSentUs == nil)
    }

    @Test func theUsualMistakeIsNamed() {
        let account = read(#"{"type":"sent","topic":0,"rows":[[0,0,1760000000000000000]]}"# + "\n")
        #expect(account.firstMalformed == "1760000000000000000 is no time in microseconds since the epoch")
    }
}
