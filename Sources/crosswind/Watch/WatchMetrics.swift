import WireObserver

/// Counters of a watch in the OpenMetrics text format (OpenMetrics 1.0).
enum WatchMetrics {
    static func text(
        _ counters: LiveCounters, packets: Int, dropped: UInt64, connections: Int, attempts: Int,
        findings: [String: Int], p99Ns: Int64
    ) -> String {
        var text = ""
        func counter(_ name: String, _ help: String, _ value: some BinaryInteger) {
            text +=
                "# TYPE crosswind_\(name) counter\n# HELP crosswind_\(name) \(help)\ncrosswind_\(name)_total \(value)\n"
        }
        func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
            text += "# TYPE crosswind_\(name) gauge\n# HELP crosswind_\(name) \(help)\ncrosswind_\(name) \(value)\n"
        }
        counter("packets", "Packets that were read.", packets)
        counter("dropped_packets", "Packets that the kernel dropped: what is counted here is then too low.", dropped)
        counter("batches", "Batches sent, repeats included.", counters.requests)
        counter("records", "Records in them.", counters.records)
        counter("retries", "Batches sent before.", counters.retries)
        counter("acknowledged", "Partition answers with success.", counters.acknowledged)
        counter("deduplicated", "Answers to duplicates.", counters.deduplicated)
        counter("errors", "Partition answers with an error.", counters.errors)
        counter("sequence_errors", "Answers with error 45, 46, 47 or 59.", counters.sequenceErrors)
        gauge("connections", "Connections followed.", connections)
        gauge("attempts", "Attempts kept in memory.", attempts)
        gauge("answer_p99_seconds", "99th percentile from request to answer of late.", Double(p99Ns) / 1e9)
        text += "# TYPE crosswind_findings counter\n# HELP crosswind_findings Findings by kind.\n"
        for (kind, count) in findings.sorted(by: { $0.key < $1.key }) {
            text += "crosswind_findings_total{kind=\"\(kind)\"} \(count)\n"
        }
        return text + "# EOF\n"
    }
}
