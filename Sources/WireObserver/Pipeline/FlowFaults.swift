import PacketWire

/// What TCP did on the connections to each broker, by direction: the sum of their ``FlowWatch/Account``.
struct FlowFaults {
    struct Key: Hashable {
        var broker: ObservedConnection.Endpoint
        /// Data from the clients to the broker.
        var isUp: Bool
    }

    struct Entry {
        /// The client of the first connection that is counted here.
        var client: ObservedConnection.Endpoint
        var broker: ObservedConnection.Endpoint
        var isUp: Bool
        var sum = FlowWatch.Account()

        /// The end that sends the data, and the one that takes it.
        var sender: String { isUp ? clientText : WireAnalysis.text(broker) }
        var receiver: String { isUp ? WireAnalysis.text(broker) : clientText }

        /// A client's port changes with each connection.
        private var clientText: String {
            WireAnalysis.host(ObservedConnection.Endpoint(address: client.address, port: 0))
        }
    }

    private static let mostKeys = 4096
    private(set) var entries: [Key: Entry] = [:]

    /// A connection is over, or is asked while it goes on.
    mutating func note(_ connection: Connection) {
        guard connection.mayBeKafka else { return }
        let endNs = connection.summary.lastNs
        // Copies: a connection that goes on is asked too.
        var (up, down) = (connection.client.flow, connection.broker.flow)
        add(up.close(timeNs: endNs), connection.summary, isUp: true)
        add(down.close(timeNs: endNs), connection.summary, isUp: false)
    }

    private mutating func add(_ account: FlowWatch.Account, _ summary: ObservedConnection, isUp: Bool) {
        let key = Key(broker: summary.broker, isUp: isUp)
        guard entries[key] != nil || entries.count < Self.mostKeys else { return }
        var entry = entries[key] ?? Entry(client: summary.client, broker: summary.broker, isUp: isUp)
        entry.sum.add(account)
        entries[key] = entry
    }

    /// All in an order that does not change from run to run.
    var sorted: [Entry] {
        entries.values.sorted { ($0.sender, $0.receiver) < ($1.sender, $1.receiver) }
    }
}

extension FlowWatch.Account {
    mutating func add(_ other: Self) {
        zeroWindows += other.zeroWindows
        zeroWindowNs += other.zeroWindowNs
        longestZeroNs = max(longestZeroNs, other.longestZeroNs)
        firstZeroNs = min(firstZeroNs, other.firstZeroNs)
        duplicateAcks += other.duplicateAcks
        runsOfThree += other.runsOfThree
        firstDuplicateNs = min(firstDuplicateNs, other.firstDuplicateNs)
        reordered += other.reordered
        furthestBytes = max(furthestBytes, other.furthestBytes)
        latestNs = max(latestNs, other.latestNs)
        firstReorderedNs = min(firstReorderedNs, other.firstReorderedNs)
        segments += other.segments
        repeated += other.repeated
        rounds += other.rounds
        fullRounds += other.fullRounds
        fullWindow = max(fullWindow, other.fullWindow)
        fullRoundNs += other.fullRoundNs
        firstFullNs = min(firstFullNs, other.firstFullNs)
        if other.plateau.rounds > plateau.rounds { plateau = other.plateau }
    }
}
