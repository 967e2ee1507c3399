import EvidenceModel
import KafkaWire
import PacketWire
import TLSWire

/// Follows the packets of one capture and notes every Produce attempt: the streaming part of the observer, the same for
/// files and for a capture that is running.
///
/// A pipeline of stages, each of which knows only those behind it:
///
///     packet -> PacketStage       link layer, tunnels, network -> TCP segment
///            -> ConnectionTable   which connection, its beginning and its end
///            -> RoleStage         what it speaks, and which end is the client
///            -> StreamStage       both directions put in order
///            -> FrameStage        requests and responses
///            -> ObservationLog    attempts, connections, producer ids: what the analysis joins
///
/// Memory: bounded for each connection (``StreamReassembler/Limits``), for the number of connections, and about 120 bytes
/// for each attempt, of which a live observer keeps only the latest.
final class CaptureObserver {
    /// Counts that every stage adds to.
    let tally: CaptureTally
    /// What was seen.
    let log: ObservationLog
    let frames: FrameStage
    let streams: StreamStage
    let roles: RoleStage
    let table: ConnectionTable
    // The compiler's checks for overlapping access cost a tenth of the time; nothing here re-enters.
    @exclusivity(unchecked) private(set) var packets = PacketStage()
    @exclusivity(unchecked) private(set) var hostChecksums = HostChecksums()
    @exclusivity(unchecked) private(set) var sideEvidence = SideEvidence()
    /// Broker node that the capture was taken at, from 1; 0 where unknown.
    var node = 0
    var droppedByKernel: UInt64 = 0
    /// Names of the capture's interfaces.
    var interfaceNames: [String] = []
    /// Keeps what tells packets apart, where both ends are to be compared.
    let crossing: CrossingSide?

    /// - Parameter crossing: where every segment is noted too, for a comparison with the other end's capture.
    init(
        file: String, side: WireEvidence.Side, topics: TopicTable, retention: ObservationLog.Retention = .everything,
        limits: StreamReassembler.Limits = .init(), keys: KeyRing = KeyRing(), crossing: CrossingSide? = nil
    ) {
        tally = CaptureTally(file: file, side: side)
        log = ObservationLog(topics: topics, retention: retention)
        frames = FrameStage(tally: tally, log: log)
        streams = StreamStage(tally: tally, log: log, frames: frames)
        roles = RoleStage(log: log, keys: keys)
        table = ConnectionTable(tally: tally, log: log, streams: streams, limits: limits)
        self.crossing = crossing
        table.onUndecided = { [unowned self] connection in
            roles.decide(connection)
            replay(connection)
        }
        streams.onContent = { [unowned self] in roles.identifyContent($0, $1) }
        if let crossing { table.onClose = { crossing.note($0, $1) } }
    }

    /// The name of an interface, or its number; nil where the capture tells none.
    func name(of place: Int64) -> String? {
        let number = Int(place >> 40)
        let system = place & 0xff_ffff_ffff
        let name = number < interfaceNames.count ? interfaceNames[number] : ""
        if system == 0 { return name.isEmpty ? (interfaceNames.count > 1 ? "interface \(number)" : nil) : name }
        return "interface \(system)" + (name.isEmpty || name == "any" ? "" : " of \(name)")
    }

    /// What the capture is counted to hold; complete after ``finish()``.
    var counts: WireEvidence.Capture { tally.counts }

    /// Takes the next packet of the capture.
    func observe(_ packet: CapturedPacket) {
        tally.note(timeUs: packet.timeNs / 1000)
        packets.segment(packet) { segment in
            crossing?.note(segment, timeNs: packet.timeNs)
            if !hostChecksums.rejects(packet, from: segment.source) {
                observe(segment, timeNs: packet.timeNs, interface: packet.place)
            }
        }
    }

    private func observe(_ segment: CapturedSegment, timeNs: Int64, interface: Int64) {
        var source = ObservedConnection.Endpoint(address: segment.source, port: segment.sourcePort)
        let destination = ObservedConnection.Endpoint(address: segment.destination, port: segment.destinationPort)
        let connection = table.connection(source, destination, segment, timeNs)
        if connection.isEcho(segment, of: interface, timeNs) { return }
        if connection.latest?.interface != interface || connection.copies != nil || !connection.translations.isEmpty {
            guard let sender = original(source, destination, segment, of: connection, interface, timeNs) else { return }
            source = sender
        }
        connection.latest = (CopyTracker.Print(segment), segment.packetNumber, interface, timeNs)
        if connection.role == .undecided {
            if let copied = roles.original(of: connection, segment, from: source, timeNs: timeNs) {
                merge(
                    connection, into: copied.connection, copied.isSameOrder, segment, timeNs: timeNs,
                    interface: interface)
                return
            }
            if roles.hold(connection, segment, from: source, timeNs: timeNs, interface) { replay(connection) }
            return
        }
        if connection.evidence != nil {
            roles.revise(connection, segment, fromClient: connection.summary.client == source)
        }
        follow(segment, of: connection, from: source, timeNs: timeNs)
    }

    /// The sender of a segment under the connection's own addresses; nil for a copy of a segment that was seen already.
    private func original(
        _ source: ObservedConnection.Endpoint, _ destination: ObservedConnection.Endpoint, _ segment: CapturedSegment,
        of connection: Connection, _ interface: Int64, _ timeNs: Int64
    ) -> ObservedConnection.Endpoint? {
        let place = connection.place(of: source, destination)
        if connection.copies == nil {
            guard let latest = connection.latest else { return source }
            let tracker = CopyTracker()
            tracker.note(latest.print, in: .init(translation: 0, interface: latest.interface), timeNs: latest.timeNs)
            connection.copies = tracker
        }
        if connection.copies?.isCopy(
            segment, in: .init(translation: place, interface: interface), timeNs: timeNs) == true
        {
            return nil
        }
        guard place > 0 else { return source }
        return connection.translations[place - 1].client == source
            ? connection.summary.client : connection.summary.broker
    }

    /// Two connections without a handshake turned out to be one: what was held of the second are copies, or what the first
    /// does not have.
    private func merge(
        _ copy: Connection, into connection: Connection, _ isSameOrder: Bool, _ segment: CapturedSegment, timeNs: Int64,
        interface: Int64
    ) {
        table.merge(copy, into: connection, copyClientIsClient: isSameOrder)
        let tracker = connection.copies ?? CopyTracker()
        connection.copies = tracker
        for held in connection.heldBack?.held ?? [] {
            tracker.note(
                CopyTracker.Print(held.segment), in: .init(translation: 0, interface: held.interface),
                timeNs: held.timeNs)
        }
        for held in copy.releaseHeld() {
            held.payload.withUnsafeBytes { payload in
                var segment = held.segment
                segment.payload = payload
                observe(segment, timeNs: held.timeNs, interface: held.interface)
            }
        }
        observe(segment, timeNs: timeNs, interface: interface)
    }

    /// Reads what was held of a connection until its ends were decided.
    private func replay(_ connection: Connection) {
        for held in connection.releaseHeld() {
            held.payload.withUnsafeBytes { payload in
                var segment = held.segment
                segment.payload = payload
                follow(segment, of: connection, from: held.sender, timeNs: held.timeNs)
            }
        }
    }

    private func follow(
        _ segment: CapturedSegment, of connection: Connection, from source: ObservedConnection.Endpoint, timeNs: Int64
    ) {
        connection.summary.lastNs = max(connection.summary.lastNs, timeNs)
        let fromClient = connection.summary.client == source
        if fromClient {
            if segment.payloadLength > 0 {
                if connection.summary.unheard == 0 { connection.summary.firstUnheardNs = timeNs }
                connection.summary.unheard += 1
            }
        } else if !segment.isReset {
            connection.summary.heardNs = timeNs
            connection.summary.unheard = 0
        }
        if segment.isReset || segment.isFinish { table.noteClose(connection, segment, fromClient, timeNs) }
        if connection.role != .other { connection.watchFlow(segment, fromClient: fromClient, timeNs: timeNs) }
        guard connection.isFollowed else { return }
        sideEvidence.note(segment, connection, fromClient: fromClient, timeNs: timeNs)
        if segment.isSynchronise {
            table.open(connection, segment, fromClient)
            return
        }
        if segment.hasAcknowledgement, !segment.isReset {
            streams.acknowledge(connection, by: fromClient, segment.acknowledgement, timeNs)
        }
        if segment.payloadLength > 0 {
            if connection.role == .unknown { roles.identify(connection, segment, fromClient: fromClient) }
            guard connection.isFollowed else { return }
            streams.receive(connection, segment, fromClient: fromClient, timeNs: timeNs)
        } else if connection.client.stream.isHolding || connection.broker.stream.isHolding {
            streams.drain(connection, fromClient: true)
            streams.drain(connection, fromClient: false)
        }
    }

    /// The capture has ended: what still waits for missing bytes is taken as it is.
    func finish() {
        table.closeAll()
        frames.finish()
        crossing?.settle()
    }
}
