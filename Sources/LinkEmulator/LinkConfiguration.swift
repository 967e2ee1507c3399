import EvidenceModel
import KafkaWire
import ScenarioModel

/// What a link joins and what it does to the packets between.
public struct LinkConfiguration: Sendable {
    /// One end of the link: a TUN device, or anything whose reads and writes are whole IP packets.
    public struct Port: Sendable, Equatable {
        /// 0 for the client, N for broker node N.
        public var node: Int
        /// The descriptor, non-blocking. It stays the caller's to close, after `Link.stop`.
        public var descriptor: Int32
        /// Packets to this IPv4 address leave by this port, for example `198.18.1.1`.
        public var address: String

        /// Makes a port.
        public init(node: Int, descriptor: Int32, address: String) {
            self.node = node
            self.descriptor = descriptor
            self.address = address
        }
    }

    /// Exactly one port of node 0, and one for each broker node.
    public var ports: [Port]
    /// Longest packet in bytes that may pass, 576 to 65,535. Longer ones are dropped and counted.
    public var mtu: Int
    /// Drives every random decision.
    public var seed: UInt64
    /// The faults. Those without a word of `LinkVocabulary` are left to others.
    public var faults: [FaultSpec]
    /// Where the fault log goes, `link.jsonl`; nil for none.
    public var faultLogPath: String?
    /// Packets that the link may hold at once; beyond it, they are dropped and logged as `overflow`. Each takes a buffer
    /// of the MTU rounded up, of memory that is used only once touched.
    public var packetLimit: Int
    /// The ports are devices with `IFF_VNET_HDR` that hand over and take TCP packets of up to 64 kB with unfinished
    /// checksums (`TUN_F_CSUM`, `TUN_F_TSO4`). The link cuts them into packets of the MTU, each with a fate of its own,
    /// and joins those again that leave one behind the other.
    public var offloads: Bool

    /// Makes a configuration.
    public init(
        ports: [Port], mtu: Int = 1500, seed: UInt64, faults: [FaultSpec] = [], faultLogPath: String? = nil,
        packetLimit: Int = 65_536, offloads: Bool = false
    ) {
        self.ports = ports
        self.mtu = mtu
        self.seed = seed
        self.faults = faults
        self.faultLogPath = faultLogPath
        self.packetLimit = packetLimit
        self.offloads = offloads
    }
}

/// The begin or end of a fault's phase.
public struct LinkPhaseEvent: Sendable, Equatable {
    /// `fault-N`.
    public var fault: String
    /// True at the begin, false at the end.
    public var began: Bool
    /// Microseconds since the epoch.
    public var timeUs: Int64
}

/// A message that triggered a fault.
public struct LinkTriggerEvent: Sendable, Equatable {
    /// `fault-N`.
    public var fault: String
    /// Microseconds since the epoch.
    public var timeUs: Int64
    /// Broker node of the message's connection, from 1.
    public var node: Int
    /// The message.
    public var message: FaultLogEntry.Message

    init(_ record: FaultRecord, fault: String) {
        self.fault = fault
        timeUs = record.timeUs
        node = Int(record.node)
        message = FaultLogEntry.Message(
            api: APIKey(rawValue: record.apiKey).name, kind: record.message == 1 ? "request" : "response",
            correlationID: record.correlationID)
    }
}
