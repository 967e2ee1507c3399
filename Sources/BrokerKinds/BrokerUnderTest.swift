import EvidenceModel
import ScenarioModel
import Testbed

/// A broker that a cell runs against. One file for each kind in this folder.
///
/// Life: `start` once the testbed is up; then actions and read-back; `stop` on every way out.
package protocol BrokerUnderTest: Sendable {
    /// The address that the producer is told, as the client's end of the link sees it.
    var bootstrap: String { get }

    /// Starts the broker and returns when every node answers and the topics exist.
    func start() async throws

    /// Connects to the listener that a node advertises as `host:port`, by a way that no fault touches: from inside the
    /// node's own namespace.
    ///
    /// - Returns: a connected socket, owned by the caller.
    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32

    /// Offsets at which this cell's records begin, by topic and partition; empty for brokers that begin with the cell.
    var logStart: [String: [Int32: Int64]] { get }

    /// Carries out a broker action of the timeline, for example `kill`, on a node (from 1).
    ///
    /// - Returns: false when there was nothing to do: an action that has no end was to be undone.
    /// - Throws: ``HarnessError`` when the kind cannot do it.
    func perform(_ action: BrokerAction, node: Int) async throws -> Bool

    /// Returns when a node that an action brought back (the end of `kill` or `shutdown`, `restart`) answers again: what a
    /// client does until then is not yet its recovery.
    ///
    /// - Throws: ``HarnessError`` when it does not within `ready_within`.
    func waitUntilBack(node: Int) async throws

    /// Ends the broker and frees what it holds. Never throws: it runs on every way out.
    func stop() async
}

/// Something done to a broker node on the timeline.
package struct BrokerAction: Sendable, Equatable {
    /// The word of the scenario file, for example `pause`.
    package var name: String
    /// Its argument; nil without one.
    package var argument: ScenarioValue?
    /// True at the end of its phase, when its effect is to be taken back.
    package var undo = false
}

extension BrokerUnderTest {
    package var logStart: [String: [Int32: Int64]] { [:] }

    package func waitUntilBack(node: Int) async throws {}
}
