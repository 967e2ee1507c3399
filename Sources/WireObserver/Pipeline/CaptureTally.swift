import EvidenceModel

/// The counts of one capture, which every stage of the pipeline adds to.
final class CaptureTally {
    // See CaptureObserver: nothing re-enters while a packet is taken.
    @exclusivity(unchecked) var counts: WireEvidence.Capture
    /// Bytes that never came, in the places that `counts.gaps` counts.
    @exclusivity(unchecked) var gapBytes: Int64 = 0

    init(file: String, side: WireEvidence.Side) { counts = WireEvidence.Capture(file: file, side: side) }

    /// A packet was read.
    @inline(__always)
    func note(timeUs: Int64) {
        counts.packets += 1
        if counts.packets == 1 { counts.firstPacketUs = timeUs }
        if timeUs < counts.firstPacketUs { counts.firstPacketUs = timeUs }
        if timeUs > counts.lastPacketUs { counts.lastPacketUs = timeUs }
    }
}
