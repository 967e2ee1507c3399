import EvidenceModel
import FoundationEssentials
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls

/// Carries out the broker actions of a cell's timeline, and undoes them where a phase ends.
package final class BrokerActions: Sendable {
    private let cell: ScenarioCell
    private let broker: any BrokerUnderTest
    private let history: HistoryWriter
    private let tasks = Mutex<[Task<Void, any Error>]>([])
    /// What was done and has its end still to come, in order.
    private let open = Mutex<[Open]>([])

    private let mayAnswerLater = Atomic(false)

    private struct Open: Equatable {
        let fault: Int
        let node: Int
        let action: FaultSpec.Action
    }

    package init(cell: ScenarioCell, broker: any BrokerUnderTest, history: HistoryWriter) {
        self.cell = cell
        self.broker = broker
        self.history = history
    }

    /// Starts the timeline: its clock began at `timeZeroUs`.
    package func begin(timeZeroUs: Int64) {
        for (index, fault) in cell.faults.enumerated() {
            let actions = fault.actions.filter { BrokerVocabulary.contains($0.keyword) }
            guard !actions.isEmpty else { continue }
            let task = Task {
                for stretch in fault.stretches(before: self.cell.timeout) {
                    try await self.wait(until: stretch.begin, timeZeroUs)
                    for action in actions {
                        await self.perform(action, fault.node ?? 1, index, undo: false)
                        guard stretch.end != nil else { continue }
                        self.open.withLock { $0.append(Open(fault: index, node: fault.node ?? 1, action: action)) }
                    }
                    guard let end = stretch.end else { continue }
                    try await self.wait(until: end, timeZeroUs)
                    for action in actions { await self.undo(Open(fault: index, node: fault.node ?? 1, action: action)) }
                }
            }
            tasks.withLock { $0.append(task) }
        }
    }

    /// Ends what is still to come, and returns when what had begun is over.
    package func stop() async {
        let tasks = tasks.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
    }

    /// Takes back what would have ended later, so that the log can be read: a producer may end while its broker is away.
    package func bringBack() async {
        for action in open.withLock({ $0 }).reversed() { await undo(action) }
    }

    /// Whether something was done after which the broker answers again, though it may take a while: a node that was away
    /// came back, or, of several, one went whose partitions others lead then.
    package var needsPatience: Bool { mayAnswerLater.load(ordering: .relaxed) }

    private func undo(_ done: Open) async {
        let isOpen = open.withLock { open in
            guard let index = open.firstIndex(of: done) else { return false }
            open.remove(at: index)
            return true
        }
        if isOpen { await perform(done.action, done.node, done.fault, undo: true) }
    }

    private func wait(until offset: Duration, _ timeZeroUs: Int64) async throws {
        let due = WallClock.until(timeZeroUs) + offset
        if due > .zero { try await Task.sleep(for: due, tolerance: .milliseconds(1)) }
        try Task.checkCancellation()
    }

    private func perform(_ action: FaultSpec.Action, _ node: Int, _ fault: Int, undo: Bool) async {
        let wanted = BrokerAction(name: action.keyword, argument: action.value, undo: undo)
        let timeUs = WallClock.nowUs()
        do {
            guard try await broker.perform(wanted, node: node) else { return }
            if undo || action.keyword == "restart" || cell.broker.nodes > 1 {
                mayAnswerLater.store(true, ordering: .relaxed)
            }
            let argument = action.value.map { " \($0.compact)" } ?? ""
            history.append(
                .brokerAction, subject: "node \(node)",
                detail: undo ? "end of \(action.keyword)" : "\(action.keyword)\(argument)",
                values: ["fault": Int64(fault)], timeUs: timeUs)
            if undo && ["kill", "shutdown"].contains(action.keyword) || action.keyword == "restart" {
                try await broker.waitUntilBack(node: node)
                history.append(.nodeBack, subject: "node \(node)", values: ["fault": Int64(fault)])
            }
        } catch {
            // The action did not happen: the fault will not show, and the cell is inconclusive by that.
            history.append(.harnessError, subject: "node \(node)", detail: "\(action.keyword): \(error)")
        }
    }
}
