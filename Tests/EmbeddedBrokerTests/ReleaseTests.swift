import EmbeddedBroker
import KafkaWire
import Testing

struct ReleaseTests {
    @Test func names() {
        #expect(Release("4.3") == Release(major: 4, minor: 3))
        #expect(Release("1.0.2")! > Release("1.0.1")!)
        #expect(Release("0.11.0.3")?.description == "0.11")
        for bad in ["", "4", "x.y", "0.10", "4.3.", "-1.2"] { #expect(Release(bad) == nil, "\(bad)") }
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
                default: nil
                }
            #expect(
                known?.contains(versions.lowerBound) == true && known?.contains(versions.upperBound) == true, "\(api)")
        }
    }
}
