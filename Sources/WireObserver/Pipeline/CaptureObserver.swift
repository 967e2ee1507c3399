import EvidenceModel
import KafkaWire
import PacketWire

/// Follows the packets of one capture and notes every Produce attempt: the streaming part of the observer, the same for
/// files and for a capture that is running.
///
/// A pipeline of stages, each of which knows only those behind it:
///
///     packet -> PacketStage       link layer, network, checksums -> TCP segment
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
    @exclusivity(unchecked) private(set) var sideEvidence = SideEvidence()
    /// Broker node that the capture was taken at, from 1; 0 where unknown.
    var node = 0
    var droppedByKernel: UInt64 = 0
    /// Keeps what tells packets apart, where both ends are to be compared.
    let crossing: CrossingSide?

    /// - Parameter crossing: where every segment is noted too, for a comparison with the other end's capture.
    init(
        file: String, side: WireEvidence.Side, topics: TopicTable, retention: ObservationLog.Retention = .everything,
        limits: StreamReassembler.Limits = .init(), crossing: CrossingSide? = nil
    ) {
        tally = CaptureTally(file: file, side: side)
        log = ObservationLog(topics: topics, retention: retention)
        frames = FrameStage(tally: tally, log: log)
        streams = StreamStage(tally: tally, log: log, frames: frames)
        roles = RoleStage(log: log)
        table = ConnectionTable(tally: tally, log: log, streams: streams, limits: limits)
        self.crossing = crossing
        if let crossing { table.onClose = { crossing.note($0, $1) } }
    }

    /// What the capture is counted to hold; complete after ``finish()``.
    var counts: WireEvidence.Capture { tally.counts }

    /// Takes the next packet of the capture.
    func observe(_ packet: CapturedPacket) {
        tally.note(timeUs: packet.timeNs / 1000)
        guard let segment = packets.segment(packet) else { return }
        crossing?.note(segment, timeNs: packet.timeNs)
        guard packets.isSound(packet, segment) else { return }
        observe(segment, timeNs: packet.timeNs)
    }

    private func observe(_ segment: CapturedSegment, timeNs: Int64) {
        let source = ObservedConnection.Endpoint(address: segment.source, port: segment.sourcePort)
        let destination = ObservedConnection.Endpoint(address: segment.destination, port: segment.destinationPort)
        let connection = table.connection(source, destination, segment, timeNs)
        connection.summary.lastNs = max(connection.summary.lastNs, timeNs)
        let fromClient = connection.summary.client == source
        if segment.isReset || segment.isFinish { table.noteClose(connection, segment, fromClient, timeNs) }
        guard connection.role != .other, connection.role != .tls else { return }
        sideEvidence.note(segment, connection, fromClient: fromClient, timeNs: timeNs)
        if segment.isSynchronise {
            table.open(connection, segment, fromClient)
            return
        }
        if segment.hasAcknowledgement, !segment.isReset {
            streams.acknowledge(connection, by: fromClient, segment.acknowledgement, timeNs)
        }
        if segment.payloadLength > 0 {
            if connection.role == .unknown { roles.identify(connection, segment, source) }
            guard connection.role != .other, connection.role != .tls else { return }
            streams.receive(connection, segment, fromClient: connection.summary.client == source, timeNs: timeNs)
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
