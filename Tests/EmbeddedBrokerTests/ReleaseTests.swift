import EmbeddedBroker
import KafkaWire
import Testing

struct ReleaseTests {
    @Test func names() {
        #expect(Release("4.3") == .standard)
        #expect(Release("1.0.2")! > Release("1.0.1")!)
        #expect(Release("0.11.0.3")?.description == "0.11")
        for bad in ["", "4", "x.y", "0.10", "4.3.", "-1.2", "1.2", "2.9", "4.6", "5.0", "4.3.1000"] {
            #expect(Release(bad) == nil, "\(bad)")
        }
    }

    @Test func everyMinorReleaseIsKnownAndNoOther() {
        #expect(Release.known.count == 29)
        #expect(Release.known.compactMap { Release($0) }.count == Release.known.count)
        #expect(Release.known.compactMap { Release($0) } == Release.known.compactMap { Release($0) }.sorted())
        #expect(Release("2.4")!.forgetsProducersBelowLogStart != Release("2.1")!.forgetsProducersBelowLogStart)
    }

    /// A rule that is the same everywhere is no difference, and its runs cover every release once.
    @Test func everyDifferenceDiffers() {
        for difference in Release.differences {
            let runs = difference.runs
            #expect(runs.count > 1, "\(difference.rule)")
            #expect(runs.first?.first == Release.known.first && runs.last?.last == Release.known.last)
        }
        #expect(Release.overview.contains("batches per producer that are recognized again\n    0.11           1\n"))
    }

    @Test(arguments: Release.known) func topicSettingsAreThoseOfTheRelease(name: String) throws {
        let release = try #require(Release(name))
        #expect(release.knowsTopicSetting("retention.ms") && !release.knowsTopicSetting("retention.hours"))
        let converts = release.knowsTopicSetting("message.downconversion.enable")
        #expect(converts == (release >= Release("2.0")! && release < Release("4.0")!))
        #expect(release.knowsTopicSetting("message.format.version") == (release < Release("4.0")!))
    }

    @Test(
        arguments: [
            ("0.11", 0, 3), ("1.0.0", 0, 5), ("2.1", 0, 7), ("2.5", 0, 8), ("3.9", 0, 11), ("4.0", 0, 12),
            ("4.3", 0, 13),
        ] as [(String, Int16, Int16)])
    func produceVersions(name: String, low: Int16, high: Int16) {
        #expect(Release(name)!.versions(of: .produce) == low...high)
    }

    @Test func oldProduceIsOfferedAndRefusedFrom40() {
        #expect(Release("3.9")!.serves(.produce, version: 0))
        #expect(!Release("4.0")!.serves(.produce, version: 2))
        #expect(Release("4.0")!.serves(.produce, version: 3))
        #expect(Release("4.0")!.versions(of: .fetch)?.lowerBound == 4)
    }

    private static let implemented: Set<APIKey> = [
        .produce, .fetch, .listOffsets, .metadata, .apiVersions, .createTopics, .deleteTopics, .deleteRecords,
        .initProducerId, .offsetForLeaderEpoch, .findCoordinator, .saslHandshake, .saslAuthenticate,
        .addPartitionsToTxn, .addOffsetsToTxn, .txnOffsetCommit, .endTxn, .writeTxnMarkers, .describeTransactions,
        .listTransactions, .describeProducers, .offsetCommit, .offsetFetch, .joinGroup, .syncGroup, .heartbeat,
        .leaveGroup,
    ]

    private static func transactional(_ api: APIKey) -> ClosedRange<Int16>? {
        switch api {
        case .addPartitionsToTxn: AddPartitionsToTxnRequest.versions
        case .addOffsetsToTxn: AddOffsetsToTxnRequest.versions
        case .txnOffsetCommit: TxnOffsetCommitRequest.versions
        case .endTxn: EndTxnRequest.versions
        case .writeTxnMarkers: WriteTxnMarkersRequest.versions
        case .describeTransactions: DescribeTransactionsRequest.versions
        case .listTransactions: ListTransactionsRequest.versions
        case .describeProducers: DescribeProducersRequest.versions
        case .offsetCommit: OffsetCommitRequest.versions
        case .offsetFetch: OffsetFetchRequest.versions
        case .joinGroup: JoinGroupRequest.versions
        case .syncGroup: SyncGroupRequest.versions
        case .heartbeat: HeartbeatRequest.versions
        case .leaveGroup: LeaveGroupRequest.versions
        default: nil
        }
    }

    /// What is offered must be what the messages can be read and written at.
    @Test(arguments: Release.tested) func everyOfferedVersionIsImplemented(name: String) {
        for (api, versions) in Release(name)!.offeredVersions {
            let known: ClosedRange<Int16>? =
                switch api {
                case .produce: ProduceRequest.versions
                case .fetch: FetchRequest.versions
                case .listOffsets: ListOffsetsRequest.versions
                case .metadata: MetadataRequest.versions
                case .apiVersions: ApiVersionsRequest.versions
                case .createTopics: CreateTopicsRequest.versions
                case .deleteTopics: DeleteTopicsRequest.versions
                case .deleteRecords: DeleteRecordsRequest.versions
                case .initProducerId: InitProducerIdRequest.versions
                case .offsetForLeaderEpoch: OffsetForLeaderEpochRequest.versions
                case .findCoordinator: FindCoordinatorRequest.versions
                case .saslHandshake: SaslHandshakeRequest.versions
                case .saslAuthenticate: SaslAuthenticateRequest.versions
                default: Self.transactional(api)
                }
            // Apis that are advertised only, as by the real release, close the connection when they are called.
            guard Self.implemented.contains(api) else { continue }
            #expect(
                known?.contains(versions.lowerBound) == true && known?.contains(versions.upperBound) == true, "\(api)")
        }
    }
}
