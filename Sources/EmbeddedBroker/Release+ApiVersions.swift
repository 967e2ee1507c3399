import KafkaWire

extension Release {
    /// The versions of each api that the release offers, as far as this broker implements the api.
    ///
    /// From 4.0 on Kafka advertises Produce v0 to v2 for old librdkafka's sake and closes the connection when they are
    /// used (KIP-896); see ``serves(_:version:)``.
    public var offeredVersions: [(api: APIKey, versions: ClosedRange<Int16>)] {
        Self.table.compactMap { row in
            guard let step = row.steps.last(where: { isAtLeast($0.0, $0.1) }) else { return nil }
            return (row.api, step.2)
        }
    }

    /// The versions of `api` that are offered; nil when the release has no such api.
    public func versions(of api: APIKey) -> ClosedRange<Int16>? {
        guard let row = Self.table.first(where: { $0.api == api }) else { return nil }
        return row.steps.last(where: { isAtLeast($0.0, $0.1) })?.2
    }

    /// Whether a request is answered; what is not closes the connection.
    public func serves(_ api: APIKey, version: Int16) -> Bool {
        guard let range = versions(of: api), range.contains(version) else { return false }
        return !(api == .produce && version < 3 && !acceptsMessageSets)
    }

    private typealias Step = (Int, Int, ClosedRange<Int16>)

    /// By api: from which release on which versions. An api not listed is not implemented (see docs/broker.md).
    private static let table: [(api: APIKey, steps: [Step])] = [
        (
            .produce,
            [
                (0, 11, 0...3), (1, 0, 0...5), (2, 0, 0...6), (2, 1, 0...7), (2, 4, 0...8), (2, 8, 0...9),
                (3, 7, 0...10), (3, 8, 0...11), (4, 0, 0...12), (4, 1, 0...13),
            ]
        ),
        (
            .fetch,
            [
                (0, 11, 0...5), (1, 0, 0...6), (1, 1, 0...7), (2, 0, 0...8), (2, 1, 0...10), (2, 3, 0...11),
                (2, 7, 0...12), (3, 1, 0...13), (3, 5, 0...15), (3, 7, 0...16), (3, 8, 0...17), (4, 0, 4...17),
            ]
        ),
        (
            .listOffsets,
            [
                (0, 11, 0...2), (2, 0, 0...3), (2, 1, 0...4), (2, 2, 0...5), (2, 8, 0...6), (3, 0, 0...7),
                (3, 6, 0...8), (3, 8, 0...9), (4, 0, 1...10),
            ]
        ),
        (
            .metadata,
            [
                (0, 11, 0...4), (1, 0, 0...5), (2, 0, 0...6), (2, 1, 0...7), (2, 3, 0...8), (2, 4, 0...9),
                (2, 8, 0...11), (3, 1, 0...12), (4, 0, 0...13),
            ]
        ),
        (.saslHandshake, [(0, 11, 0...0), (1, 0, 0...1)]),
        (.saslAuthenticate, [(1, 0, 0...0), (2, 2, 0...1), (2, 5, 0...2)]),
        (.apiVersions, [(0, 11, 0...1), (2, 0, 0...2), (2, 4, 0...3), (3, 9, 0...4)]),
        (
            .createTopics,
            [(0, 11, 0...2), (2, 0, 0...3), (2, 4, 0...5), (2, 7, 0...6), (2, 8, 0...7), (4, 0, 2...7)]
        ),
        (
            .deleteTopics,
            [
                (0, 11, 0...1), (2, 0, 0...2), (2, 1, 0...3), (2, 4, 0...4), (2, 7, 0...5), (2, 8, 0...6),
                (4, 0, 1...6),
            ]
        ),
        (.deleteRecords, [(0, 11, 0...0), (2, 0, 0...1), (2, 7, 0...2)]),
        (
            .initProducerId,
            [(0, 11, 0...0), (2, 0, 0...1), (2, 4, 0...2), (2, 5, 0...3), (2, 7, 0...4), (3, 8, 0...5)]
        ),
        (
            .offsetForLeaderEpoch,
            [(0, 11, 0...0), (2, 0, 0...1), (2, 1, 0...2), (2, 3, 0...3), (2, 8, 0...4), (4, 0, 2...4)]
        ),
        (
            .findCoordinator,
            [(0, 11, 0...1), (2, 0, 0...2), (2, 4, 0...3), (3, 0, 0...4), (3, 8, 0...5), (3, 9, 0...6)]
        ),
    ]
}
