/// When requests went by of which a snap length or a hole in the capture took something that matters: what is not there may
/// have been in them.
struct HiddenStretches {
    /// Packets near a cut one may have been sent together with it.
    private static let marginNs: Int64 = 1_000_000
    private let ranges: [ClosedRange<Int64>]

    init(_ observers: [CaptureObserver]) {
        ranges = observers.flatMap(\.log.hiddenNs).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// True where everything was seen.
    var isEmpty: Bool { ranges.isEmpty }

    /// Whether something may have gone by unseen between two times.
    func mayHold(from: Int64, to: Int64) -> Bool {
        guard !ranges.isEmpty, to >= from else { return false }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= to + Self.marginNs { low = middle + 1 } else { high = middle }
        }
        // Ranges of several captures overlap little: the last few that begin before `to` tell.
        return ranges[max(low - 64, 0)..<low].contains { $0.upperBound >= from - Self.marginNs }
    }
}
