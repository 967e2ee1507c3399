import EvidenceModel
import PacketWire
import TLSWire

/// The observer on traffic that goes on for days: the same ledger and the same findings as for a file, over a window of time.
///
/// Attempts, connections and what was told are let go of when they are old, so that memory does not grow. It has no clock and
/// no device: packets and the present time come from the caller.
public final class WatchSession {
    /// How much is kept, and when findings are told.
    public struct Options: Sendable {
        /// Attempts older than this are let go of, in nanoseconds; a retry that comes later is a batch of its own.
        public var windowNs: Int64 = 60_000_000_000
        /// The most attempts kept, whatever their age: about 130 bytes each.
        public var mostAttempts = 100_000
        /// How long a fate may still change before it is told, in nanoseconds: a client retries after its request timeout,
        /// which is 30 s.
        public var settleNs: Int64 = 35_000_000_000

        /// The defaults.
        public init() {}
    }

    /// Kinds that a retry or a late answer takes back.
    private static let unsettledKinds: Set<String> = [
        "outcome_unknown", "not_appended", "appended_unacknowledged", "request_lost", "sequence_gap",
    ]
    private static let mostTold = 50_000

    private let options: Options
    private let topics = TopicTable()
    private let ring: KeyRing
    let observer: CaptureObserver
    /// What was told already, with its time.
    private var told: [String: Int64] = [:]
    /// The time of the latest packet, in nanoseconds since the epoch.
    public private(set) var lastPacketNs: Int64 = 0

    /// A session that has seen nothing.
    ///
    /// - Parameter name: what findings call the capture: a device or a file.
    public init(name: String, keys: KeyLog = KeyLog(), options: Options = Options()) {
        self.options = options
        ring = KeyRing(keys)
        observer = CaptureObserver(
            file: name, side: .client, topics: topics, retention: .recent(options.mostAttempts), keys: ring)
    }

    /// Counters since the beginning.
    public var counters: LiveCounters { observer.log.live }
    /// Packets taken since the beginning.
    public var packets: Int { observer.counts.packets }
    /// Attempts kept at present.
    public var keptAttempts: Int { observer.log.attempts.count }
    /// Connections followed at present.
    public var openConnections: Int { observer.table.count }

    /// Takes the next packet.
    public func observe(_ packet: CapturedPacket) {
        lastPacketNs = max(lastPacketNs, packet.timeNs)
        observer.observe(packet)
    }

    /// Lets go of what is old and returns the findings that were not told before, in order of time.
    ///
    /// - Parameter nowNs: the present time on the packets' clock.
    public func findings(nowNs: Int64) -> [WireEvidence.Finding] {
        observer.table.retire(nowNs: nowNs)
        observer.log.retire(beforeNs: nowNs - options.windowNs, open: observer.table.openConnections)
        let analysis = WireAnalysis(live: observer, topics, ring)
        var new: [WireEvidence.Finding] = []
        for finding in analysis.findings() where isNew(finding, nowNs) { new.append(finding) }
        if told.count > Self.mostTold { forget() }
        return new
    }

    private func isNew(_ finding: WireEvidence.Finding, _ nowNs: Int64) -> Bool {
        if Self.unsettledKinds.contains(finding.kind), finding.timeUs * 1000 > nowNs - options.settleNs { return false }
        let key = finding.kind + " " + (finding.batch.map { $0 + " \(finding.timeUs)" } ?? Self.subject(finding.detail))
        return told.updateValue(nowNs, forKey: key) == nil
    }

    /// What a finding is about, without its counts: they grow while it goes on.
    private static func subject(_ detail: String) -> String {
        detail.split(separator: " ").filter { word in
            !word.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } || word.contains(":")
                || word.count { $0 == "." } > 1
        }.joined(separator: " ")
    }

    /// The half that was seen again the longest ago.
    private func forget() {
        let times = told.values.sorted()
        let middle = times[times.count / 2]
        told = told.filter { $0.value > middle }
    }
}
