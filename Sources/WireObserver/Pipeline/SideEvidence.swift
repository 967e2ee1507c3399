import EvidenceModel
import PacketWire

/// Finds out which end of the link a capture was taken at.
///
/// Two signs. Hosts send with a time to live of 64, 128 or 255, and every router takes one off: the end whose packets
/// still have a full one is near. Where both are full (no router between), the handshake tells: at the client the SYN-ACK
/// takes a round trip and the ACK follows at once; at the broker it is the other way round.
struct SideEvidence {
    private var clientFull = 0
    private var clientWorn = 0
    private var brokerFull = 0
    private var brokerWorn = 0
    /// Sums over handshakes: SYN to SYN-ACK, and SYN-ACK to ACK.
    private var answerNs: Int64 = 0
    private var completionNs: Int64 = 0
    private(set) var handshakes = 0

    @inline(__always)
    mutating func note(_ segment: CapturedSegment, _ connection: Connection, fromClient: Bool, timeNs: Int64) {
        guard connection.handshake != .done else { return }
        noteHandshake(segment, connection, fromClient: fromClient, timeNs: timeNs)
    }

    private mutating func noteHandshake(
        _ segment: CapturedSegment, _ connection: Connection, fromClient: Bool, timeNs: Int64
    ) {
        let isFull = segment.timeToLive == 64 || segment.timeToLive == 128 || segment.timeToLive == 255
        if fromClient {
            if isFull { clientFull += 1 } else { clientWorn += 1 }
        } else {
            if isFull { brokerFull += 1 } else { brokerWorn += 1 }
        }
        switch connection.handshake {
        case .none where segment.isSynchronise && fromClient: connection.handshake = .syn(timeNs)
        case .syn(let synNs) where segment.isSynchronise && !fromClient:
            connection.handshake = .synAck(synNs, timeNs)
        // A repeated SYN makes the times meaningless.
        case .syn where segment.isSynchronise, .synAck where segment.isSynchronise: connection.handshake = .done
        case .synAck(let synNs, let synAckNs) where fromClient:
            handshakes += 1
            answerNs &+= max(synAckNs - synNs, 0)
            completionNs &+= max(timeNs - synAckNs, 0)
            connection.handshake = .done
        case .none where !segment.isSynchronise:
            connection.midStreamPackets += 1
            if connection.midStreamPackets > 16 { connection.handshake = .done }
        default: break
        }
    }

    /// The side, or nil when the capture does not tell.
    var side: WireEvidence.Side? {
        let clientNear = clientFull > 0 && clientWorn == 0
        let brokerNear = brokerFull > 0 && brokerWorn == 0
        if clientNear != brokerNear, clientFull + clientWorn > 0, brokerFull + brokerWorn > 0 {
            return clientNear ? .client : .broker
        }
        guard handshakes > 0, answerNs != completionNs else { return nil }
        return answerNs > completionNs ? .client : .broker
    }
}

extension Connection {
    /// How far the TCP handshake was seen.
    enum Handshake: Equatable {
        case none
        case syn(Int64)
        case synAck(Int64, Int64)
        case done
    }
}
