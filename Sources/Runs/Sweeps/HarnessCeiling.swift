import EvidenceModel
import FoundationEssentials
import Glibc
import ScenarioModel

/// What this machine carries with one driver and one size of record without any fault: `ceiling.json`.
struct HarnessCeiling: Codable, Sendable, Equatable {
    /// Acknowledged records per second; nil when it could not be measured, with the reason.
    var recordsPerS: Double?
    /// Processor time of the whole cell for one record, seconds.
    var processorSPerRecord: Double
    /// Why it could not be measured, for people.
    var problem: String?

    enum CodingKeys: String, CodingKey {
        case recordsPerS = "records_per_s"
        case processorSPerRecord = "processor_s_per_record"
        case problem
    }

    /// A cell that only waits still costs its start, its timers and its judgement.
    private static let restingProcessors = 0.1

    /// The processors that a point is expected to use.
    func cost(of cell: ScenarioCell) -> Double {
        guard let rate = cell.workload.rate else { return .infinity }
        // A start of a virtual machine or an interpreter is a burst of its own.
        let start = cell.producer.settings?.startProcessors ?? ClientSettings().startProcessors
        // Small batches cost more for each record than the large ones of an unlimited load.
        return Self.restingProcessors + start + 2 * rate * processorSPerRecord
    }

    /// Processor time of ended children so far, seconds.
    static func childrenProcessorS() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
