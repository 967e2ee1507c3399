import Testing

@testable import Reports

@Suite struct MarkupTests {
    @Test func everythingWithAMeaningIsEscaped() {
        #expect(Markup.escape("<a href=\"x\">&'</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;")
        #expect(Markup.escape("é✓漢\t\n") == "é✓漢\t\n")
        #expect(Markup.escape("\u{0}\u{1b}\u{202e}\u{fffe}\u{85}\r") == "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} ")
    }

    @Test func anchorsKeepDifferentTextsDifferent() {
        let texts = ["a b", "a_b", "a/b", "a_20b", "é", "", "a\"b"]
        #expect(Set(texts.map(Markup.anchor)).count == texts.count)
        for text in texts { #expect(!Markup.anchor(text).contains("\"")) }
    }

    @Test func pathsCannotLeaveTheirPlace() {
        #expect(Markup.path("s/a b.pcapng") == "s/a%20b.pcapng")
        #expect(Markup.path("javascript:x") == "javascript%3Ax")
        #expect(Markup.path("a?b#c%") == "a%3Fb%23c%25")
    }

    @Test func calendar() {
        #expect(UTCTime.text(0) == "1970-01-01 00:00:00 UTC")
        #expect(UTCTime.iso(1_795_550_981_063_000) == "2026-11-24T20:09:41")
        #expect(UTCTime.iso(951_782_400_000_000) == "2000-02-29T00:00:00")
        #expect(UTCTime.iso(4_107_542_399_000_000) == "2100-02-28T23:59:59")
    }
}
