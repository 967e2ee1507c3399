import EvidenceModel
import PacketWire

/// Findings `not_kafka` and `proxy_protocol`: a connection to a broker, or to a port that brokers have as a habit, that does not
/// begin with a request.
enum StrangeConnections {
    static func add(_ observer: CaptureObserver, to list: inout FindingList) {
        let others = observer.roles.others
        for (end, entry) in others.notKafka
        where RoleStage.isUsual(end.port) || observer.roles.brokers.contains(end) {
            list.add(
                "not_kafka", entry.firstNs,
                "\(InspectText.count(entry.connections, "connection")) to \(WireAnalysis.text(end)): not Kafka from the"
                    + " first byte; the first begins with \(entry.words)")
        }
        for (end, entry) in others.proxied {
            list.add(
                "proxy_protocol", entry.firstNs,
                "\(InspectText.count(entry.connections, "connection")) to \(WireAnalysis.text(end)), with a PROXY protocol"
                    + " header before the first request (\(entry.words)), which was passed over; Apache Kafka does not know it, so that"
                    + " something before the broker has to take it off")
        }
    }
}
