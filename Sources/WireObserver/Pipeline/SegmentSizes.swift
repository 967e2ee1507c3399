/// Which lengths of segments get through from one host to another: finds a path that swallows long packets without a word
/// (a path MTU black hole, RFC 2923), which looks like a peer that answers the handshake and then never again.
///
/// Only segments longer than any that was acknowledged are kept, so that a healthy capture costs next to nothing.
final class SegmentSizes {
    /// The longest segment whose every byte was acknowledged.
    private(set) var longestAcknowledged = 0
    /// When a receiver last acknowledged something new.
    private(set) var lastProgressNs: Int64 = 0
    /// Segments that stood first in line when their connection ended, and never got through.
    private(set) var stuck: Stuck?

    struct Stuck: Equatable {
        /// The shortest of them.
        var shortest: Int
        /// How often they were sent.
        var times: Int
        /// When the first was.
        var firstNs: Int64
        /// Connections that ended so.
        var connections: Int
    }

    /// Fewer sendings than these are no pattern.
    private static let leastTimes = 3

    /// What one direction of a connection is waiting for.
    struct Waiting {
        private struct Segment {
            var start: Int64
            var length: Int
            var times: Int
            var firstNs: Int64
        }

        private static let most = 16
        private var segments: [Segment] = []
        private var acknowledged: Int64 = 0

        /// A segment was sent.
        @inline(__always)
        mutating func sent(_ start: Int64, _ length: Int, _ timeNs: Int64, _ sizes: SegmentSizes) {
            guard length > sizes.longestAcknowledged, start >= acknowledged else { return }
            note(start, length, timeNs)
        }

        private mutating func note(_ start: Int64, _ length: Int, _ timeNs: Int64) {
            if let known = segments.firstIndex(where: { $0.start == start && $0.length == length }) {
                segments[known].times += 1
            } else if segments.count < Self.most {
                segments.append(Segment(start: start, length: length, times: 1, firstNs: timeNs))
            }
        }

        /// The receiver has everything before `position`.
        @inline(__always)
        mutating func acknowledge(_ position: Int64, _ timeNs: Int64, _ sizes: SegmentSizes) {
            guard position > acknowledged else { return }
            acknowledged = position
            sizes.lastProgressNs = max(sizes.lastProgressNs, timeNs)
            if !segments.isEmpty { settle(sizes) }
        }

        private mutating func settle(_ sizes: SegmentSizes) {
            for segment in segments where segment.start + Int64(segment.length) <= acknowledged {
                sizes.longestAcknowledged = max(sizes.longestAcknowledged, segment.length)
            }
            segments.removeAll { $0.start < acknowledged }
        }

        /// The connection is over: what still stands first in line did not get through.
        mutating func end(_ sizes: SegmentSizes) {
            let first = segments.filter { $0.start == acknowledged }
            segments = []
            guard let shortest = first.map(\.length).min(), let firstNs = first.map(\.firstNs).min() else { return }
            let times = first.reduce(0) { $0 + $1.times }
            guard times >= SegmentSizes.leastTimes else { return }
            sizes.stuck = Stuck(
                shortest: min(sizes.stuck?.shortest ?? .max, shortest), times: (sizes.stuck?.times ?? 0) + times,
                firstNs: min(sizes.stuck?.firstNs ?? .max, firstNs), connections: (sizes.stuck?.connections ?? 0) + 1)
        }
    }

    /// What never got through while shorter segments did, also later; nil when nothing is to be told.
    var blackHole: Stuck? {
        guard let stuck, longestAcknowledged > 0, stuck.shortest > longestAcknowledged, lastProgressNs > stuck.firstNs
        else { return nil }
        return stuck
    }
}
