import EvidenceModel
import PacketWire
import ScenarioModel

/// Gives packets a fate. One value for each fault, node and direction, so its state is that of one path.
///
/// Runs on the packet path: no allocation, no class, no array; what needs memory takes it when it is made, in a
/// `LazyArray`, and gives it back with its own end.
protocol Impairment: ~Copyable {
    /// Decides over one packet: drops it, holds it, changes it, asks for a copy, or leaves it alone.
    ///
    /// Everything random comes from `packet.uniform`, everything about time from `packet.time` and `packet.elapsed`.
    mutating func apply(to packet: inout PacketInTransit)

    /// Called when the fault's phase begins, before its first packet.
    ///
    /// - Parameter index: of the path's next packet, whether or not a fault in front lets it through: what counts
    ///   packets counts from there, so that no other fault can shift it.
    mutating func phaseBegan(at index: UInt64)
}

extension Impairment where Self: ~Copyable {
    mutating func phaseBegan(at index: UInt64) {}
}

/// An impairment as the link knows it: its words, and how it is made from a fault's settings.
///
/// To add one: write a file like the others here, add it to `ImpairmentKind.all`, write its test. See
/// docs/add-an-impairment.md.
struct ImpairmentKind: Sendable {
    /// The reason that stands in the fault log, and the main word.
    let name: String
    /// The words it takes, its modifiers too.
    let keywords: [FaultKeyword]
    /// Makes it from a fault's settings; nil when the fault does not ask for it.
    ///
    /// - Throws: `ScenarioError`, as `keywords` would; `LinkError` when memory is short.
    let make: @Sendable (FaultSettings) throws -> (any Impairment & ~Copyable)?
}

/// The settings of one fault, as an impairment reads them.
struct FaultSettings {
    private let values: [String: ScenarioValue]
    /// Length of the fault's phase in nanoseconds; nil for one without an end.
    let phaseLengthNs: Int64?
    /// The link's MTU in bytes.
    let mtu: Int

    init(_ settings: [FaultSpec.Setting], phaseLengthNs: Int64?, mtu: Int) {
        values = Dictionary(settings.map { ($0.keyword, $0.value) }, uniquingKeysWith: { _, last in last })
        self.phaseLengthNs = phaseLengthNs
        self.mtu = mtu
    }

    /// The value of a word; nil when the fault does not have it.
    subscript(_ keyword: String) -> ScenarioValue? { values[keyword] }
}

/// A packet on its way through the impairments of its path.
///
/// Faults act like links in a row, in the order of the scenario file: `time` is when the packet leaves those before.
struct PacketInTransit {
    /// The packet's bytes; an impairment may change them.
    let bytes: UnsafeMutableRawBufferPointer
    /// When the packet reached the link, monotonic nanoseconds.
    let arrival: Int64
    /// 0 for the packet itself, 1… for copies made by `duplicate`.
    let copy: UInt64
    /// When the packet leaves what acted on it so far.
    var time: Int64
    /// True after `drop`; nothing acts on it any more.
    private(set) var isDropped = false
    /// True after `duplicate`, until the link has made the copy.
    var wantsCopy = false
    /// True while later impairments of the same fault are to leave the packet alone in time, as `reorder` asks.
    var overtakes = false
    /// The TCP checksum is only begun: an impairment that changes bytes must call `completeChecksum` first.
    var hasPartialChecksum = false

    /// Its node, direction and number.
    let place: PacketPlace
    /// The fault and the impairment that act now, and their draws.
    private var acting = PathTable.Placed(
        fault: 0, reason: 0, stream: RandomStream(seed: 0, node: 0, direction: 0, fault: ""), phaseStart: 0)
    private let recorder: FaultRecorder

    init(
        _ bytes: UnsafeMutableRawBufferPointer, _ place: PacketPlace, copy: UInt64, arrival: Int64, time: Int64,
        hasPartialChecksum: Bool, _ recorder: FaultRecorder
    ) {
        self.bytes = bytes
        self.place = place
        self.copy = copy
        self.arrival = arrival
        self.time = time
        self.hasPartialChecksum = hasPartialChecksum
        self.recorder = recorder
    }

    /// Comes to the next impairment of its path.
    @inline(__always)
    mutating func meet(_ placed: PathTable.Placed) { acting = placed }

    /// Index among the packets of its node and direction, from 0.
    var index: UInt64 { place.index }
    /// The draws of this fault on this path.
    var stream: RandomStream { acting.stream }
    /// When the fault's phase began, monotonic nanoseconds.
    var phaseStart: Int64 { acting.phaseStart }

    /// How long the phase had lasted when the packet reached the link, nanoseconds.
    var elapsed: Int64 { max(arrival - acting.phaseStart, 0) }

    /// A uniform number in 0..<1 for one decision of this impairment.
    ///
    /// - Parameter purpose: a number of its own for each kind of decision: `RandomPurpose`.
    @inline(__always)
    func uniform(_ purpose: UInt64) -> Double {
        acting.stream.uniform(index: place.index, purpose: purpose &+ copy &<< 32)
    }

    /// Loses the packet.
    @inline(__always)
    mutating func drop() {
        isDropped = true
        record(.drop)
    }

    /// Holds the packet for some nanoseconds more.
    @inline(__always)
    mutating func hold(_ nanoseconds: Int64, as fate: PacketFate = .delay) {
        time &+= nanoseconds
        record(fate, delayNs: nanoseconds)
    }

    /// Asks for a copy, which goes on behind this impairment on its own.
    @inline(__always)
    mutating func duplicate() {
        wantsCopy = true
        record(.duplicate)
    }

    /// Marks the packet as having met congestion (RFC 3168, section 5), where its sender said that it understands.
    ///
    /// - Returns: false for a packet that may not be marked.
    mutating func markCongestion() -> Bool {
        guard bytes.count >= 20, bytes[1] & 0b11 != 0 else { return false }
        // A packet of its own: joined with others, its mark would be theirs.
        completeChecksum()
        bytes[1] |= 0b11
        IPv4Mutation.updateHeaderChecksum(bytes)
        record(.mark)
        return true
    }

    /// Makes the TCP checksum whole where it is only begun, so that a change of bytes makes it wrong.
    mutating func completeChecksum() {
        guard hasPartialChecksum else { return }
        IPv4Mutation.updateTCPChecksum(bytes)
        hasPartialChecksum = false
    }

    /// Writes the decision to the fault log.
    func record(_ fate: PacketFate, delayNs: Int64? = nil) {
        recorder.packet(
            Decision(fate, fault: acting.fault, reason: acting.reason), place, UnsafeRawBufferPointer(bytes),
            now: arrival, delayNs: delayNs)
    }
}

/// One number for each kind of random decision, so that the decisions of one fault are independent of each other. Each
/// impairment's file adds its own; a test says when one is there twice.
enum RandomPurpose {}
