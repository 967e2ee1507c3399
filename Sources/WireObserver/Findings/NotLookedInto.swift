import EvidenceModel
import PacketWire

/// Findings `unsupported_link_type` and `not_looked_into`: what was passed over and may hold the very traffic that is looked
/// for, such as an encrypted tunnel; and whatever there was where no TCP was seen at all.
enum NotLookedInto {
    static func add(_ observer: CaptureObserver, to list: inout FindingList) {
        let counts = observer.counts
        let last = counts.lastPacketUs * 1000
        for (type, count) in observer.packets.unsupportedLinkTypes.sorted(by: { $0.key < $1.key }) {
            list.add(
                "unsupported_link_type", last,
                "\(InspectText.count(count, "packet")) of \(counts.file) have link type \(type), which is not supported"
            )
        }
        for (kind, count) in kinds(observer)
        where kind != .linkType && (kind.mayHideTraffic || counts.connections == 0) {
            list.add(
                "not_looked_into", last, "\(InspectText.count(count, "packet")) of \(counts.file): \(kind.text)")
        }
        if observer.packets.malformedPackets > 0, counts.connections == 0 {
            list.add(
                "not_looked_into", last,
                "\(InspectText.count(observer.packets.malformedPackets, "packet")) of \(counts.file): cut off or damaged in"
                    + " their headers")
        }
    }

    /// What was passed over, the most first.
    static func kinds(_ observer: CaptureObserver) -> [(kind: PassedOver, count: Int)] {
        observer.packets.passedOver.map { ($0.key, $0.value) }
            .sorted { ($1.count, $0.kind.rawValue) < ($0.count, $1.kind.rawValue) }
    }
}
