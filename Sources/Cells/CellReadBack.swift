import BrokerKinds
import EvidenceModel
import RawClient
import RunRecord
import ScenarioModel

/// The read-back of a cell: waits until the broker answers again and gives out what it holds, reads its log, and writes
/// `log.jsonl`. All of it is over at the cell's own limit.
struct CellReadBack {
    let cell: ScenarioCell
    let broker: any BrokerUnderTest
    let record: RecordDirectory
    let history: HistoryWriter
    /// When the cell's limit is over.
    let end: ContinuousClock.Instant

    private static let pause = Duration.milliseconds(100)

    /// Reads back.
    ///
    /// - Parameter withPatience: whether the broker may need `ready_within` until it answers.
    /// - Throws: ``HarnessError`` when the log cannot be read.
    func run(withPatience: Bool) async throws {
        let reader = LogReadBack(
            broker: broker, topics: cell.broker.topics.map(\.name),
            run: cell.producer.isProgram ? RecordNumber.run(seed: cell.seed) : nil,
            login: cell.broker.readerLogin)
        let patience = withPatience ? cell.broker.readyWithin : .zero
        let log = try await retry(until: limited(patience)) {
            let lags = try await reader.waitForWatermarks(until: limited(LogReadBack.watermarkPatience))
            note(lags)
            return try await reader.read()
        }
        try record.write(log)
        history.append(.logReadBack, values: ["batches": Int64(log.batches.count)])
        for fetched in try await reader.fetch(versions: cell.workload.fetch, comparingWith: log) {
            history.append(
                .fetched, subject: "v\(fetched.version)", detail: fetched.detail.isEmpty ? nil : fetched.detail,
                values: [
                    "fetch_version": Int64(fetched.version), "fetched_records": Int64(fetched.records),
                    "error_code": Int64(fetched.errorCode),
                ])
        }
    }

    /// So long from now, or the cell's limit where that is sooner.
    private func limited(_ patience: Duration) -> ContinuousClock.Instant { min(ContinuousClock.now + patience, end) }

    private func retry<Value>(
        until deadline: ContinuousClock.Instant, _ body: () async throws -> Value
    ) async throws -> Value {
        while true {
            do {
                return try await body()
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func note(_ lags: [WatermarkLag]) {
        for lag in lags {
            history.append(
                .watermarkBehind, subject: "\(lag.topic)-\(lag.partition)",
                values: ["high_watermark": lag.watermark, "log_end": lag.logEnd])
        }
    }
}

extension ScenarioCell {
    /// The longest that the cell may take from the start of its process, what follows the load included: its `timeout`, which
    /// counts from the start of the driver, and before it the time that a broker which is not ours may take to be ready.
    package var lifeLimit: Duration {
        BrokerCatalog.kind(broker).startAllowance.map { timeout + $0 + broker.readyWithin } ?? timeout
    }
}
