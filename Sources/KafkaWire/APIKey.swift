/// An api of the Kafka protocol: the first field of every request.
///
/// Any number can be held, because a peer may send any; the names are those of Kafka's message definitions.
public struct APIKey: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number on the wire.
    public let rawValue: Int16

    /// The api with this number, known or not.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Produce, api 0.
    public static let produce = APIKey(rawValue: 0)
    /// Fetch, api 1.
    public static let fetch = APIKey(rawValue: 1)
    /// ListOffsets, api 2.
    public static let listOffsets = APIKey(rawValue: 2)
    /// Metadata, api 3.
    public static let metadata = APIKey(rawValue: 3)
    /// LeaderAndIsr, api 4.
    public static let leaderAndIsr = APIKey(rawValue: 4)
    /// StopReplica, api 5.
    public static let stopReplica = APIKey(rawValue: 5)
    /// UpdateMetadata, api 6.
    public static let updateMetadata = APIKey(rawValue: 6)
    /// ControlledShutdown, api 7.
    public static let controlledShutdown = APIKey(rawValue: 7)
    /// OffsetCommit, api 8.
    public static let offsetCommit = APIKey(rawValue: 8)
    /// OffsetFetch, api 9.
    public static let offsetFetch = APIKey(rawValue: 9)
    /// FindCoordinator, api 10.
    public static let findCoordinator = APIKey(rawValue: 10)
    /// JoinGroup, api 11.
    public static let joinGroup = APIKey(rawValue: 11)
    /// Heartbeat, api 12.
    public static let heartbeat = APIKey(rawValue: 12)
    /// LeaveGroup, api 13.
    public static let leaveGroup = APIKey(rawValue: 13)
    /// SyncGroup, api 14.
    public static let syncGroup = APIKey(rawValue: 14)
    /// DescribeGroups, api 15.
    public static let describeGroups = APIKey(rawValue: 15)
    /// ListGroups, api 16.
    public static let listGroups = APIKey(rawValue: 16)
    /// SaslHandshake, api 17.
    public static let saslHandshake = APIKey(rawValue: 17)
    /// ApiVersions, api 18.
    public static let apiVersions = APIKey(rawValue: 18)
    /// CreateTopics, api 19.
    public static let createTopics = APIKey(rawValue: 19)
    /// DeleteTopics, api 20.
    public static let deleteTopics = APIKey(rawValue: 20)
    /// DeleteRecords, api 21.
    public static let deleteRecords = APIKey(rawValue: 21)
    /// InitProducerId, api 22.
    public static let initProducerId = APIKey(rawValue: 22)
    /// OffsetForLeaderEpoch, api 23.
    public static let offsetForLeaderEpoch = APIKey(rawValue: 23)
    /// AddPartitionsToTxn, api 24.
    public static let addPartitionsToTxn = APIKey(rawValue: 24)
    /// AddOffsetsToTxn, api 25.
    public static let addOffsetsToTxn = APIKey(rawValue: 25)
    /// EndTxn, api 26.
    public static let endTxn = APIKey(rawValue: 26)
    /// WriteTxnMarkers, api 27.
    public static let writeTxnMarkers = APIKey(rawValue: 27)
    /// TxnOffsetCommit, api 28.
    public static let txnOffsetCommit = APIKey(rawValue: 28)
    /// DescribeAcls, api 29.
    public static let describeAcls = APIKey(rawValue: 29)
    /// CreateAcls, api 30.
    public static let createAcls = APIKey(rawValue: 30)
    /// DeleteAcls, api 31.
    public static let deleteAcls = APIKey(rawValue: 31)
    /// DescribeConfigs, api 32.
    public static let describeConfigs = APIKey(rawValue: 32)
    /// AlterConfigs, api 33.
    public static let alterConfigs = APIKey(rawValue: 33)
    /// AlterReplicaLogDirs, api 34.
    public static let alterReplicaLogDirs = APIKey(rawValue: 34)
    /// DescribeLogDirs, api 35.
    public static let describeLogDirs = APIKey(rawValue: 35)
    /// SaslAuthenticate, api 36.
    public static let saslAuthenticate = APIKey(rawValue: 36)
    /// CreatePartitions, api 37.
    public static let createPartitions = APIKey(rawValue: 37)
    /// CreateDelegationToken, api 38.
    public static let createDelegationToken = APIKey(rawValue: 38)
    /// RenewDelegationToken, api 39.
    public static let renewDelegationToken = APIKey(rawValue: 39)
    /// ExpireDelegationToken, api 40.
    public static let expireDelegationToken = APIKey(rawValue: 40)
    /// DescribeDelegationToken, api 41.
    public static let describeDelegationToken = APIKey(rawValue: 41)
    /// DeleteGroups, api 42.
    public static let deleteGroups = APIKey(rawValue: 42)
    /// ElectLeaders, api 43.
    public static let electLeaders = APIKey(rawValue: 43)
    /// IncrementalAlterConfigs, api 44.
    public static let incrementalAlterConfigs = APIKey(rawValue: 44)
    /// AlterPartitionReassignments, api 45.
    public static let alterPartitionReassignments = APIKey(rawValue: 45)
    /// ListPartitionReassignments, api 46.
    public static let listPartitionReassignments = APIKey(rawValue: 46)
    /// OffsetDelete, api 47.
    public static let offsetDelete = APIKey(rawValue: 47)
    /// DescribeClientQuotas, api 48.
    public static let describeClientQuotas = APIKey(rawValue: 48)
    /// AlterClientQuotas, api 49.
    public static let alterClientQuotas = APIKey(rawValue: 49)
    /// DescribeUserScramCredentials, api 50.
    public static let describeUserScramCredentials = APIKey(rawValue: 50)
    /// AlterUserScramCredentials, api 51.
    public static let alterUserScramCredentials = APIKey(rawValue: 51)
    /// DescribeQuorum, api 55.
    public static let describeQuorum = APIKey(rawValue: 55)
    /// UpdateFeatures, api 57.
    public static let updateFeatures = APIKey(rawValue: 57)
    /// DescribeCluster, api 60.
    public static let describeCluster = APIKey(rawValue: 60)
    /// DescribeProducers, api 61.
    public static let describeProducers = APIKey(rawValue: 61)
    /// UnregisterBroker, api 64.
    public static let unregisterBroker = APIKey(rawValue: 64)
    /// DescribeTransactions, api 65.
    public static let describeTransactions = APIKey(rawValue: 65)
    /// ListTransactions, api 66.
    public static let listTransactions = APIKey(rawValue: 66)
    /// ConsumerGroupHeartbeat, api 68.
    public static let consumerGroupHeartbeat = APIKey(rawValue: 68)
    /// ConsumerGroupDescribe, api 69.
    public static let consumerGroupDescribe = APIKey(rawValue: 69)
    /// GetTelemetrySubscriptions, api 71.
    public static let getTelemetrySubscriptions = APIKey(rawValue: 71)
    /// PushTelemetry, api 72.
    public static let pushTelemetry = APIKey(rawValue: 72)
    /// ListConfigResources, api 74.
    public static let listConfigResources = APIKey(rawValue: 74)
    /// DescribeTopicPartitions, api 75.
    public static let describeTopicPartitions = APIKey(rawValue: 75)

    /// The api's name, or `api N` for an unknown number.
    public var name: String { Self.table[rawValue]?.name ?? "api \(rawValue)" }

    /// True for an api that this module can name.
    public var isKnown: Bool { Self.table[rawValue] != nil }

    /// Whether `version` uses compact types and tagged fields (KIP-482); false for unknown apis.
    public func isFlexible(_ version: Int16) -> Bool {
        guard let first = Self.table[rawValue]?.firstFlexible else { return false }
        return version >= first
    }

    /// The api's name.
    public var description: String { name }

    private static let table: [Int16: (name: String, firstFlexible: Int16?)] = [
        0: ("Produce", 9),
        1: ("Fetch", 12),
        2: ("ListOffsets", 6),
        3: ("Metadata", 9),
        4: ("LeaderAndIsr", 4),
        5: ("StopReplica", 2),
        6: ("UpdateMetadata", 6),
        7: ("ControlledShutdown", 3),
        8: ("OffsetCommit", 8),
        9: ("OffsetFetch", 6),
        10: ("FindCoordinator", 3),
        11: ("JoinGroup", 6),
        12: ("Heartbeat", 4),
        13: ("LeaveGroup", 4),
        14: ("SyncGroup", 4),
        15: ("DescribeGroups", 5),
        16: ("ListGroups", 3),
        17: ("SaslHandshake", nil),
        18: ("ApiVersions", 3),
        19: ("CreateTopics", 5),
        20: ("DeleteTopics", 4),
        21: ("DeleteRecords", 2),
        22: ("InitProducerId", 2),
        23: ("OffsetForLeaderEpoch", 4),
        24: ("AddPartitionsToTxn", 3),
        25: ("AddOffsetsToTxn", 3),
        26: ("EndTxn", 3),
        27: ("WriteTxnMarkers", 1),
        28: ("TxnOffsetCommit", 3),
        29: ("DescribeAcls", 2),
        30: ("CreateAcls", 2),
        31: ("DeleteAcls", 2),
        32: ("DescribeConfigs", 4),
        33: ("AlterConfigs", 2),
        34: ("AlterReplicaLogDirs", 2),
        35: ("DescribeLogDirs", 2),
        36: ("SaslAuthenticate", 2),
        37: ("CreatePartitions", 2),
        38: ("CreateDelegationToken", 2),
        39: ("RenewDelegationToken", 2),
        40: ("ExpireDelegationToken", 2),
        41: ("DescribeDelegationToken", 2),
        42: ("DeleteGroups", 2),
        43: ("ElectLeaders", 2),
        44: ("IncrementalAlterConfigs", 1),
        45: ("AlterPartitionReassignments", 0),
        46: ("ListPartitionReassignments", 0),
        47: ("OffsetDelete", nil),
        48: ("DescribeClientQuotas", 1),
        49: ("AlterClientQuotas", 1),
        50: ("DescribeUserScramCredentials", 0),
        51: ("AlterUserScramCredentials", 0),
        55: ("DescribeQuorum", 0),
        57: ("UpdateFeatures", 0),
        60: ("DescribeCluster", 0),
        61: ("DescribeProducers", 0),
        64: ("UnregisterBroker", 0),
        65: ("DescribeTransactions", 0),
        66: ("ListTransactions", 0),
        68: ("ConsumerGroupHeartbeat", 0),
        69: ("ConsumerGroupDescribe", 0),
        71: ("GetTelemetrySubscriptions", 0),
        72: ("PushTelemetry", 0),
        74: ("ListConfigResources", 0),
        75: ("DescribeTopicPartitions", 0),
    ]
}
