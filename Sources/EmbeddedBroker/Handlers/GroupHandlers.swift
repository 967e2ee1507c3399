import KafkaWire

// JoinGroup v0 to v9, SyncGroup v0 to v5, Heartbeat v0 to v4, LeaveGroup v0 to v5: the classic protocol. Gap: the consumer
// protocol of KIP-848.
extension ClusterCore {
    func joinGroup(
        _ nodeID: Int32, _ header: RequestHeaderView, _ request: JoinGroupRequest, _ reply: @escaping ReplyTo
    ) {
        let send = Self.later(header, reply, JoinGroupResponse.self)
        switch coordinatedGroup(request.groupID, nodeID) {
        case .failure(let code):
            var response = JoinGroupResponse()
            response.errorCode = code.rawValue
            response.memberID = request.memberID
            send(response)
        case .success(let group): join(group, request, version: header.apiVersion, send)
        }
    }

    func syncGroup(
        _ nodeID: Int32, _ header: RequestHeaderView, _ request: SyncGroupRequest, _ reply: @escaping ReplyTo
    ) {
        let send = Self.later(header, reply, SyncGroupResponse.self)
        switch coordinatedGroup(request.groupID, nodeID) {
        case .failure(let code):
            var response = SyncGroupResponse()
            response.errorCode = code.rawValue
            send(response)
        case .success(let group): sync(group, request, send)
        }
    }

    /// Answers a request whose header is no longer at hand.
    private static func later<M: KafkaMessage>(
        _ header: RequestHeaderView, _ reply: @escaping ReplyTo, _: M.Type
    ) -> (M) -> Void {
        let (correlationID, version) = (header.correlationID, header.apiVersion)
        return { reply(Self.reply($0, correlationID: correlationID, version: version)) }
    }

    func heartbeat(_ nodeID: Int32, _ request: HeartbeatRequest) -> HeartbeatResponse {
        var response = HeartbeatResponse()
        switch coordinatedGroup(request.groupID, nodeID) {
        case .failure(let code): response.errorCode = code.rawValue
        case .success(let group): response.errorCode = heartbeat(group, request).rawValue
        }
        return response
    }

    func leaveGroup(
        _ nodeID: Int32, _ request: LeaveGroupRequest, _ header: RequestHeaderView
    ) -> LeaveGroupResponse {
        var response = LeaveGroupResponse()
        let isOld = header.apiVersion < 3
        let leaving = isOld ? [LeaveGroupRequest.Member(memberID: request.memberID)] : request.members
        switch coordinatedGroup(request.groupID, nodeID) {
        case .failure(let code): response.errorCode = code.rawValue
        case .success(let group):
            response.members = leaving.map { one in
                let known = group.members.first {
                    $0.id == one.memberID
                        || (one.memberID.isEmpty && one.groupInstanceID != nil && $0.instanceID == one.groupInstanceID)
                }
                if let known { remove(known, from: group) }
                let code: ErrorCode = known == nil ? .unknownMemberId : .none
                return .init(
                    memberID: one.memberID, groupInstanceID: one.groupInstanceID, errorCode: code.rawValue)
            }
            if isOld { response.errorCode = response.members.first?.errorCode ?? 0 }
        }
        return response
    }
}
