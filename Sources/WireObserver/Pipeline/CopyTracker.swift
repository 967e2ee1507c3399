import PacketWire

/// Knows the copies of a connection's packets where the capture shows each of them more than once: on several interfaces
/// (`-i any`, bridges, merged files), with the same addresses or with translated ones.
///
/// A view is one place at which packets pass. A segment that another view has shown a moment ago, with the same numbers,
/// flags and length, and that this view has not shown yet, is a copy; TCP's own repeat shows up again in every view.
final class CopyTracker {
    /// Where packets of a connection were seen.
    struct View: Hashable {
        /// 0 for the connection's own addresses, then each pair of translated ones.
        var translation: Int
        /// The interface, as far as the capture tells.
        var interface: Int64
    }

    /// What a copy has in common with its original.
    struct Print: Equatable {
        var sequence: UInt32
        var acknowledgement: UInt32
        var lengthAndFlags: UInt32

        init(_ segment: CapturedSegment) {
            sequence = segment.sequence
            acknowledgement = segment.acknowledgement
            lengthAndFlags = UInt32(truncatingIfNeeded: segment.payloadLength) << 8 | UInt32(segment.flags)
        }
    }

    private struct Seen {
        var print: Print
        var timeNs: Int64
        /// The views that have shown it, a bit each.
        var views: UInt64
    }

    /// Copies are microseconds apart; a queue between two interfaces makes milliseconds of it.
    private static let longestNs: Int64 = 200_000_000
    private static let mostSeen = 128

    private(set) var views: [View] = []
    /// Segments left out because another view had shown them.
    private(set) var copies = 0
    private var seen: [Seen] = []
    private var next = 0

    /// Whether another view has shown this segment already.
    func isCopy(_ segment: CapturedSegment, in view: View, timeNs: Int64) -> Bool {
        let bit = bit(of: view)
        let print = Print(segment)
        for index in seen.indices
        where seen[index].print == print && seen[index].views & bit == 0
            && abs(timeNs - seen[index].timeNs) <= Self.longestNs
        {
            seen[index].views |= bit
            copies += 1
            return true
        }
        note(Seen(print: print, timeNs: timeNs, views: bit))
        return false
    }

    /// A segment went by before the second view was seen.
    func note(_ print: Print, in view: View, timeNs: Int64) {
        note(Seen(print: print, timeNs: timeNs, views: bit(of: view)))
    }

    /// The packet that this view has just shown was shown once more.
    func noteEcho() { copies += 1 }

    private func note(_ new: Seen) {
        if seen.count < Self.mostSeen {
            seen.append(new)
        } else {
            seen[next] = new
            next = (next + 1) % Self.mostSeen
        }
    }

    private func bit(of view: View) -> UInt64 {
        if let known = views.firstIndex(of: view) { return 1 << UInt64(min(known, 63)) }
        views.append(view)
        return 1 << UInt64(min(views.count - 1, 63))
    }
}

extension Connection {
    private static let longestEchoNs: Int64 = 5_000_000

    /// Whether this is the very packet that went by last, as a mirror port shows it that copies what comes in and what goes out.
    /// TCP's own repeat has another number.
    @inline(__always)
    func isEcho(_ segment: CapturedSegment, of interface: Int64, _ timeNs: Int64) -> Bool {
        guard segment.packetNumber != 0, let latest, latest.number == segment.packetNumber,
            latest.interface == interface
        else { return false }
        return noteEcho(segment, latest.print, timeNs - latest.timeNs)
    }

    private func noteEcho(_ segment: CapturedSegment, _ print: CopyTracker.Print, _ agoNs: Int64) -> Bool {
        guard print == CopyTracker.Print(segment), abs(agoNs) < Self.longestEchoNs else { return false }
        let tracker = copies ?? CopyTracker()
        copies = tracker
        tracker.noteEcho()
        return true
    }

    /// Other addresses or ports under which the capture shows the same connection.
    struct Translation {
        var client: ObservedConnection.Endpoint
        var broker: ObservedConnection.Endpoint
    }

    /// The number of the view that shows packets between these ends, and whether the sender is the client.
    func place(of source: ObservedConnection.Endpoint, _ destination: ObservedConnection.Endpoint) -> Int {
        if translations.isEmpty { return 0 }
        let own = [summary.client, summary.broker]
        if own.contains(source), own.contains(destination) { return 0 }
        let found = translations.firstIndex {
            $0.client == source && $0.broker == destination || $0.client == destination && $0.broker == source
        }
        return (found ?? 0) + 1
    }
}
