import EvidenceModel

/// Findings `connect_unanswered`, `connect_refused`, `closed_at_once`, `idle_connection_dropped` and `tls_alert`: what went wrong
/// below Kafka, with its numbers.
enum ConnectionFaultFindings {
    /// A connection closed once can be a broker that was stopped.
    private static let leastClosed = 2

    static func add(_ observer: CaptureObserver, to list: inout FindingList) {
        for (key, entry) in observer.table.faults.entries {
            let end = WireAnalysis.text(key.broker)
            let connections = InspectText.count(entry.connections, "connection")
            let seconds = InspectText.seconds(us: entry.longestNs / 1000)
            switch key.kind {
            case .unanswered:
                list.add(
                    "connect_unanswered", entry.firstNs,
                    "\(InspectText.count(entry.packets, "SYN")) of \(connections) to \(end) over up to \(seconds) got no answer"
                        + " of any kind: a firewall that drops, or a host that is not there")
            case .refused:
                list.add(
                    "connect_refused", entry.firstNs,
                    "\(connections) to \(end) refused with a reset: nothing listens there, or a firewall rejects")
            case .closedAtOnce:
                guard entry.connections >= leastClosed else { continue }
                let bytes =
                    entry.leastBytes == entry.mostBytes
                    ? "\(entry.mostBytes) bytes" : "\(entry.leastBytes) to \(entry.mostBytes) bytes"
                list.add(
                    "closed_at_once", entry.firstNs,
                    "\(connections) to \(end): closed by the broker after \(bytes), at most \(entry.longestNs / 1_000_000) ms after a"
                        + " request that it did not answer, before it had said much: a listener that wants SASL or TLS does so, or one that"
                        + " does not know the request")
            case .forgotten:
                list.add(
                    "idle_connection_dropped", entry.firstNs,
                    "\(connections) to \(end): after up to \(seconds) of silence \(InspectText.count(entry.packets, "segment"))"
                        + " got " + (entry.resets > 0 ? "a reset" : "no answer of any kind")
                        + ": a NAT, firewall or load balancer on the way forgot them; connections.max.idle.ms below its time"
                        + " helps")
            case .alert:
                list.add(
                    "tls_alert", entry.firstNs,
                    "\(connections) to \(end): the answer to a plain request is a TLS alert; this listener wants TLS"
                        + " (security.protocol)")
            }
        }
    }
}
