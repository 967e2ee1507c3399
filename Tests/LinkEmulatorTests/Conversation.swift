import PacketWire

@testable import LinkEmulator

/// A connection whose two ends send through a rig.
final class Conversation {
    let rig: CoreRig
    var now: Int64
    private var up: UInt32 = 100
    private var down: UInt32 = 5000
    let port: UInt16

    init(_ rig: CoreRig, port: UInt16 = 40_000, at start: Int64 = 1000) {
        self.rig = rig
        self.port = port
        now = start
        send(up: true, flags: [.syn], sequence: up)
        send(up: false, flags: [.syn, .ack], sequence: down)
        up += 1
        down += 1
    }

    @discardableResult
    func send(
        up isUp: Bool, _ data: [UInt8] = [], flags: TCPSegment.Flags = [.ack, .psh], sequence: UInt32? = nil
    ) -> [CoreRig.Out] {
        now += 1000
        let at = sequence ?? (isUp ? up : down)
        rig.send(
            Packets.tcp(
                up: isUp, sequence: at, acknowledgement: isUp ? down : up, flags: flags, data: data, port: port),
            from: isUp ? 0 : 1, at: now)
        if sequence == nil {
            if isUp { up += UInt32(data.count) } else { down += UInt32(data.count) }
        }
        return rig.due(now)
    }

    /// Sends data in segments of at most `size` bytes.
    @discardableResult
    func send(up isUp: Bool, _ data: [UInt8], segment size: Int) -> [CoreRig.Out] {
        stride(from: 0, to: data.count, by: size).flatMap {
            send(up: isUp, Array(data[$0..<min($0 + size, data.count)]))
        }
    }

    var nextUp: UInt32 { up }
    var nextDown: UInt32 { down }
}
