import EvidenceModel
import Foundation
import FoundationXML
import Reports
import Testing

/// The elements of a document with their attributes, as far as the two common JUnit schemas restrict them.
private final class Reader: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var children: [String] = []
        var text = ""
    }

    var finished: [Element] = []
    private var open: [Element] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if !open.isEmpty { open[open.count - 1].children.append(name) }
        open.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if !open.isEmpty { open[open.count - 1].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        finished.append(open.removeLast())
    }
}

private func read(_ results: RunResults) throws -> [Reader.Element] {
    let parser = XMLParser(data: Data(JUnitReport.xml(results).utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.finished
}

private let results = run([
    verdict("a"), verdict("b", outcome: .failed, survived: false), verdict("c", outcome: .inconclusive, survived: nil),
])

@Suite struct JUnitReportTests {
    /// The rules of Ant's schema, the stricter of the two: attributes required, order of children, and nothing but one
    /// outcome in a case.
    @Test func theFormIsThatOfTheCommonSchemas() throws {
        let elements = try read(results)
        let root = try #require(elements.last)
        #expect(root.name == "testsuites")
        #expect(root.attributes.isEmpty)
        #expect(root.children == ["testsuite", "testsuite", "testsuite"])
        for suite in elements where suite.name == "testsuite" {
            let needed = ["errors", "failures", "hostname", "id", "name", "package", "tests", "time", "timestamp"]
            #expect(suite.attributes.keys.sorted() == needed)
            #expect(suite.attributes["timestamp"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/) != nil)
            let cases = suite.children.filter { $0 == "testcase" }
            #expect(suite.children == ["properties"] + cases + ["system-out", "system-err"])
            #expect(suite.attributes["tests"] == String(cases.count))
        }
        for entry in elements where entry.name == "testcase" {
            #expect(entry.attributes.keys.sorted() == ["classname", "name", "time"])
            #expect(entry.children.count <= 1)
        }
        for entry in elements where ["failure", "error"].contains(entry.name) {
            #expect(entry.attributes.keys.sorted() == ["message", "type"])
        }
    }

    @Test func aCaseForEachExpectationAndOneForTheEvidence() throws {
        let elements = try read(results)
        #expect(elements.filter { $0.name == "testcase" }.count == 9)
        let suites = elements.filter { $0.name == "testsuite" }
        #expect(suites.map { $0.attributes["failures"] } == ["0", "2", "0"])
        #expect(suites.map { $0.attributes["errors"] } == ["0", "0", "3"])
        #expect(elements.filter { $0.name == "skipped" }.isEmpty, "inconclusive is never fine")
        let output = elements.filter { $0.name == "system-out" }[1].text
        #expect(output.contains("guilty batch: orders-1/seq -1"))
        #expect(output.contains("shown fault-0 drop"))
    }

    @Test func hostileTextComesBackAsText() throws {
        let elements = try read(run([hostileVerdict()]))
        #expect(elements.filter { $0.name == "script" || $0.name == "img" }.isEmpty)
        let failure = try #require(elements.first { $0.name == "failure" })
        #expect(failure.text.contains("</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>]]>"))
    }
}
