import KafkaWire

extension RawConnection {
    /// Logs in with SASL PLAIN (RFC 4616), for SASL_PLAINTEXT listeners. Call it before anything else.
    ///
    /// - Throws: ``RawClientError``.
    public func authenticatePlain(user: String, password: String) throws {
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        let offered = try call(handshake, version: 1)
        guard offered.errorCode == 0 else {
            throw RawClientError.refused(
                what: "SASL mechanism PLAIN (offered: \(offered.mechanisms))",
                code: ErrorCode(rawValue: offered.errorCode))
        }
        var authenticate = SaslAuthenticateRequest()
        authenticate.authBytes = [0] + Array(user.utf8) + [0] + Array(password.utf8)
        let result = try call(authenticate, version: 0)
        guard result.errorCode == 0 else {
            throw RawClientError.refused(
                what: "SASL login of \(user): \(result.errorMessage ?? "")", code: ErrorCode(rawValue: result.errorCode)
            )
        }
    }

    /// Nodes and topics; nil asks for all topics.
    ///
    /// - Throws: ``RawClientError``.
    public func metadata(topics: [String]?) throws -> MetadataResponse {
        var request = MetadataRequest()
        request.topics = topics?.map { .init(name: $0) }
        request.allowAutoTopicCreation = false
        return try call(request)
    }

    /// Creates one topic. That it exists already is an error like any other.
    ///
    /// - Parameter assignments: nodes of each partition, the leader first; nil lets the broker choose.
    /// - Throws: ``RawClientError``.
    public func createTopic(
        _ name: String, partitions: Int32, replicationFactor: Int16 = 1, properties: [String: String] = [:],
        assignments: [[Int32]]? = nil
    ) throws {
        var request = CreateTopicsRequest()
        var topic = CreateTopicsRequest.Topic(name: name)
        topic.numPartitions = assignments == nil ? partitions : -1
        topic.replicationFactor = assignments == nil ? replicationFactor : -1
        topic.configs = properties.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
        topic.assignments = (assignments ?? []).enumerated().map {
            .init(partitionIndex: Int32($0.offset), brokerIDs: $0.element)
        }
        request.topics = [topic]
        request.timeoutMs = 10_000
        let response = try call(request)
        guard let result = response.topics.first else {
            throw RawClientError.badAnswer(what: "CreateTopics without a topic", address: address)
        }
        guard result.errorCode == 0 else {
            throw RawClientError.refused(
                what: "create topic \(name): \(result.errorMessage ?? "")", code: ErrorCode(rawValue: result.errorCode))
        }
    }

    /// A producer id and its epoch.
    ///
    /// - Throws: ``RawClientError``.
    public func initProducerID() throws -> (id: Int64, epoch: Int16) {
        let response = try call(InitProducerIdRequest())
        guard response.errorCode == 0 else {
            throw RawClientError.refused(what: "InitProducerId", code: ErrorCode(rawValue: response.errorCode))
        }
        return (response.producerID, response.producerEpoch)
    }

    /// Sends a Produce request of any kind; nil for acks=0, to which brokers send no answer.
    ///
    /// - Throws: ``RawClientError``.
    public func produce(_ request: ProduceRequest, version: Int16) throws -> ProduceResponse? {
        guard request.acks != 0 else {
            try post(request, version: version)
            return nil
        }
        return try call(request, version: version)
    }

    /// One offset: of the log's end (-1), its start (-2), or a timestamp.
    ///
    /// - Throws: ``RawClientError``.
    public func offset(topic: String, partition: Int32, timestamp: Int64) throws -> Int64 {
        var request = ListOffsetsRequest()
        request.topics = [.init(name: topic, partitions: [.init(partitionIndex: partition, timestamp: timestamp)])]
        let response = try call(request)
        guard let answer = response.topics.first?.partitions.first else {
            throw RawClientError.badAnswer(what: "ListOffsets without a partition", address: address)
        }
        guard answer.errorCode == 0 else {
            throw RawClientError.refused(
                what: "ListOffsets of \(topic)-\(partition)", code: ErrorCode(rawValue: answer.errorCode))
        }
        let offset = answer.oldStyleOffsets.first ?? answer.offset
        guard offset <= RecordBatchHeader.offsets.upperBound else {
            throw RawClientError.badAnswer(
                what: "ListOffsets of \(topic)-\(partition) gives offset \(offset), which no log can have",
                address: address)
        }
        return offset
    }

    /// Deletes the records before `offset`; returns the low watermark.
    ///
    /// - Throws: ``RawClientError``.
    public func deleteRecords(
        topic: String, partition: Int32, before offset: Int64
    ) throws -> DeleteRecordsResponse.Partition {
        var request = DeleteRecordsRequest()
        request.topics = [.init(name: topic, partitions: [.init(partitionIndex: partition, offset: offset)])]
        request.timeoutMs = 10_000
        let response = try call(request)
        guard let answer = response.topics.first?.partitions.first else {
            throw RawClientError.badAnswer(what: "DeleteRecords without a partition", address: address)
        }
        return answer
    }

    /// What one partition holds from `offset` on.
    ///
    /// - Parameters:
    ///   - topicID: the topic's id, needed when both sides speak version 13 or later.
    ///   - version: the version to speak; nil: the highest that both sides know.
    ///   - replica: who asks: -1 a consumer, ``FetchRequest/logEndReader`` one that may read to the log's end.
    /// - Throws: ``RawClientError``.
    public func fetch(
        topic: String, topicID: KafkaUUID, partition: Int32, offset: Int64, maxBytes: Int32 = 8 << 20,
        version: Int16? = nil, replica: Int32 = -1
    ) throws -> FetchResponse.Partition {
        var request = FetchRequest()
        request.replicaID = replica
        request.maxWaitMs = 100
        request.minBytes = 0
        request.maxBytes = maxBytes
        request.sessionEpoch = -1
        request.topics = [
            .init(
                topic: topic, topicID: topicID,
                partitions: [.init(partition: partition, fetchOffset: offset, partitionMaxBytes: maxBytes)])
        ]
        let newest = Self.newestFetch(topicID, replica)
        let response = try version.map { try call(request, version: $0) } ?? call(request, atMost: newest)
        if response.errorCode != 0 {
            throw RawClientError.refused(what: "Fetch", code: ErrorCode(rawValue: response.errorCode))
        }
        guard let answer = response.responses.first?.partitions.first else {
            throw RawClientError.badAnswer(what: "Fetch without a partition", address: address)
        }
        return answer
    }

    /// From version 13 on a topic is named by its id; after 14 a request does not say any more who asks.
    private static func newestFetch(_ topicID: KafkaUUID, _ replica: Int32) -> Int16 {
        if topicID == .zero { return 12 }
        return replica == -1 ? 16 : 14
    }
}
