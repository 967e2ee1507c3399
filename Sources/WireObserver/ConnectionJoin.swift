import EvidenceModel
import PacketWire

/// Which connection of a client's capture is which connection of a broker's.
struct ConnectionJoin {
    /// A connection of a capture.
    struct Reference: Hashable {
        var capture: Int
        var connection: Int
    }

    /// From the client's to the broker's.
    private(set) var brokerOf: [Reference: Reference] = [:]
    /// From the broker's to the client's.
    private(set) var clientOf: [Reference: Reference] = [:]

    private struct Tuple: Hashable {
        var client: ObservedConnection.Endpoint
        var broker: ObservedConnection.Endpoint
    }

    private struct InitialNumbers: Hashable {
        var client: UInt32
        var broker: UInt32
    }

    init(_ observers: [CaptureObserver]) {
        var byTuple: [Tuple: [Reference]] = [:]
        var byNumbers: [InitialNumbers: Reference] = [:]
        var byContent: [UInt64: Reference] = [:]
        for (capture, observer) in observers.enumerated() where observer.counts.side == .broker {
            let fingerprints = Self.fingerprints(observer)
            for (index, connection) in observer.log.connections.enumerated() {
                let reference = Reference(capture: capture, connection: index)
                byTuple[Tuple(client: connection.client, broker: connection.broker), default: []].append(reference)
                if let client = connection.clientISN, let broker = connection.brokerISN {
                    byNumbers[InitialNumbers(client: client, broker: broker)] = reference
                }
                if let fingerprint = fingerprints[index] { byContent[fingerprint] = reference }
            }
        }
        for (capture, observer) in observers.enumerated() where observer.counts.side == .client {
            let fingerprints = Self.fingerprints(observer)
            for (index, connection) in observer.log.connections.enumerated() {
                let reference = Reference(capture: capture, connection: index)
                let tuple = Tuple(client: connection.client, broker: connection.broker)
                var found = Self.nearest(byTuple[tuple] ?? [], connection, observers)
                if found == nil, let client = connection.clientISN, let broker = connection.brokerISN {
                    found = byNumbers[InitialNumbers(client: client, broker: broker)]
                }
                if found == nil, let fingerprint = fingerprints[index] { found = byContent[fingerprint] }
                guard let found, clientOf[found] == nil else { continue }
                brokerOf[reference] = found
                clientOf[found] = reference
            }
        }
    }

    /// Of connections with the same ports and addresses, the one that is this one: by initial sequence number, else by
    /// time.
    private static func nearest(
        _ candidates: [Reference], _ connection: ObservedConnection, _ observers: [CaptureObserver]
    ) -> Reference? {
        var best: Reference?
        var bestDistance = Int64.max
        for candidate in candidates {
            let other = observers[candidate.capture].log.connections[candidate.connection]
            if let mine = connection.clientISN, let theirs = other.clientISN {
                if mine == theirs { return candidate }
                continue
            }
            let overlaps = other.firstNs <= connection.lastNs && connection.firstNs <= other.lastNs
            let distance = abs(other.firstNs - connection.firstNs)
            if overlaps || distance < 60_000_000_000, distance < bestDistance {
                best = candidate
                bestDistance = distance
            }
        }
        return best
    }

    /// Connections whose end no capture shows, but whose client opened another one to the same broker later and sent nothing
    /// more on this: the FIN of a dead connection can wait behind data that nobody acknowledges.
    static func abandoned(_ observers: [CaptureObserver]) -> Set<Reference> {
        struct Client: Hashable {
            var address: IPAddress
            var broker: ObservedConnection.Endpoint
            var name: String?
        }
        var found: Set<Reference> = []
        for (capture, observer) in observers.enumerated() {
            var latestStart: [Client: Int64] = [:]
            func client(_ connection: ObservedConnection) -> Client {
                Client(
                    address: connection.client.address, broker: connection.broker, name: connection.clientID)
            }
            for connection in observer.log.connections {
                latestStart[client(connection), default: 0] = max(
                    latestStart[client(connection), default: 0], connection.firstNs)
            }
            for (index, connection) in observer.log.connections.enumerated()
            where connection.closedNs == nil && connection.lastRequestNs > 0
                && latestStart[client(connection), default: 0] > connection.lastRequestNs
            {
                found.insert(Reference(capture: capture, connection: index))
            }
        }
        return found
    }

    /// What the first Produce request of each connection holds: equal at both ends also when everything below is not.
    private static func fingerprints(_ observer: CaptureObserver) -> [Int: UInt64] {
        var found: [Int: UInt64] = [:]
        for index in observer.log.attempts.indices {
            let attempt = observer.log.attempts[index]
            guard attempt.identity != 0 else { continue }
            let connection = Int(attempt.connection)
            guard found[connection] == nil else { continue }
            var hash = attempt.identity &* 0x9e37_79b9_7f4a_7c15
            hash ^= UInt64(UInt32(bitPattern: attempt.correlationID)) &* 0xff51_afd7_ed55_8ccd
            hash ^= UInt64(UInt32(bitPattern: attempt.partition)) << 17
            found[connection] = hash
        }
        return found
    }
}
