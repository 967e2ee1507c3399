import EvidenceModel
import PacketWire
import TLSWire

/// The files of one capture read as one: rotated ones in whatever order they are named, overlapping ones merged by time, packets
/// out of order of time sorted within a window.
struct CaptureFiles {
    private let paths: [String]
    /// Standard input can be read once, so that its packets are always sorted.
    private var sorts: Bool
    private(set) var notes: [WireEvidence.Finding] = []

    /// Takes the secrets that files bring themselves.
    private let keys: KeyRing

    init(_ paths: [String], keys: KeyRing) {
        self.paths = paths
        self.keys = keys
        sorts = paths.contains("-")
    }

    /// One file, with the packet that comes next.
    private final class Source {
        let path: String
        let reader: CaptureFileReader
        var packet: CapturedPacket?

        init(_ path: String, _ keys: KeyRing) throws {
            self.path = path
            reader = try CaptureFileReader(path: path)
            reader.onSecrets = { keys.log.add($0) }
            packet = try reader.next()
        }
    }

    /// Passes every packet in order of time to an observer that `make` makes: a second time to a fresh one, where the files
    /// turn out not to be in order.
    ///
    /// - Throws: ``CaptureError`` when a file cannot be read or is no capture.
    mutating func read(_ make: () -> CaptureObserver) throws -> CaptureObserver {
        if !sorts {
            let observer = make()
            var latestNs: Int64 = .min
            var isOrdered = true
            let sources = try forEachPacket { packet in
                isOrdered = packet.timeNs >= latestNs
                latestNs = packet.timeNs
                if isOrdered { observer.observe(packet) }
                return isOrdered
            }
            if isOrdered {
                finish(sources, observer)
                return observer
            }
        }
        let observer = make()
        var sorter = PacketSorter()
        let sources = try forEachPacket { packet in
            sorter.add(packet) { observer.observe($0) }
            return true
        }
        sorter.finish { observer.observe($0) }
        finish(sources, observer)
        add(sorter, observer)
        return observer
    }

    /// - Parameter body: false ends the reading.
    private func forEachPacket(_ body: (CapturedPacket) -> Bool) throws -> [Source] {
        if paths.count == 1 {
            let source = try Source(paths[0], keys)
            var packet = source.packet
            while let present = packet, body(present) { packet = try source.reader.next() }
            return [source]
        }
        // A file is opened to see when it begins, and again when its time has come.
        var waiting = try paths.map { path in (path, try Source(path, keys).packet?.timeNs ?? .max) }
            .sorted { $0.1 < $1.1 }[...]
        var open: [Source] = []
        var done: [Source] = []
        while true {
            let next = open.min { ($0.packet?.timeNs ?? .max) < ($1.packet?.timeNs ?? .max) }
            if let first = waiting.first, next == nil || first.1 <= next?.packet?.timeNs ?? .max {
                waiting.removeFirst()
                let source = try Source(first.0, keys)
                if source.packet == nil { done.append(source) } else { open.append(source) }
                continue
            }
            guard let next, let packet = next.packet else { return done }
            guard body(packet) else { return done + open }
            next.packet = try next.reader.next()
            if next.packet == nil {
                done.append(next)
                open.removeAll { $0 === next }
            }
        }
    }

    private mutating func finish(_ sources: [Source], _ observer: CaptureObserver) {
        let lastUs = observer.counts.lastPacketUs
        for source in sources {
            if observer.interfaceNames.isEmpty { observer.interfaceNames = source.reader.interfaceNames }
            switch source.reader.end {
            case .whole, nil: break
            case .truncated(let bytes):
                notes.append(
                    .init(
                        kind: "capture_truncated", timeUs: lastUs,
                        detail: "\(source.path) ends in the middle of a block (\(bytes) bytes of it); all before it was"
                            + " read"))
            case .damaged(let byte):
                notes.append(
                    .init(
                        kind: "capture_damaged", timeUs: lastUs,
                        detail: "\(source.path) is damaged at byte \(byte); only what comes before it was read"))
            }
            let dropped = source.reader.droppedByKernel
            guard dropped > 0 else { continue }
            observer.droppedByKernel += dropped
            notes.append(
                .init(
                    kind: "capture_dropped", timeUs: lastUs,
                    detail: "the kernel dropped \(dropped) packets while \(source.path) was captured"))
        }
    }

    private mutating func add(_ sorter: PacketSorter, _ observer: CaptureObserver) {
        // Microseconds are the clock's own doing, and put right without a word.
        guard sorter.farthestNs >= 1_000_000 || sorter.late > 0 else { return }
        let milliseconds = InspectText.grouped(Int(sorter.farthestNs / 1_000_000))
        var text =
            "\(InspectText.count(sorter.displaced, "packet")) of \(observer.counts.file) stood behind later ones, by up to"
        text += " \(milliseconds) ms; they were put in order of time within \(PacketSorter.windowNs / 1_000_000_000) s"
        if sorter.late > 0 {
            text += ", \(InspectText.count(sorter.late, "packet")) that came later than that were taken as they came"
        }
        notes.append(.init(kind: "capture_unordered", timeUs: observer.counts.lastPacketUs, detail: text))
    }
}
