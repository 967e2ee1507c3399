import KafkaWire

extension Release {
    /// The versions of each api that the release advertises on a client's listener: all of its apis, also those that this
    /// broker does not carry out (see ``serves(_:version:)``), because clients infer a broker's release and features
    /// from the list.
    ///
    /// Read off the recorded releases, and for the others from the `validVersions` of their request schemas less what is
    /// marked unstable; 4.3 from captures of it. 4.0, 4.2, 4.4 and 4.5 are inferred from their neighbours.
    public var offeredVersions: [(api: APIKey, versions: ClosedRange<Int16>)] {
        Self.table.compactMap { row in row.versions(in: self).map { (row.api, $0) } }
    }

    /// The versions of `api` that are advertised; nil when the release has no such api.
    public func versions(of api: APIKey) -> ClosedRange<Int16>? {
        Self.rowOf[api].flatMap { $0.versions(in: self) }
    }

    /// Whether a request is answered; what is not closes the connection.
    ///
    /// From 4.0 on Kafka advertises Produce v0 to v2 for old librdkafka's sake and closes the connection when they are
    /// used (KIP-896).
    public func serves(_ api: APIKey, version: Int16) -> Bool {
        guard let range = versions(of: api), range.contains(version) else { return false }
        return !(api == .produce && version < 3 && !acceptsMessageSets)
    }

    /// One api: from which release on which versions.
    private struct Row: Sendable {
        let api: APIKey
        private let steps: [(since: Release, versions: ClosedRange<Int16>?)]

        /// `steps` reads `0.11 0-3, 1.0 0-5, 4.0 none`: each holds from its release on.
        init(_ api: APIKey, _ steps: String) {
            self.api = api
            self.steps = steps.split(separator: ",").map { step in
                let words = step.split(separator: " ")
                let bounds = words[1].split(separator: "-").compactMap { Int16($0) }
                return (Release(String(words[0]))!, bounds.count == 2 ? bounds[0]...bounds[1] : nil)
            }
        }

        func versions(in release: Release) -> ClosedRange<Int16>? {
            steps.last { $0.since <= release }?.versions
        }
    }

    private static let rowOf = Dictionary(uniqueKeysWithValues: table.map { ($0.api, $0) })

    private static let table: [Row] = [
        Row(.produce, "0.11 0-3, 1.0 0-5, 2.0 0-6, 2.1 0-7, 2.4 0-8, 2.8 0-9, 3.7 0-10, 3.8 0-11, 4.0 0-12, 4.1 0-13"),
        Row(
            .fetch,
            "0.11 0-5, 1.0 0-6, 1.1 0-7, 2.0 0-8, 2.1 0-10, 2.3 0-11, 2.7 0-12, 3.1 0-13, 3.5 0-15, 3.7 0-16"
                + ", 3.9 0-17, 4.0 4-17, 4.1 4-18"),
        Row(
            .listOffsets,
            "0.11 0-2, 2.0 0-3, 2.1 0-4, 2.2 0-5, 2.8 0-6, 3.0 0-7, 3.5 0-8, 3.9 0-9, 4.0 1-10"
                + ", 4.2 1-11"),
        Row(.metadata, "0.11 0-4, 1.0 0-5, 2.0 0-6, 2.1 0-7, 2.3 0-8, 2.4 0-9, 2.8 0-11, 3.1 0-12, 4.0 0-13"),
        Row(.leaderAndIsr, "0.11 0-0, 1.0 0-1, 2.2 0-2, 2.4 0-4, 2.8 0-5, 3.2 0-6, 3.4 0-7, 4.0 none"),
        Row(.stopReplica, "0.11 0-0, 2.2 0-1, 2.4 0-2, 2.6 0-3, 3.4 0-4, 4.0 none"),
        Row(.updateMetadata, "0.11 0-3, 1.0 0-4, 2.2 0-5, 2.4 0-6, 2.8 0-7, 3.4 0-8, 4.0 none"),
        Row(.controlledShutdown, "0.11 1-1, 1.0 0-1, 2.2 0-2, 2.4 0-3, 4.0 none"),
        Row(.offsetCommit, "0.11 0-3, 2.0 0-4, 2.1 0-6, 2.3 0-7, 2.4 0-8, 3.7 0-9, 4.0 2-9, 4.2 2-10"),
        Row(.offsetFetch, "0.11 0-3, 2.0 0-4, 2.1 0-5, 2.4 0-6, 2.5 0-7, 3.0 0-8, 3.7 0-9, 4.0 1-9, 4.2 1-10"),
        Row(.findCoordinator, "0.11 0-1, 2.0 0-2, 2.4 0-3, 3.0 0-4, 3.8 0-5, 3.9 0-6"),
        Row(.joinGroup, "0.11 0-2, 2.0 0-3, 2.2 0-4, 2.3 0-5, 2.4 0-6, 2.5 0-7, 3.2 0-9"),
        Row(.heartbeat, "0.11 0-1, 2.0 0-2, 2.3 0-3, 2.4 0-4"),
        Row(.leaveGroup, "0.11 0-1, 2.0 0-2, 2.4 0-4, 3.2 0-5"),
        Row(.syncGroup, "0.11 0-1, 2.0 0-2, 2.3 0-3, 2.4 0-4, 2.5 0-5"),
        Row(.describeGroups, "0.11 0-1, 2.0 0-2, 2.3 0-3, 2.4 0-5, 4.0 0-6"),
        Row(.listGroups, "0.11 0-1, 2.0 0-2, 2.4 0-3, 2.6 0-4, 3.8 0-5"),
        Row(.saslHandshake, "0.11 0-0, 1.0 0-1"),
        Row(.apiVersions, "0.11 0-1, 2.0 0-2, 2.4 0-3, 3.9 0-4"),
        Row(.createTopics, "0.11 0-2, 2.0 0-3, 2.4 0-5, 2.7 0-6, 2.8 0-7, 4.0 2-7"),
        Row(.deleteTopics, "0.11 0-1, 2.0 0-2, 2.1 0-3, 2.4 0-4, 2.7 0-5, 2.8 0-6, 4.0 1-6"),
        Row(.deleteRecords, "0.11 0-0, 2.0 0-1, 2.6 0-2"),
        Row(.initProducerId, "0.11 0-0, 2.0 0-1, 2.4 0-2, 2.5 0-3, 2.7 0-4, 3.8 0-5"),
        Row(.offsetForLeaderEpoch, "0.11 0-0, 2.0 0-1, 2.1 0-2, 2.3 0-3, 2.8 0-4, 4.0 2-4"),
        Row(.addPartitionsToTxn, "0.11 0-0, 2.0 0-1, 2.7 0-2, 2.8 0-3, 3.5 0-4, 3.8 0-5"),
        Row(.addOffsetsToTxn, "0.11 0-0, 2.0 0-1, 2.7 0-2, 2.8 0-3, 3.8 0-4"),
        Row(.endTxn, "0.11 0-0, 2.0 0-1, 2.7 0-2, 2.8 0-3, 3.8 0-4, 4.0 0-5"),
        Row(.writeTxnMarkers, "0.11 0-0, 2.8 0-1, 4.0 1-1, 4.2 1-2"),
        Row(.txnOffsetCommit, "0.11 0-0, 2.0 0-1, 2.1 0-2, 2.5 0-3, 3.8 0-4, 4.0 0-5"),
        Row(.describeAcls, "0.11 0-0, 2.0 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
        Row(.createAcls, "0.11 0-0, 2.0 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
        Row(.deleteAcls, "0.11 0-0, 2.0 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
        Row(.describeConfigs, "0.11 0-0, 1.1 0-1, 2.0 0-2, 2.6 0-3, 2.8 0-4, 4.0 1-4"),
        Row(.alterConfigs, "0.11 0-0, 2.0 0-1, 2.8 0-2"),
        Row(.alterReplicaLogDirs, "1.0 0-0, 2.0 0-1, 2.8 0-2, 4.0 1-2"),
        Row(.describeLogDirs, "1.0 0-0, 2.0 0-1, 2.6 0-2, 3.2 0-3, 3.3 0-4, 4.0 1-4, 4.3 1-5"),
        Row(.saslAuthenticate, "1.0 0-0, 2.2 0-1, 2.5 0-2"),
        Row(.createPartitions, "1.0 0-0, 2.0 0-1, 2.5 0-2, 2.7 0-3"),
        Row(.createDelegationToken, "1.1 0-0, 2.0 0-1, 2.4 0-2, 3.3 0-3, 4.0 1-3"),
        Row(.renewDelegationToken, "1.1 0-0, 2.0 0-1, 2.5 0-2, 4.0 1-2"),
        Row(.expireDelegationToken, "1.1 0-0, 2.0 0-1, 2.5 0-2, 4.0 1-2"),
        Row(.describeDelegationToken, "1.1 0-0, 2.0 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
        Row(.deleteGroups, "1.1 0-0, 2.0 0-1, 2.4 0-2"),
        Row(.electLeaders, "2.2 0-0, 2.4 0-2"),
        Row(.incrementalAlterConfigs, "2.3 0-0, 2.4 0-1"),
        Row(.alterPartitionReassignments, "2.4 0-0, 4.1 0-1"),
        Row(.listPartitionReassignments, "2.4 0-0"),
        Row(.offsetDelete, "2.4 0-0"),
        Row(.describeClientQuotas, "2.6 0-0, 2.8 0-1"),
        Row(.alterClientQuotas, "2.6 0-0, 2.8 0-1"),
        Row(.describeUserScramCredentials, "2.7 0-0"),
        Row(.alterUserScramCredentials, "2.7 0-0"),
        Row(.describeQuorum, "4.0 0-2"),
        Row(APIKey(rawValue: 56), "2.7 0-0, 3.2 0-1, 3.3 0-2, 3.5 0-3, 4.0 none"),
        Row(.updateFeatures, "2.7 0-0, 3.3 0-1, 4.0 0-2"),
        Row(APIKey(rawValue: 58), "3.4 0-0, 4.0 none"),
        Row(.describeCluster, "2.8 0-0, 3.7 0-1, 4.0 0-2"),
        Row(.describeProducers, "2.8 0-0"),
        Row(.unregisterBroker, "4.0 0-0"),
        Row(.describeTransactions, "3.0 0-0"),
        Row(.listTransactions, "3.0 0-0, 3.8 0-1, 4.1 0-2"),
        Row(APIKey(rawValue: 67), "3.0 0-0, 4.0 none"),
        Row(.consumerGroupHeartbeat, "3.7 0-0, 4.0 0-1"),
        Row(.consumerGroupDescribe, "3.8 0-0, 4.0 0-1"),
        Row(.listConfigResources, "4.0 0-0, 4.1 0-1"),
        Row(.describeTopicPartitions, "4.0 0-0"),
        Row(APIKey(rawValue: 76), "4.1 1-1"),
        Row(APIKey(rawValue: 77), "4.1 1-1"),
        Row(APIKey(rawValue: 78), "4.1 1-1, 4.2 1-2"),
        Row(APIKey(rawValue: 79), "4.1 1-1, 4.2 1-2"),
        Row(APIKey(rawValue: 80), "4.0 0-0, 4.2 0-1"),
        Row(APIKey(rawValue: 81), "4.0 0-0"),
        Row(APIKey(rawValue: 83), "4.1 0-0"),
        Row(APIKey(rawValue: 84), "4.1 0-0"),
        Row(APIKey(rawValue: 85), "4.1 0-0, 4.2 0-1"),
        Row(APIKey(rawValue: 86), "4.1 0-0"),
        Row(APIKey(rawValue: 87), "4.1 0-0, 4.2 0-1"),
        Row(APIKey(rawValue: 88), "4.2 0-0"),
        Row(APIKey(rawValue: 89), "4.2 0-0"),
        Row(APIKey(rawValue: 90), "4.1 0-0, 4.2 0-1"),
        Row(APIKey(rawValue: 91), "4.1 0-0"),
        Row(APIKey(rawValue: 92), "4.1 0-0"),
    ]
}
