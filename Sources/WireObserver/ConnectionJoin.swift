import EvidenceModel

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
            for (index, connection) in observer.connections.enumerated() {
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
            for (index, connection) in observer.connections.enumerated() {
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
            let other = observers[candidate.capture].connections[candidate.connection]
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

    /// What the first Produce request of each connection holds: equal at both ends also when everything below is not.
    private static func fingerprints(_ observer: CaptureObserver) -> [Int: UInt64] {
        var found: [Int: UInt64] = [:]
        for attempt in observer.attempts where attempt.identity != 0 {
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

/// Joins the attempts of both ends.
enum AttemptJoin {
    /// How far ahead the other end's next attempt is looked for.
    private static let window = 4096

    static func join(
        _ observers: [CaptureObserver], _ connections: ConnectionJoin, _ topics: TopicTable
    ) -> [JoinedAttempt] {
        let perConnection = observers.map(attemptsByConnection)
        var joined: [JoinedAttempt] = []
        joined.reserveCapacity(observers.map(\.attempts.count).max() ?? 0)
        for (capture, observer) in observers.enumerated() {
            for index in observer.connections.indices {
                let reference = ConnectionJoin.Reference(capture: capture, connection: index)
                let mine = perConnection[capture][index]
                if observer.counts.side == .client, let other = connections.brokerOf[reference] {
                    let theirs = perConnection[other.capture][other.connection]
                    merge(
                        mine, capture, theirs, other.capture, observers, topics, into: &joined)
                } else if observer.counts.side == .client || connections.clientOf[reference] == nil {
                    for attempt in mine {
                        let time = observer.attempts[Int(attempt)].requestNs
                        let noted = JoinedAttempt.Reference(capture: Int32(capture), index: attempt)
                        let isClient = observer.counts.side == .client
                        joined.append(
                            JoinedAttempt(
                                client: isClient ? noted : nil, broker: isClient ? nil : noted, timeNs: time))
                    }
                }
            }
        }
        joined.sort { $0.timeNs < $1.timeNs }
        return joined
    }

    private static func attemptsByConnection(_ observer: CaptureObserver) -> [[Int32]] {
        var lists = [[Int32]](repeating: [], count: observer.connections.count)
        for (index, attempt) in observer.attempts.enumerated() {
            lists[Int(attempt.connection)].append(Int32(index))
        }
        return lists
    }

    /// Both lists are in stream order: what one end saw and the other did not is missing from one of them.
    private static func merge(
        _ clientList: [Int32], _ clientCapture: Int, _ brokerList: [Int32], _ brokerCapture: Int,
        _ observers: [CaptureObserver], _ topics: TopicTable, into joined: inout [JoinedAttempt]
    ) {
        let clientAttempts = observers[clientCapture].attempts
        let brokerAttempts = observers[brokerCapture].attempts
        func isSame(_ a: ObservedAttempt, _ b: ObservedAttempt) -> Bool {
            a.correlationID == b.correlationID && a.partition == b.partition && a.apiVersion == b.apiVersion
                && topics.resolved(a.topic) == topics.resolved(b.topic)
                && (a.identity == b.identity || a.flags.union(b.flags).contains(.headerCut))
        }
        func client(_ index: Int32) -> JoinedAttempt.Reference { .init(capture: Int32(clientCapture), index: index) }
        func broker(_ index: Int32) -> JoinedAttempt.Reference { .init(capture: Int32(brokerCapture), index: index) }
        var next = 0
        for brokerIndex in brokerList {
            let attempt = brokerAttempts[Int(brokerIndex)]
            var found = next
            let end = min(clientList.count, next + window)
            while found < end, !isSame(clientAttempts[Int(clientList[found])], attempt) { found += 1 }
            guard found < end else {
                joined.append(
                    JoinedAttempt(client: nil, broker: broker(brokerIndex), timeNs: attempt.requestNs))
                continue
            }
            for index in clientList[next..<found] {
                joined.append(
                    JoinedAttempt(
                        client: client(index), broker: nil, timeNs: clientAttempts[Int(index)].requestNs))
            }
            let index = clientList[found]
            joined.append(
                JoinedAttempt(
                    client: client(index), broker: broker(brokerIndex),
                    timeNs: clientAttempts[Int(index)].requestNs))
            next = found + 1
        }
        for index in clientList[min(next, clientList.count)...] {
            joined.append(
                JoinedAttempt(client: client(index), broker: nil, timeNs: clientAttempts[Int(index)].requestNs))
        }
    }
}
