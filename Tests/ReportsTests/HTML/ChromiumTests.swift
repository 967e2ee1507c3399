import Foundation
import Reports
import Testing

private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// What a browser makes of a page: the document after loading, and what it logged.
private struct Loaded {
    var dom: String
    var log: String

    init(_ html: String) throws {
        let directory = FileManager.default.temporaryDirectory.path + "/crosswind-html-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let page = directory + "/report.html"
        try Data(html.utf8).write(to: URL(fileURLWithPath: page))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: chromium ?? "")
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
            "--user-data-dir=\(directory)/profile", "--dump-dom", "file://\(page)",
        ]
        try Data().write(to: URL(fileURLWithPath: directory + "/out"))
        try Data().write(to: URL(fileURLWithPath: directory + "/err"))
        process.standardOutput = FileHandle(forWritingAtPath: directory + "/out")
        process.standardError = FileHandle(forWritingAtPath: directory + "/err")
        try process.run()
        process.waitUntilExit()
        dom = try String(contentsOfFile: directory + "/out", encoding: .utf8)
        log = try String(contentsOfFile: directory + "/err", encoding: .utf8)
    }

    /// Lines that a page caused: errors, refusals by the page's policy, output of a script.
    var consoleLines: [Substring] { log.split(separator: "\n").filter { $0.contains("CONSOLE") } }
}

@Suite(.serialized, .enabled(if: chromium != nil, "needs a browser: apt-get install chromium"))
struct ChromiumTests {
    @Test func aBrowserFindsNothingToComplainAbout() throws {
        let run = drawnRun()
        let page = try Loaded(run.html)
        #expect(page.consoleLines.isEmpty, "\(page.consoleLines)")
        #expect(occurrences("<details class=\"cell\"", in: page.dom) == run.results.cells.count)
        #expect(occurrences("<svg", in: page.dom) == occurrences("<svg", in: run.html))
        #expect(page.dom.contains("class=\"ladder\""))
        #expect(page.dom.hasSuffix("</body></html>\n"), "the markup closes what it opens")
    }

    @Test func hostileTextMakesNoElement() throws {
        var report = HTMLReport(run([hostileVerdict()]))
        let page = try Loaded(report.html())
        #expect(page.consoleLines.isEmpty, "\(page.consoleLines)")
        #expect(!page.dom.contains("<script"))
        #expect(!page.dom.contains("<img"))
        #expect(!page.dom.contains("onerror=\""))
    }

    /// Shows that the test above can fail.
    @Test func anElementThatThePolicyForbidsWouldBeSeen() throws {
        var report = HTMLReport(run([verdict()]))
        let html = report.html().replacingOccurrences(of: "</body>", with: "<img src=\"https://198.18.0.1/x\"></body>")
        #expect(try !Loaded(html).consoleLines.isEmpty)
    }
}
