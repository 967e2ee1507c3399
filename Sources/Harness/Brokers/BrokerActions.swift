import Foundation
import ScenarioModel
import Synchronization

/// Carries out the broker actions of a cell's timeline.
final class BrokerActions: Sendable {
    private let cell: ScenarioCell
    private let broker: any BrokerUnderTest
    private let history: HistoryWriter
    private let tasks = Mutex<[Task<Void, any Error>]>([])

    init(cell: ScenarioCell, broker: any BrokerUnderTest, history: HistoryWriter) {
        self.cell = cell
        self.broker = broker
        self.history = history
    }

    /// Starts the timeline: its clock began at `timeZeroUs`.
    func begin(timeZeroUs: Int64) {}

    /// Ends what is still to come.
    func stop() async {
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }
}
