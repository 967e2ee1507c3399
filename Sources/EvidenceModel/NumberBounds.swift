/// How large a number from outside may be: what a driver says, what a broker answers, what stands in a record.
///
/// Whoever reads such a number holds it against these bounds, once, where it enters. Behind them sums and differences of
/// a few numbers cannot leave 64 bits, so that no input makes a judge trap. They are far beyond anything real.
public enum NumberBounds {
    /// Microseconds since the epoch: what 64 bits of nanoseconds can name, up to the year 2262.
    public static let timesUs: ClosedRange<Int64> = 0...9_223_372_036_854_775
    /// Lengths of time in microseconds; negative where a clock was set back.
    public static let lengthsUs: ClosedRange<Int64> = -9_223_372_036_854_775...9_223_372_036_854_775
    /// Offsets of a log; -1 for none.
    public static let offsets: ClosedRange<Int64> = -1...(1 << 62)
    /// Everything that is counted: records, packets, bytes, bits per second.
    public static let counts: ClosedRange<Int64> = -(1 << 40)...(1 << 40)
    /// Records of a cell.
    public static let records: ClosedRange<Int> = 0...100_000_000
    /// Nodes of a cluster.
    public static let nodes: ClosedRange<Int> = 0...1000
    /// Records per second of a paced load.
    public static let ratesPerS: ClosedRange<Double> = 0.001...1e12
    /// Bytes of a record's value.
    public static let valueBytes: ClosedRange<Int> = 0...(1 << 30)
    /// Partitions of a topic.
    public static let partitions: ClosedRange<Int> = 0...1_000_000

    /// Why a time is refused, in words that name the usual mistake; nil for a time that can be one.
    public static func problem(timeUs: Int64) -> String? {
        timesUs.contains(timeUs) ? nil : "\(timeUs) is no time in microseconds since the epoch"
    }
}

/// Holds every number of a JSON text against ``NumberBounds`` before a decoder sees it.
///
/// A decoder checks that a number fits its type; that a sum of two of them fits is checked by nobody. The key before a
/// number tells what it is: a time in microseconds, an offset, a name that is never added to anything, or a count.
enum JSONNumbers {
    /// A number that is out of bounds.
    struct OutOfBounds: Error, Equatable {
        /// The key it stands under; empty for none.
        var key: String
        /// The number as written.
        var text: String
    }

    /// Numbers that are names, or are only compared: any that their type holds.
    private static let free: Set<String> = [
        "seed", "run_seed", "packet_index", "producer_id", "value", "actual", "record_ids",
    ]
    private static let offsets: Set<String> = ["base_offset", "offset"]
    private static let countBound = Double(NumberBounds.counts.upperBound)
    private static let timeBound = Double(NumberBounds.timesUs.upperBound)
    private static let offsetBound = Double(NumberBounds.offsets.upperBound)

    /// Checks all numbers of a text. What is no JSON passes: the decoder says so.
    ///
    /// - Throws: ``OutOfBounds`` for the first number that is too large.
    static func check(_ bytes: UnsafeRawBufferPointer) throws(OutOfBounds) {
        var at = 0
        var word = 0..<0
        var key = 0..<0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                let begin = at + 1
                at = begin
                while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                word = begin..<max(begin, min(at, bytes.count))
                at += 1
            case UInt8(ascii: ":"):
                key = word
                at += 1
            case 0x30...0x39, UInt8(ascii: "-"):
                let begin = at
                while at < bytes.count, isNumber(bytes[at]) { at += 1 }
                try check(bytes, begin..<at, key)
            default: at += 1
            }
        }
    }

    private static func isNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, _ number: Range<Int>, _ key: Range<Int>
    ) throws(OutOfBounds) {
        // Up to twelve characters without an exponent are below every bound.
        if number.count <= 12, !bytes[number].contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return }
        let name = String(decoding: bytes[key], as: UTF8.self)
        if free.contains(name) { return }
        let text = String(decoding: bytes[number], as: UTF8.self)
        guard let value = Double(text) else { return }
        let bound = offsets.contains(name) ? offsetBound : name.hasSuffix("_us") ? timeBound : countBound
        if !(value.magnitude <= bound) { throw OutOfBounds(key: name, text: String(text.prefix(40))) }
    }
}

extension CellDescription {
    /// What of the description no cell can have: it would make a reader of the record ask for memory without end.
    var problem: String? {
        if !NumberBounds.records.contains(workload.records) { return "has \(workload.records) records" }
        if !NumberBounds.valueBytes.contains(workload.sizeBytes) {
            return "has records of \(workload.sizeBytes) bytes"
        }
        if let rate = workload.rateRecordsPerS, !NumberBounds.ratesPerS.contains(rate) {
            return "has a load of \(rate) records/s"
        }
        if !NumberBounds.nodes.contains(broker.nodes) { return "has \(broker.nodes) broker nodes" }
        if let topic = broker.topics.first(where: { !NumberBounds.partitions.contains($0.partitions) }) {
            return "has \(topic.partitions) partitions of \(topic.name)"
        }
        return nil
    }
}
