import KafkaWire

/// Follows the sequence numbers of each producer on each partition: gaps, ranges used again, epochs that do not begin at 0.
///
/// Invariants, from what Apache Kafka's brokers demand: a retry carries the same first and last sequence; an epoch change
/// restarts each partition at 0; within an epoch each batch follows the last. Batches come in the order in which the
/// client first sent them, retries joined to them.
struct SequenceChecker {
    /// A producer on a partition.
    struct Stream: Hashable {
        var producerID: Int64
        var topic: Int32
        var partition: Int32
    }

    /// Sequences that were never sent, as far as is known.
    struct Gap {
        var stream: Stream
        var epoch: Int16
        var from: Int32
        var to: Int32
        /// The batch behind the gap.
        var batch: Int
        /// When the batch before it was sent; the beginning of time where there was none.
        var sinceNs: Int64
    }

    private struct State {
        var epoch: Int16
        var next: Int32
        var timeNs: Int64
    }

    /// What a batch broke.
    enum Violation {
        /// It begins within what was sent before, with other bounds.
        case overlap(next: Int32)
        /// The first batch of a new epoch does not begin at 0.
        case epochNotRestarted(previous: Int16, sinceNs: Int64)
    }

    private var numbers: [Stream: Int] = [:]
    private var states: [State] = []
    private var lastStream: Stream?
    private var lastNumber = 0
    private var fresh: Set<Int64>
    private(set) var gaps: [Gap] = []

    /// Follows producers; of those in `granted` the capture saw the beginning, so that they must begin at 0.
    init(granted: Set<Int64>) { fresh = granted }

    /// Notes the next batch.
    mutating func note(
        _ stream: Stream, epoch: Int16, base: Int32, last: Int32, batch: Int, timeNs: Int64, startsKnown: Bool
    ) -> Violation? {
        let after = RecordBatchHeader.advance(last, by: 1)
        guard let number = number(of: stream) else {
            add(stream, State(epoch: epoch, next: after, timeNs: timeNs))
            if base != 0, startsKnown, fresh.contains(stream.producerID) {
                let before = RecordBatchHeader.advance(base, by: -1)
                open(Gap(stream: stream, epoch: epoch, from: 0, to: before, batch: batch, sinceNs: 0))
            }
            return nil
        }
        let state = states[number]
        if epoch > state.epoch {
            states[number] = State(epoch: epoch, next: after, timeNs: timeNs)
            return base == 0 ? nil : .epochNotRestarted(previous: state.epoch, sinceNs: state.timeNs)
        }
        // A request of an older epoch that comes late is the broker's to refuse.
        guard epoch == state.epoch else { return nil }
        let ahead = (base &- state.next) & 0x7fff_ffff
        if ahead == 0 {
            states[number].next = after
            states[number].timeNs = timeNs
            return nil
        }
        if ahead < 0x4000_0000 {
            let before = RecordBatchHeader.advance(base, by: -1)
            open(Gap(stream: stream, epoch: epoch, from: state.next, to: before, batch: batch, sinceNs: state.timeNs))
            states[number].next = after
            states[number].timeNs = timeNs
            return nil
        }
        if fill(stream, epoch, base, last) { return nil }
        if ((after &- state.next) & 0x7fff_ffff) < 0x4000_0000 { states[number].next = after }
        return .overlap(next: state.next)
    }

    private mutating func number(of stream: Stream) -> Int? {
        if stream == lastStream { return lastNumber }
        guard let number = numbers[stream] else { return nil }
        (lastStream, lastNumber) = (stream, number)
        return number
    }

    private mutating func add(_ stream: Stream, _ state: State) {
        numbers[stream] = states.count
        (lastStream, lastNumber) = (stream, states.count)
        states.append(state)
    }

    private mutating func open(_ gap: Gap) {
        guard gaps.count < 100_000 else { return }
        gaps.append(gap)
    }

    /// A batch that comes behind its successors, as after a change of leader, fills the gap that it left.
    private mutating func fill(_ stream: Stream, _ epoch: Int16, _ base: Int32, _ last: Int32) -> Bool {
        let index = gaps.lastIndex {
            $0.stream == stream && $0.epoch == epoch && $0.from <= base && last <= $0.to
        }
        guard let index else { return false }
        let gap = gaps[index]
        gaps.remove(at: index)
        if gap.from < base {
            gaps.append(
                Gap(stream: stream, epoch: epoch, from: gap.from, to: base - 1, batch: gap.batch, sinceNs: gap.sinceNs))
        }
        if last < gap.to {
            gaps.append(
                Gap(stream: stream, epoch: epoch, from: last + 1, to: gap.to, batch: gap.batch, sinceNs: gap.sinceNs))
        }
        return true
    }
}
