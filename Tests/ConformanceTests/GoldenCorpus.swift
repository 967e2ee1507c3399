import Conformance
import EmbeddedBroker
import Foundation
import Synchronization
import Testing

/// The recorded answers that are kept with the tests: see Tests/Golden/README.md.
enum GoldenCorpus {
    /// A recorded file and the release that it was recorded from, as `crosswind conform --embedded` takes it.
    struct Recording: Sendable, CustomTestStringConvertible {
        var file: String
        var release: String

        /// Whether it holds what was recorded outside the sequence rules.
        var isOutside: Bool { file.contains("outside-produce") }
        /// Whether it holds cases of transactions.
        var isOfTransactions: Bool { file.contains("-transactions") }
        var path: String { folder + "/" + file }
        var testDescription: String { file }
    }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let folder = tests.appending(path: "Golden").path
    static let checkout = tests.deletingLastPathComponent().path

    /// Every recording, by the names in the folder.
    static let recordings: [Recording] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            let kinds = #/kafka-([0-9.]+?)(-own-cases|-outside-produce|-transactions)?\.json\.gz/#
            guard let match = name.wholeMatch(of: kinds) else { return nil }
            return Recording(file: name, release: String(match.1))
        }
    }()

    /// The outcome of every recording against the embedded broker playing its release. Run once, several at a time: most of
    /// the time cases wait.
    static let reports: [String: ConformanceReport] = {
        let left = Mutex(recordings)
        let reports = Mutex<[String: ConformanceReport]>([:])
        let done = DispatchSemaphore(value: 0)
        let workers = 6
        for _ in 0..<workers {
            Thread {
                while let recording = left.withLock({ $0.popLast() }) {
                    guard let release = Release(recording.release), let file = try? CaseFile(path: recording.path)
                    else { continue }
                    let report = ConformanceReport(ConformanceRun(.embedded(release), file).run())
                    reports.withLock { $0[recording.file] = report }
                }
                done.signal()
            }.start()
        }
        for _ in 0..<workers { done.wait() }
        return reports.withLock { $0 }
    }()

    /// The folder of recordings beside the checkout, where there is one; CROSSWIND_SHARED says where else.
    static let shared: String? = {
        if let named = ProcessInfo.processInfo.environment["CROSSWIND_SHARED"] { return named + "/golden" }
        var place = tests
        while place.path != "/" {
            let candidate = place.appending(path: "shared/golden").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            place = place.deletingLastPathComponent()
        }
        return nil
    }()
}
