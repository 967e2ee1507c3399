import EvidenceModel
import Foundation
import Synchronization
import Testing

@testable import Runs

/// The supervisor against processes that are no cells: it must end what does not end itself.
@Suite struct CellSupervisorTests {
    /// Runs a shell script as a cell with a limit of a second.
    private func run(_ script: String) async throws -> (seconds: Double, history: [HistoryEvent]) {
        let directory = FileManager.default.temporaryDirectory.path + "/crosswind-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let supervisor = CellSupervisor(executable: "/bin/sh") { _, _ in }
        let begun = ContinuousClock.now
        _ = try await supervisor.run(
            CellSupervisor.Job(id: "x", arguments: ["-c", script], directory: directory, limit: .seconds(1)))
        let history = try RecordDirectory(path: directory).history().elements
        return ((ContinuousClock.now - begun) / .seconds(1), history)
    }

    private static let done = #"{"state":"done","sent":0,"acked":0,"failed":0,"retries":0,"errors":0}"#

    @Test("a cell that says done and stays is ended, and its record stands", .timeLimit(.minutes(1)))
    func finishedAndDidNotExit() async throws {
        let end = try await run("trap '' TERM; echo '\(Self.done)'; while :; do sleep 100; done")
        #expect(end.history.map(\.kind) == [.didNotExit])
        #expect(end.history.first?.detail == "finished, did not exit within 5.0 seconds")
        #expect(end.seconds < 10)
    }

    @Test("a cell that outlives its limit is ended, with its last state in the words", .timeLimit(.minutes(1)))
    func outlived() async throws {
        let settling = Self.done.replacingOccurrences(of: "done", with: "settling")
        let end = try await run("echo '\(settling)'; kill -STOP $$")
        #expect(end.history.map(\.kind) == [.interrupted])
        #expect(
            end.history.first?.detail
                == "the cell's limit of 1.0 seconds was over, and 13.0 seconds later it was still ending its broker actions"
                + " and reading the log back")
        #expect(end.seconds < 1 + 15)
    }

    @Test("a cell that ends itself has nothing added to its history") func orderly() async throws {
        let end = try await run("echo '\(Self.done)'")
        #expect(end.history.isEmpty)
    }
}
