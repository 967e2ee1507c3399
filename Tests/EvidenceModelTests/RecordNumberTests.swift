import EvidenceModel
import Testing

/// The header by which a program numbers its records.
struct RecordNumberTests {
    @Test func whatIsWrittenIsRead() {
        let run = RecordNumber.run(seed: 0x3f9a)
        for number in [Int64(0), 17, 999_999_999_999] {
            let value = RecordNumber.value(run: run, number: number)
            #expect(RecordNumber.number(of: value.utf8, run: run) == number)
        }
        #expect(RecordNumber.value(run: run, number: 17) == "3f9a/17")
    }

    @Test(arguments: ["", "3f9a", "3f9a/", "3f9a/-1", "3f9a/1x", "3f9/1", "3f9a1", "3f9a/9999999999999999999"])
    func anythingElseIsNoNumber(value: String) {
        #expect(RecordNumber.number(of: value.utf8, run: "3f9a") == nil)
    }

    @Test func theLogSaysThatItsIdsAreNumbers() {
        for isNumbered in [false, true] {
            let account = LogAccount(endOffsets: ["t-0": 3], complete: true, isNumbered: isNumbered)
            let read = account.jsonLines().withUnsafeBufferPointer { LogAccount.read($0) }
            #expect(read.account == account && read.malformedLines == 0)
        }
    }
}
