/// When records were due: what latencies count from, so that a client that takes no records for a while hides nothing
/// (coordinated omission).
extension CellRecord {
    /// When record 0 was due, microseconds since the epoch. Where the driver does not say: as early as the records
    /// themselves allow. Nil when none was sent.
    public var scheduleStartUs: Int64? {
        if let startUs = client.scheduleStartUs { return startUs }
        var startUs: Int64?
        for (id, entry) in client.records.enumerated() where entry.sentUs > 0 {
            let (candidate, isImpossible) = entry.sentUs.subtractingReportingOverflow(offsetUs(ofRecord: id) ?? 0)
            if !isImpossible { startUs = min(startUs ?? candidate, candidate) }
        }
        return startUs
    }

    /// When a record was due, microseconds since the epoch: by the load's rate, or, without one, when it was handed over.
    /// Nil for a record of a load without a rate that was never handed over.
    ///
    /// - Parameter startUs: ``scheduleStartUs``, which takes a pass over the records to find.
    public func dueUs(ofRecord id: Int, startUs: Int64) -> Int64? {
        guard cell.workload.rateRecordsPerS != nil else {
            let sentUs = client.records[id].sentUs
            return sentUs > 0 ? sentUs : nil
        }
        guard let offsetUs = offsetUs(ofRecord: id) else { return nil }
        let (dueUs, isImpossible) = startUs.addingReportingOverflow(offsetUs)
        return isImpossible ? nil : dueUs
    }

    /// From record 0 to a record, by the load's rate; 0 without one.
    private func offsetUs(ofRecord id: Int) -> Int64? {
        guard let rate = cell.workload.rateRecordsPerS else { return 0 }
        return Int64(exactly: (Double(id) * 1e6 / rate).rounded(.down))
    }
}
