import EvidenceModel

/// Joins the attempts of both ends.
struct AttemptJoin {
    /// How far ahead the other end's next attempt is looked for.
    private static let window = 4096

    private let attempts: AttemptIndex
    private let topics: TopicTable
    private var joined: [JoinedAttempt] = []

    /// Every attempt of every capture once, in time order.
    static func join(
        _ attempts: AttemptIndex, _ connections: ConnectionJoin, _ topics: TopicTable
    ) -> [JoinedAttempt] {
        var join = AttemptJoin(attempts: attempts, topics: topics)
        join.run(connections)
        return join.joined
    }

    private init(attempts: AttemptIndex, topics: TopicTable) {
        self.attempts = attempts
        self.topics = topics
    }

    private mutating func run(_ connections: ConnectionJoin) {
        joined.reserveCapacity(attempts.observers.map(\.log.attempts.count).max() ?? 0)
        if attempts.observers.count == 1 {
            takeAll(0)
        } else {
            joinCaptures(connections)
        }
        // Attempts of one capture are nearly in order as they are.
        var isSorted = true
        for index in joined.indices.dropFirst() where joined[index].timeNs < joined[index - 1].timeNs {
            isSorted = false
            break
        }
        if !isSorted { joined.sort { $0.timeNs < $1.timeNs } }
    }

    private mutating func takeAll(_ capture: Int) {
        let isClient = attempts.observers[capture].counts.side == .client
        for index in attempts.observers[capture].log.attempts.indices {
            add(Int32(attempts.first[capture] + index), isClient: isClient)
        }
    }

    private mutating func add(_ number: Int32, isClient: Bool) {
        joined.append(
            JoinedAttempt(
                client: isClient ? number : -1, broker: isClient ? -1 : number, timeNs: attempts[number].requestNs))
    }

    private mutating func joinCaptures(_ connections: ConnectionJoin) {
        let lists = attempts.observers.indices.map(numbersByConnection)
        for (capture, observer) in attempts.observers.enumerated() {
            let isClient = observer.counts.side == .client
            for connection in observer.log.connections.indices {
                let reference = ConnectionJoin.Reference(capture: capture, connection: connection)
                if isClient, let other = connections.brokerOf[reference] {
                    merge(lists[capture][connection], lists[other.capture][other.connection])
                } else if isClient || connections.clientOf[reference] == nil {
                    for number in lists[capture][connection] { add(number, isClient: isClient) }
                }
            }
        }
    }

    private func numbersByConnection(_ capture: Int) -> [[Int32]] {
        let observer = attempts.observers[capture]
        var lists = [[Int32]](repeating: [], count: observer.log.connections.count)
        for index in observer.log.attempts.indices {
            lists[Int(observer.log.attempts[index].connection)].append(Int32(attempts.first[capture] + index))
        }
        return lists
    }

    private func isSame(_ a: ObservedAttempt, _ b: ObservedAttempt) -> Bool {
        a.correlationID == b.correlationID && a.partition == b.partition && a.apiVersion == b.apiVersion
            && topics.resolved(a.topic) == topics.resolved(b.topic)
            && (a.identity == b.identity || a.flags.union(b.flags).contains(.headerCut))
    }

    /// Both lists are in stream order: what one end saw and the other did not is missing from one of them.
    private mutating func merge(_ clientList: [Int32], _ brokerList: [Int32]) {
        var next = 0
        for number in brokerList {
            let attempt = attempts[number]
            var found = next
            let end = min(clientList.count, next + Self.window)
            while found < end, !isSame(attempts[clientList[found]], attempt) { found += 1 }
            guard found < end else {
                add(number, isClient: false)
                continue
            }
            for earlier in clientList[next..<found] { add(earlier, isClient: true) }
            joined.append(
                JoinedAttempt(
                    client: clientList[found], broker: number, timeNs: attempts[clientList[found]].requestNs))
            next = found + 1
        }
        for number in clientList[min(next, clientList.count)...] { add(number, isClient: true) }
    }
}
