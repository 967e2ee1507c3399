import KafkaWire

// FindCoordinator, v0 to v6: who leads the partition of the internal topic into which the key falls. Gap: share groups have
// none.
extension ClusterCore {
    func findCoordinator(_ request: FindCoordinatorRequest, _ header: RequestHeaderView) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        let keys = header.apiVersion >= 4 ? request.coordinatorKeys : [request.key]
        let found = keys.map { coordinator(of: $0, type: request.keyType) }
        if header.apiVersion >= 4 {
            response.coordinators = found
        } else if let one = found.first {
            response.errorCode = one.errorCode
            response.errorMessage = one.errorMessage
            response.nodeID = one.nodeID
            response.host = one.host
            response.port = one.port
        }
        return response
    }

    private func coordinator(of key: String, type: Int8) -> FindCoordinatorResponse.Coordinator {
        func failed(_ code: ErrorCode, _ message: String) -> FindCoordinatorResponse.Coordinator {
            .init(key: key, errorCode: code.rawValue, errorMessage: message)
        }
        guard type == 0 || type == 1 else { return failed(.invalidRequest, "coordinator type \(type) is not served") }
        let partition = type == 1 ? transactionPartition(key) : offsetsPartition(key)
        guard let leader = partition?.leaderID, let node = nodes[leader], !node.isFenced else {
            return failed(.coordinatorNotAvailable, "the coordinator is not available.")
        }
        return .init(key: key, nodeID: node.id, host: node.host, port: Int32(node.port))
    }
}
