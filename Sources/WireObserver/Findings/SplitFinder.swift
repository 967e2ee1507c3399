import KafkaWire

/// Batches that a broker refused as too large and whose records the client sent again in smaller batches (KIP-126).
///
/// With a producer id the pieces carry the sequences of the whole, the first one its first sequence: no retry that was
/// changed. Without one, the first piece keeps the timestamp of the first record: a sign, not a proof.
struct SplitFinder {
    /// The numbers of the batches that were split, each with the number of smaller batches that its records were sent in.
    private(set) var pieces: [Int: Int] = [:]

    private struct Stream: Hashable {
        var producerID: Int64
        var epoch: Int16
        var topic: Int32
        var partition: Int32
    }

    /// Batches looked at behind one that was refused.
    private static let reach = 4096
    /// Refused batches of one stream that are looked at: a hostile capture must not take hours.
    private static let mostOfAStream = 2000
    /// Times that the pieces of a batch are put together to see whether they are all there.
    private static let mostTries = 16

    init(_ ledger: BatchLedger, _ topics: TopicTable) {
        var refused: [Stream: [Int]] = [:]
        for number in ledger.batches.indices where Self.isTooLarge(ledger.batches[number], ledger) {
            refused[Self.stream(ledger.request(ledger.batches[number].firstAttempt), topics), default: []].append(
                number)
        }
        guard !refused.isEmpty else { return }
        var streams: [Stream: [Int]] = [:]
        for number in ledger.batches.indices {
            let stream = Self.stream(ledger.request(ledger.batches[number].firstAttempt), topics)
            if refused[stream] != nil { streams[stream, default: []].append(number) }
        }
        for (stream, wholes) in refused {
            let all = streams[stream] ?? []
            for whole in wholes.prefix(Self.mostOfAStream) {
                guard let place = Self.place(of: whole, in: all) else { continue }
                let later = all[(place + 1)...].prefix(Self.reach)
                let count =
                    stream.producerID >= 0
                    ? Self.bySequence(whole, later, ledger) : Self.byTimestamp(whole, later, ledger)
                if count > 0 { pieces[whole] = count }
            }
        }
    }

    private static func stream(_ request: ObservedAttempt, _ topics: TopicTable) -> Stream {
        Stream(
            producerID: request.producerID, epoch: request.producerEpoch, topic: topics.resolved(request.topic),
            partition: request.partition)
    }

    /// The place of a number in an ascending list.
    private static func place(of number: Int, in sorted: [Int]) -> Int? {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == number ? low : nil
    }

    /// Whether the last word on a batch was that it is too large: by itself (10) or for a segment (18).
    private static func isTooLarge(_ batch: BatchLedger.Batch, _ ledger: BatchLedger) -> Bool {
        guard let answer = ledger.answer(batch.lastAttempt) else { return false }
        return answer.errorCode == ErrorCode.messageTooLarge.rawValue
            || answer.errorCode == ErrorCode.recordListTooLarge.rawValue
    }

    /// Smaller batches that hold every sequence of the whole; 0 when they do not.
    private static func bySequence(_ whole: Int, _ later: ArraySlice<Int>, _ ledger: BatchLedger) -> Int {
        let first = ledger.request(ledger.batches[whole].firstAttempt)
        guard first.baseSequence >= 0, first.recordCount > 1 else { return 0 }
        var held: [Range<Int32>] = []
        var total: Int64 = 0
        var tries = 0
        for number in later {
            let piece = ledger.request(ledger.batches[number].firstAttempt)
            // Sequences wrap at 2^31; how far behind the first one is what counts.
            let offset = (piece.baseSequence &- first.baseSequence) & 0x7fff_ffff
            guard piece.baseSequence >= 0, piece.recordCount > 0, piece.recordCount < first.recordCount,
                offset < first.recordCount, piece.recordCount <= first.recordCount - offset
            else { continue }
            held.append(offset..<offset + piece.recordCount)
            total += Int64(piece.recordCount)
            guard total >= Int64(first.recordCount) else { continue }
            if isWhole(held, first.recordCount) { return held.count }
            tries += 1
            if tries == mostTries { break }
        }
        return 0
    }

    private static func isWhole(_ ranges: [Range<Int32>], _ count: Int32) -> Bool {
        var end: Int32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= end {
            end = max(end, range.upperBound)
        }
        return end >= count
    }

    private static func byTimestamp(_ whole: Int, _ later: ArraySlice<Int>, _ ledger: BatchLedger) -> Int {
        let first = ledger.request(ledger.batches[whole].firstAttempt)
        guard first.baseTimestampMs >= 0, first.recordCount > 1 else { return 0 }
        var count = 0
        var records: Int32 = 0
        for number in later {
            let piece = ledger.request(ledger.batches[number].firstAttempt)
            guard piece.recordCount > 0, piece.recordCount < first.recordCount else {
                if count > 0 { break }
                continue
            }
            guard count > 0 || piece.baseTimestampMs == first.baseTimestampMs else { continue }
            count += 1
            records &+= piece.recordCount
            if records >= first.recordCount { break }
        }
        return count
    }
}
