// What consumers that read committed records see of a log.
extension PartitionLog {
    /// The first offset that a read-committed consumer may not pass (`UnifiedLog.fetchLastStableOffsetMetadata`).
    ///
    /// Below the log start it is moved there, to the first offset of the batch that holds the log start.
    func lastStableOffset(highWatermark: Int64) -> Int64 {
        guard var first = producers.firstUnstableOffset(highWatermark: highWatermark) else { return highWatermark }
        if first < logStartOffset {
            let place = index(of: logStartOffset)
            first = place < batches.count ? min(batches[place].baseOffset, logStartOffset) : logStartOffset
        }
        return min(first, highWatermark)
    }

    /// The aborted transactions that overlap what was read, in the order of their markers. The upper end is as coarse as
    /// Kafka's, which goes by the next entry of the offset index, one for each 4096 bytes or more.
    func abortedTransactions(from offset: Int64, readBytes: Int) -> [AbortedTransaction] {
        guard readBytes > 0, !aborted.isEmpty else { return [] }
        var place = index(of: offset)
        var left = readBytes + Self.indexIntervalBytes
        while place < batches.count, left > 0 {
            left -= batches[place].bytes.count
            place += 1
        }
        let upper = place < batches.count ? batches[place].baseOffset : logEndOffset
        // Markers are in order of offsets, so nothing before the first one at or behind `offset` overlaps.
        var low = 0
        var high = aborted.count
        while low < high {
            let middle = (low + high) / 2
            if aborted[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
        }
        return aborted[low...].filter { $0.firstOffset < upper }
    }

    private static let indexIntervalBytes = 4096
}
