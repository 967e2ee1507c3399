import KafkaWire

/// Connections, metadata and the producer id.
extension RawProducer {
    /// Takes leave of a connection that ended or takes too long, and sends again what it carried.
    func check(node id: Int32, _ nowNs: Int64) {
        guard let connection = nodes[id]?.connection else { return }
        connection.checkTime(properties, nowNs: nowNs)
        guard case .closed(let reason) = connection.stage else { return }
        report(.log(level: "warning", message: "connection to \(connection.name): \(reason)"))
        nodes[id]?.connection = nil
        nodes[id]?.pausedUntilNs = nowNs + Int64(properties.reconnectBackoffMs) * 1_000_000
        wantsMetadata = true
        takeBack(connection, nowNs)
    }

    /// Sends again what a connection that ended carried.
    private func takeBack(_ connection: PipelinedConnection, _ nowNs: Int64) {
        for request in connection.takePending() {
            switch request.purpose {
            case .produce(let batch): handleLost(batch, nowNs)
            case .producerID: isAskingForProducerID = false
            case .handshake, .login, .versions, .metadata: break
            }
        }
    }

    /// Opens the connections that are needed and asks for what is missing.
    func connect(_ nowNs: Int64) {
        if hasMetadata {
            for leader in Set(lanes.map(\.leader)) where leader >= 0 { open(leader, nowNs) }
        }
        let needsAnswers = wantsMetadata || (properties.isIdempotent && producer.id < 0)
        guard needsAnswers else { return }
        guard let connection = nodes.values.compactMap(\.connection).first(where: \.isOpen) else {
            // No way to the cluster: begin again where the user said to.
            let onTheirWay = nodes.values.filter { $0.connection != nil }.map(\.address)
            for (id, node) in nodes where id < 0 && !onTheirWay.contains(node.address) { open(id, nowNs) }
            return
        }
        askForMetadata(connection, nowNs)
        askForProducerID(connection, nowNs)
    }

    private func open(_ id: Int32, _ nowNs: Int64) {
        guard let node = nodes[id], node.connection == nil, node.pausedUntilNs <= nowNs else { return }
        nodes[id]?.connection = PipelinedConnection(to: node.address, properties, nowNs: nowNs)
    }

    private func askForMetadata(_ connection: PipelinedConnection, _ nowNs: Int64) {
        let pauseNs = Int64(max(properties.retryBackoffMs, 10)) * 1_000_000
        guard wantsMetadata, nowNs - metadataAskedNs > pauseNs else { return }
        guard let version = connection.version(of: MetadataRequest.self) else {
            return fail(
                "UNSUPPORTED_VERSION", "\(connection.name) offers no version of Metadata that this client knows")
        }
        metadataAskedNs = nowNs
        var request = MetadataRequest()
        request.topics = topics.map { .init(name: $0.name) }
        request.allowAutoTopicCreation = false
        connection.post(request, version: version, .metadata, nowNs: nowNs)
    }

    private func askForProducerID(_ connection: PipelinedConnection, _ nowNs: Int64) {
        guard properties.isIdempotent, producer.id < 0, !isAskingForProducerID, !isFatal else { return }
        guard let version = connection.version(of: InitProducerIdRequest.self) else {
            return fail(
                "UNSUPPORTED_VERSION",
                "\(connection.name) offers no InitProducerId: set enable.idempotence to false for brokers before 0.11")
        }
        isAskingForProducerID = true
        var request = InitProducerIdRequest()
        request.transactionTimeoutMs = Int32.max
        connection.post(request, version: version, .producerID, nowNs: nowNs)
    }

    /// Reads an answer.
    func handle(_ answer: PipelinedConnection.Answer, _ nowNs: Int64) {
        do {
            switch answer.request.purpose {
            case .metadata: take(try answer.body(MetadataRequest.self), nowNs)
            case .producerID: take(try answer.body(InitProducerIdRequest.self))
            case .produce(let batch): handleProduce(batch, answer, nowNs)
            case .handshake, .login, .versions: break
            }
        } catch {
            isAskingForProducerID = false
            report(.log(level: "error", message: "\(answer.request.api.name) v\(answer.request.version): \(error)"))
        }
    }

    private func take(_ response: MetadataResponse, _ nowNs: Int64) {
        for broker in response.brokers {
            let address = RawProducerProperties.Address(host: broker.host, port: Int(broker.port))
            guard nodes[broker.nodeID]?.address != address else { continue }
            let old = nodes[broker.nodeID]?.connection
            nodes[broker.nodeID] = Node(address: address)
            old?.close("the node has moved")
            if let old { takeBack(old, nowNs) }
        }
        var isComplete = true
        for (index, topic) in topics.enumerated() {
            let found = response.topics.first { $0.name == topic.name && $0.errorCode == 0 }
            topicIDs[index] = found?.topicID ?? topicIDs[index]
            for partition in 0..<topic.partitions {
                let lane = firstLane[index] + partition
                let leader = found?.partitions.first { $0.partitionIndex == Int32(partition) }?.leaderID ?? -1
                if leader >= 0 { lanes[lane].leader = leader } else { isComplete = false }
            }
        }
        wantsMetadata = !isComplete
        guard isComplete else { return }
        hasMetadata = true
        // The cluster's own addresses take over from the bootstrap's, unless one of those carries a question.
        for id in nodes.keys where id < 0 && nodes[id]?.connection?.pending.isEmpty == true && producer.id >= 0 {
            nodes[id]?.connection = nil
        }
    }

    private func take(_ response: InitProducerIdResponse) {
        isAskingForProducerID = false
        guard response.errorCode == 0 else {
            let code = ErrorCode(rawValue: response.errorCode)
            if [.coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator].contains(code) { return }
            return fail(code.name, "InitProducerId: \(code)")
        }
        producer = (response.producerID, response.producerEpoch)
        for id in nodes.keys where id < 0 && hasMetadata { nodes[id]?.connection = nil }
    }
}
