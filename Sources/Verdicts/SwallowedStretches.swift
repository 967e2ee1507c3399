import EvidenceModel

/// Stretches of streams that a capture lacks because a fault took them on their way: the fault log accounts for every
/// byte, and the receiver never had them. They are no hole in the capture.
enum SwallowedStretches {
    /// The least that an IPv4 and a TCP header take of a packet.
    private static let headerBytes = 40

    /// How many of these stretches the fault log accounts for.
    static func count(_ stretches: [WireEvidence.MissingStretch], _ faultLog: [FaultLogEntry]) -> Int {
        guard !stretches.isEmpty else { return 0 }
        var taken: [Way: [FaultLogEntry]] = [:]
        let wanted = Set(stretches.map(Way.init))
        for entry in faultLog
        where (entry.fate == "drop" || entry.fate == "corrupt") && entry.fault != Soundness.linkItself {
            guard let way = Way(entry), wanted.contains(way) else { continue }
            taken[way, default: []].append(entry)
        }
        return stretches.count { stretch in
            !stretch.isReceived && isCovered(stretch, by: taken[Way(stretch)] ?? [])
        }
    }

    /// A connection and a direction, as packets of it are addressed.
    private struct Way: Hashable {
        var connection: String
        var direction: Direction

        init(_ stretch: WireEvidence.MissingStretch) {
            let ends = stretch.connection.split(separator: ">")
            connection =
                stretch.direction == .clientToBroker || ends.count != 2 ? stretch.connection : "\(ends[1])>\(ends[0])"
            direction = stretch.direction
        }

        init?(_ entry: FaultLogEntry) {
            guard let connection = entry.connection else { return nil }
            self.connection = connection
            direction = entry.direction
        }
    }

    /// Whether the packets of these entries hold every byte of a stretch.
    private static func isCovered(_ stretch: WireEvidence.MissingStretch, by entries: [FaultLogEntry]) -> Bool {
        let ranges = entries.compactMap { entry -> Range<Int>? in
            guard let sequence = entry.sequence else { return nil }
            // How far the packet begins behind the stretch: sequence numbers wrap (RFC 9293, 3.4).
            let start = Int(Int32(bitPattern: sequence &- stretch.sequence))
            let length = entry.lengthBytes - headerBytes
            return length > 0 ? start..<start + length : nil
        }.sorted { $0.lowerBound < $1.lowerBound }
        var covered = 0
        for range in ranges where range.lowerBound <= covered { covered = max(covered, range.upperBound) }
        return covered >= stretch.lengthBytes
    }
}
