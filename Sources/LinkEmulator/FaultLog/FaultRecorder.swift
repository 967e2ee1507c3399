import EvidenceModel

/// What was done, by which fault and why.
struct Decision: BitwiseCopyable {
    var fate: PacketFate
    /// Index of the fault; `FaultRecord.link` for the link itself.
    var fault: UInt16
    /// Number of the reason in `ReasonTable`.
    var reason: UInt16

    @inline(__always)
    init(_ fate: PacketFate, fault: UInt16, reason: UInt16) {
        self.fate = fate
        self.fault = fault
        self.reason = reason
    }

    /// A decision that is no impairment's.
    @inline(__always)
    init(_ fate: PacketFate, fault: UInt16, _ reason: LinkReason) {
        self.init(fate, fault: fault, reason: reason.rawValue)
    }
}

/// A packet by its place: the node and the direction it travels, and its number among those.
struct PacketPlace: BitwiseCopyable {
    var node: UInt16
    var isClientToBroker: Bool
    var index: UInt64
}

/// Makes every record of the fault log and puts it into the ring.
struct FaultRecorder: BitwiseCopyable {
    private let ring: FaultLogRing.Input
    /// Microseconds since the epoch at monotonic time 0, in nanoseconds.
    var epochOffsetNs: Int64 = 0

    init(_ ring: FaultLogRing.Input) { self.ring = ring }

    /// Records the fate of a packet.
    ///
    /// - Parameters:
    ///   - now: when it was decided, monotonic nanoseconds.
    ///   - delayNs: how long the packet is held; nil where it is not.
    ///   - message: the Kafka message that decided; nil for none.
    func packet(
        _ decision: Decision, _ place: PacketPlace, _ bytes: UnsafeRawBufferPointer, now: Int64,
        delayNs: Int64? = nil, message: SeenMessage? = nil
    ) {
        var record = begin(decision, place, now: now, delayNs: delayNs, message: message)
        record.describe(bytes)
        ring.write(record)
    }

    /// Records what was done to a connection, of which no packet is at hand.
    ///
    /// - Parameter sequence: of the packet that was made for it, with that packet's length; nil for none.
    func connection(
        _ decision: Decision, _ place: PacketPlace, _ key: ConnectionKey, now: Int64, delayNs: Int64? = nil,
        made sequence: (UInt32, length: Int)? = nil, message: SeenMessage? = nil
    ) {
        var record = begin(decision, place, now: now, delayNs: delayNs, message: message)
        record.describe(key, isUp: place.isClientToBroker)
        if let sequence {
            record.sequence = sequence.0
            record.lengthBytes = Int32(sequence.length)
        }
        ring.write(record)
    }

    /// Tells the thread behind the ring that a fault's phase began or ended.
    func phase(_ change: PhaseChange) {
        var record = FaultRecord()
        record.kind = change.began ? .phaseBegan : .phaseEnded
        record.fault = change.fault
        record.timeUs = (change.time &+ epochOffsetNs) / 1000
        ring.write(record)
    }

    /// Tells the thread behind the ring that a message triggered a fault.
    func trigger(_ fault: UInt16, _ message: SeenMessage, now: Int64) {
        var record = FaultRecord()
        record.kind = .triggered
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fault = fault
        record.node = message.node
        record.name(message)
        ring.write(record)
    }

    @inline(__always)
    private func begin(
        _ decision: Decision, _ place: PacketPlace, now: Int64, delayNs: Int64?, message: SeenMessage?
    ) -> FaultRecord {
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = decision.fate
        record.fault = decision.fault
        record.reason = decision.reason
        record.node = place.node
        record.isClientToBroker = place.isClientToBroker
        record.packetIndex = place.index
        if let delayNs {
            record.hasDelay = true
            record.delayUs = delayNs / 1000
        }
        if let message { record.name(message) }
        return record
    }
}
