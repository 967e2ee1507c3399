import EvidenceModel
import Testing

@testable import Reports

private func style(_ width: Int = 120, colours: Bool = false) -> TerminalStyle {
    TerminalStyle(isTerminal: true, colours: colours, unicode: true, width: width)
}

private let results = run([
    verdict(
        "a", outcome: .failed, survived: false,
        parameters: ["producer.config.enable.idempotence": "false", "producer.client": "librdkafka"],
        reason: "40 duplicates, first: orders-1 batch at seq -1, record 127 at offsets 88 and 121"),
    verdict(
        "b", parameters: ["producer.config.enable.idempotence": "true", "producer.client": "librdkafka"]),
    verdict("c", scenario: "second", outcome: .inconclusive, survived: nil, reason: "proves nothing"),
])

@Suite struct ResultTableTests {
    /// Of a suite only the end is in sight: what is wrong stands there too, gravest first, and what to do about it.
    @Test func whatIsWrongStandsAtTheEndOfASuite() {
        let style = TerminalStyle(isTerminal: false, colours: false, unicode: true, width: 100)
        var late = verdict("c", scenario: "busy", outcome: .inconclusive, survived: nil, reason: "proves nothing")
        late.doubts = ["the link itself was late: p99 20 ms, budget 10 ms"]
        let bad = verdict(
            "b", scenario: "broken", outcome: .failed, survived: false, parameters: ["producer.config.acks": "1"],
            reason: "40 duplicates")
        let text = ResultTable(run([verdict("a", scenario: "fine"), late, bad]), style: style).text()
        #expect(
            text.hasSuffix(
                """
                ✗ broken: acks=1  40 duplicates
                ? busy  proves nothing
                  A link is late when the machine is busy: run fewer cells at a time (--jobs), or nothing beside
                  them.

                3 cells: 1 passed, 1 failed, 1 inconclusive  seed 42

                """))
        let fine = ResultTable(run([verdict("a", scenario: "x"), verdict("b", scenario: "y")]), style: style).text()
        #expect(!fine.contains("--jobs"))
    }

    @Test func aRowForEachCellWithItsNumbersReasonAndExpectations() {
        let text = ResultTable(results, style: style()).text()
        #expect(
            text == """
                scenario
                  A claim of scenario.
                  cell                                        survived        acked  lost  dup  reord  seq err  failed  resent  dedup
                ✗ client=librdkafka enable.idempotence=false        no  20000/20000     0   40      0        0       0       3      3
                    40 duplicates, first: orders-1 batch at seq -1, record 127 at offsets 88 and 121
                    ✗ survives: true (line 12): it did not survive
                    ✗ duplicates: "== 0" (line 13): 40
                ✓ client=librdkafka enable.idempotence=true        yes  20000/20000     0    0      0        0       0       3      3
                    survived: 20000 of 20000 acknowledged
                    ✓ survives: true (line 12): it survived
                    ✓ duplicates: "== 0" (line 13): 0

                second
                  A claim of second.
                  cell  survived        acked  lost  dup  reord  seq err  failed  resent  dedup  rec/s  p99 ms  send p99  recov ms
                ? c            –  20000/20000     0    0      0        0       0       3      3   4988    1012      25.5      12.5
                    proves nothing
                    ? survives: true (line 12): not measured
                    ? duplicates: "== 0" (line 13): 0
                    ? doubt: the capture lost 12 packets

                ✗ scenario: client=librdkafka enable.idempotence=false  40 duplicates, first: orders-1 batch at seq -1, record 127 at o…
                ? second  proves nothing

                3 cells: 1 passed, 1 failed, 1 inconclusive  seed 42

                """)
    }

    @Test(arguments: [60, 80, 100, 120, 200])
    func noLineIsWiderThanTheTerminal(width: Int) {
        let text = ResultTable(results, style: style(width)).text()
        for line in text.split(separator: "\n") { #expect(TextWidth.of(String(line)) <= width, "\(line)") }
        #expect(text.contains("survived") || width < 60)
    }

    @Test func coloursOnlyWhereWanted() {
        #expect(!ResultTable(results, style: style()).text().contains("\u{1b}"))
        #expect(ResultTable(results, style: style(colours: true)).text().contains("\u{1b}[31m✗\u{1b}[0m"))
    }

    @Test func textFromOutsideCannotCommandTheTerminal() {
        let text = ResultTable(run([hostileVerdict()]), style: style()).text()
        for scalar in text.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7f && scalar.value != 0x202e)
        }
    }
}

@Suite struct TerminalStyleTests {
    @Test func environmentDecides() {
        func detect(_ environment: [String: String], _ isTerminal: Bool = true) -> TerminalStyle {
            TerminalStyle.detect(environment: environment, isTerminal: isTerminal, width: isTerminal ? 90 : 0)
        }
        #expect(detect([:]).colours)
        #expect(detect([:]).width == 90)
        #expect(!detect(["NO_COLOR": "1"]).colours)
        #expect(detect(["NO_COLOR": ""]).colours)
        #expect(!detect(["TERM": "dumb"]).isTerminal)
        #expect(!detect([:], false).colours)
        #expect(detect([:], false).width == 120)
        #expect(detect(["COLUMNS": "70"], false).width == 70)
        #expect(detect(["CLICOLOR_FORCE": "1"], false).colours)
        #expect(!detect(["LANG": "C"]).unicode)
        #expect(detect(["LANG": "en_GB.UTF-8"]).unicode)
    }
}

@Suite struct TextWidthTests {
    @Test func widths() {
        #expect(TextWidth.of("abc") == 3)
        #expect(TextWidth.of("é✓") == 2)
        #expect(TextWidth.of("漢字") == 4)
        #expect(TextWidth.cut("漢字漢字", 5) == "漢字…")
        #expect(TextWidth.cut("abc", 3) == "abc")
        #expect(TextWidth.wrap("aa bb cccccc d", 4) == ["aa", "bb", "cccc", "cc d"])
        #expect(TextWidth.wrap("", 4) == [])
    }

    @Test func numbers() {
        #expect(Numbers.text(12) == "12")
        #expect(Numbers.text(0.424) == "0.42")
        #expect(Numbers.text(12.34) == "12.3")
        #expect(Numbers.text(-1234.5) == "-1235")
        #expect(Numbers.text(.nan) == "–")
        #expect(Numbers.fixed(1.005, 3) == "1.005")
        #expect(Numbers.fixed(-0.001, 1) == "0.0")
    }
}
