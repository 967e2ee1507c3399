import PacketWire

/// What a capture shows more than once, for the summary: `2 copies of each packet: docker0, eth0 (NAT)`.
struct CopySummary {
    /// Segments left out because they are copies.
    private(set) var copies = 0
    private(set) var connections = 0
    /// The most views of one connection.
    private(set) var views = 0
    private(set) var interfaces: Set<Int64> = []
    /// The first pair of addresses that stand for the same end.
    private(set) var translated: (from: ObservedConnection.Endpoint, to: ObservedConnection.Endpoint)?

    mutating func note(_ connection: Connection) {
        guard let tracker = connection.copies, tracker.copies > 0 else { return }
        copies += tracker.copies
        connections += 1
        views = max(views, tracker.views.count, 2)
        interfaces.formUnion(tracker.views.map(\.interface))
        guard translated == nil, let translation = connection.translations.first else { return }
        let isClient = translation.client != connection.summary.client
        translated =
            isClient
            ? (connection.summary.client, translation.client) : (connection.summary.broker, translation.broker)
    }
}
