import PacketWire

/// How many packets of each host had good and wrong checksums in one capture.
///
/// A host that leaves checksums to its device may show wrong ones in its own captures, but then in all its packets. So a
/// wrong one counts only of a host whose packets have right or unfinished ones more often.
struct HostChecksums {
    private struct Host {
        var address: IPAddress
        var good = 0
        var wrong = 0
    }

    private var hosts: [Host] = []
    private var indices: [IPAddress: Int] = [:]
    /// The hosts of the last packets: the two ends of a connection take turns.
    private var latest = 0
    private var before = 0

    /// Packets that were rejected.
    private(set) var rejected = 0

    /// Whether the receiver's kernel throws the packet away because a checksum is wrong.
    mutating func rejects(_ packet: CapturedPacket, from source: IPAddress) -> Bool {
        let checksum = CapturedChecksum.of(packet)
        switch checksum {
        case .unknown: return false
        case .wrongHeader:
            if !hosts.isEmpty { rejected += 1 }
            return !hosts.isEmpty
        case .right, .unfinished, .wrong: break
        }
        let index = index(of: source)
        if checksum != .wrong {
            hosts[index].good += 1
            return false
        }
        hosts[index].wrong += 1
        let isRejected = hosts[index].good >= hosts[index].wrong
        if isRejected { rejected += 1 }
        return isRejected
    }

    private mutating func index(of source: IPAddress) -> Int {
        if latest < hosts.count, hosts[latest].address == source { return latest }
        swap(&latest, &before)
        if latest < hosts.count, hosts[latest].address == source { return latest }
        if let known = indices[source] {
            latest = known
        } else {
            latest = hosts.count
            indices[source] = latest
            hosts.append(Host(address: source))
        }
        return latest
    }
}
