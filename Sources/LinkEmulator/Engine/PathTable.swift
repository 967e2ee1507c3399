import PacketWire
import ScenarioModel

/// The ways through the link: its ports, a path for each node and direction, and the impairments that stand on each.
struct PathTable: ~Copyable {
    /// One end of the link.
    struct Port: BitwiseCopyable {
        var address: UInt32
        /// 0 for the client.
        var node: UInt16
    }

    /// One direction to or from one broker node.
    struct Path: BitwiseCopyable {
        var node: UInt16
        var isClientToBroker: Bool
        var packetsIn: UInt64 = 0
        var bytesIn: UInt64 = 0
        var forwarded: UInt64 = 0
        var bytesForwarded: UInt64 = 0
        var dropped: UInt64 = 0
        var duplicated: UInt64 = 0
        var made: UInt64 = 0
        /// Placed impairments of this path: first, and how many.
        var firstPlaced: Int32 = 0
        var placedCount: Int32 = 0
        /// Active ones among them: the first `activeCount` at `firstPlaced` of `active`.
        var activeCount: Int32 = 0

        /// The place of a packet on this path.
        @inline(__always)
        func place(_ index: UInt64) -> PacketPlace {
            PacketPlace(node: node, isClientToBroker: isClientToBroker, index: index)
        }

        /// The place of the last packet that came in.
        var lastPlace: PacketPlace { place(packetsIn &- 1) }
    }

    /// Where and for what an impairment stands.
    struct Placed: BitwiseCopyable {
        var fault: UInt16
        var reason: UInt16
        var stream: RandomStream
        var phaseStart: Int64
    }

    private let ports: FixedArray<Port>
    private let paths: FixedArray<Path>
    private let impairments: FixedArray<any Impairment & ~Copyable>
    private let placed: FixedArray<Placed>
    private let active: FixedArray<Int32>

    /// - Throws: `LinkError` for an address that is none or when memory is short; `ScenarioError` for a value that was
    ///   not validated before.
    init(_ configuration: LinkConfiguration, _ planned: [PlannedFault]) throws {
        let sorted = configuration.ports.sorted { $0.node < $1.node }
        let ports = FixedArray(
            try sorted.map { port in
                guard let address = IPv4Address(port.address) else {
                    throw LinkError(
                        "'\(port.address)' is not an IPv4 address", remedy: "give each port a dotted address")
                }
                return Port(address: address.value, node: UInt16(port.node))
            })
        var paths = FixedArray<Path>()
        var impairments = FixedArray<any Impairment & ~Copyable>()
        var placed = FixedArray<Placed>()
        for port in sorted.dropFirst() {
            for isUp in [true, false] {
                var path = Path(node: UInt16(port.node), isClientToBroker: isUp)
                path.firstPlaced = Int32(placed.count)
                try Self.place(planned, on: path, configuration, &impairments, &placed)
                path.placedCount = Int32(placed.count) - path.firstPlaced
                paths.append(path)
            }
        }
        // For packets that are of no node and direction, such as malformed ones.
        var other = Path(node: 0, isClientToBroker: true)
        other.firstPlaced = Int32(placed.count)
        paths.append(other)
        active = FixedArray(repeating: 0, count: placed.count)
        self.ports = ports
        self.paths = paths
        self.impairments = impairments
        self.placed = placed
    }

    /// Puts the impairments of one path into place, in the order of the faults and, within each, of
    /// `ImpairmentKind.all`.
    private static func place(
        _ planned: [PlannedFault], on path: Path, _ configuration: LinkConfiguration,
        _ impairments: inout FixedArray<any Impairment & ~Copyable>, _ placed: inout FixedArray<Placed>
    ) throws {
        let drawNames = PlannedFault.drawNames(of: planned)
        for (index, fault) in planned.enumerated()
        where fault.scope.covers(node: path.node, isClientToBroker: path.isClientToBroker) {
            let stream = RandomStream(
                seed: configuration.seed, node: Int(path.node), direction: path.isClientToBroker ? 0 : 1,
                fault: drawNames[index])
            let settings = fault.settings(mtu: configuration.mtu)
            for (number, kind) in ImpairmentKind.all.enumerated() {
                guard let impairment = try kind.make(settings) else { continue }
                impairments.append(impairment)
                placed.append(
                    Placed(
                        fault: UInt16(index), reason: ReasonTable.impairment(number), stream: stream, phaseStart: 0))
            }
        }
    }

    /// How many ports there are.
    var portCount: Int { ports.count }
    /// How many paths there are, the one for packets of no node among them.
    var count: Int { paths.count }
    /// The paths: their counts are written where the packets go.
    var all: UnsafeMutablePointer<Path> { paths.base }
    /// Index of the path for packets of no node.
    var other: Int { paths.count - 1 }

    /// The port whose address a packet goes to; -1 for none.
    @inline(__always)
    func port(of address: UInt32) -> Int {
        for index in 0..<ports.count where ports.base[index].address == address { return index }
        return -1
    }

    /// The path from one port to another.
    @inline(__always)
    func path(from port: Int, to out: Int) -> Int {
        if port == 0 { return out > 0 ? (out - 1) * 2 : other }
        return out == 0 ? (port - 1) * 2 + 1 : other
    }

    /// The path of a node in one direction; nil for a node without a port.
    func path(node: UInt16, isUp: Bool) -> Int? {
        for port in 1..<ports.count where ports.base[port].node == node { return (port - 1) * 2 + (isUp ? 0 : 1) }
        return nil
    }

    /// The port that packets of a path leave by.
    func outPort(_ path: Int) -> UInt16 { all[path].isClientToBroker ? UInt16(path / 2 + 1) : 0 }

    /// Counts a packet that came in.
    @inline(__always)
    func countIn(_ path: Int, _ bytes: Int) {
        all[path].packetsIn &+= 1
        all[path].bytesIn &+= UInt64(bytes)
    }

    /// Lets a packet meet the impairments of its path that act now, from the `position`-th on, up to its end or to the
    /// first that asks for a copy.
    ///
    /// - Parameters:
    ///   - position: where the packet stands; moves on.
    ///   - lastFault: the fault of the last impairment that it met; moves on.
    @inline(__always)
    func impair(_ packet: inout PacketInTransit, on path: Int, from position: inout Int32, _ lastFault: inout UInt16) {
        let base = Int(all[path].firstPlaced)
        let count = all[path].activeCount
        while position < count {
            let at = Int(active.base[base + Int(position)])
            let place = placed.base[at]
            if place.fault != lastFault {
                packet.overtakes = false
                lastFault = place.fault
            }
            packet.meet(place)
            impairments.base[at].apply(to: &packet)
            position &+= 1
            if packet.isDropped || packet.wantsCopy { return }
        }
    }

    /// Tells the impairments of a fault that its phase began.
    func phaseBegan(_ fault: UInt16, at time: Int64) {
        for path in 0..<count {
            let first = Int(all[path].firstPlaced)
            for index in first..<(first + Int(all[path].placedCount)) where placed.base[index].fault == fault {
                placed.base[index].phaseStart = time
                impairments.base[index].phaseBegan(at: all[path].packetsIn)
            }
        }
    }

    /// Lists for each path the impairments whose fault acts now.
    func rebuildActive(_ phases: borrowing PhaseTable) {
        for path in 0..<count {
            let first = all[path].firstPlaced
            var listed: Int32 = 0
            for index in first..<(first + all[path].placedCount) where phases.isActive(placed.base[Int(index)].fault) {
                active.base[Int(first + listed)] = index
                listed += 1
            }
            all[path].activeCount = listed
        }
    }
}
