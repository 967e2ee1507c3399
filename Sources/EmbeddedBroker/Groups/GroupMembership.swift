import KafkaWire
import Logging

// Members of groups: join, sync, heartbeat, leave (`GroupMetadataManager`, classic protocol). A rebalance ends when all
// members that are known have joined, or the longest rebalance timeout is over.
extension ClusterCore {
    /// The group, when `nodeID` coordinates it.
    func coordinatedGroup(_ id: String, _ nodeID: Int32) -> Result<ConsumerGroup, ErrorCode> {
        guard !id.isEmpty else { return .failure(.invalidGroupId) }
        guard offsetsPartition(id)?.leaderIndex(on: nodeID) != nil else { return .failure(.notCoordinator) }
        return group(id).map { .success($0) } ?? .failure(.coordinatorNotAvailable)
    }

    /// Takes a member in, or asks it to come again with the id that it is given (KIP-394).
    func join(
        _ group: ConsumerGroup, _ request: JoinGroupRequest, version: Int16,
        _ answer: @escaping (JoinGroupResponse) -> Void
    ) {
        var refusal = JoinGroupResponse()
        refusal.memberID = request.memberID
        refusal.protocolName = ""
        if let code = joinFault(group, request) {
            refusal.errorCode = code.rawValue
            return answer(refusal)
        }
        if request.memberID.isEmpty, let name = request.groupInstanceID,
            let same = group.members.first(where: { $0.instanceID == name })
        {
            remove(same, from: group)
        }
        let id = request.memberID.isEmpty ? newMemberID() : request.memberID
        if request.memberID.isEmpty, version >= 4, request.groupInstanceID == nil {
            if group.promised.count >= configuration.limits.groupMembers { group.promised.removeAll() }
            group.promised.insert(id)
            refusal.memberID = id
            refusal.errorCode = ErrorCode.memberIdRequired.rawValue
            return answer(refusal)
        }
        group.promised.remove(id)
        let member = group.member(id) ?? newMember(id, request, in: group)
        member.protocols = request.protocols
        member.lastSeenMs = nowMs
        member.joined = answer
        group.protocolType = request.protocolType
        rebalance(group)
    }

    /// Sessions that a member may ask for, milliseconds (`group.min.session.timeout.ms`, `group.max.session.timeout.ms`).
    private static let sessions: ClosedRange<Int32> = 6_000...1_800_000

    private func joinFault(_ group: ConsumerGroup, _ request: JoinGroupRequest) -> ErrorCode? {
        guard Self.sessions.contains(request.sessionTimeoutMs) else { return .invalidSessionTimeout }
        let isOther = group.protocolType != nil && group.protocolType != request.protocolType
        if request.protocols.isEmpty || (isOther && !group.members.isEmpty) { return .inconsistentGroupProtocol }
        let isKnown = group.member(request.memberID) != nil || group.promised.contains(request.memberID)
        if !request.memberID.isEmpty, !isKnown {
            let isStatic = group.members.contains { $0.instanceID != nil && $0.instanceID == request.groupInstanceID }
            return isStatic ? .fencedInstanceId : .unknownMemberId
        }
        let isFull = group.members.count >= configuration.limits.groupMembers
        return isFull && group.member(request.memberID) == nil ? .groupMaxSizeReached : nil
    }

    private func newMember(
        _ id: String, _ request: JoinGroupRequest, in group: ConsumerGroup
    ) -> ConsumerGroup.Member {
        let rebalanceMs = request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs
        let member = ConsumerGroup.Member(
            id: id, instanceID: request.groupInstanceID, sessionTimeoutMs: Int64(request.sessionTimeoutMs),
            rebalanceTimeoutMs: Int64(rebalanceMs), protocols: request.protocols, nowMs: nowMs)
        group.members.append(member)
        watch(member, of: group)
        return member
    }

    private func newMemberID() -> String {
        var random = SystemRandomNumberGenerator()
        return "member-" + KafkaUUID(high: random.next(), low: random.next()).description
    }

    /// Begins a rebalance, or ends it when every member has joined.
    private func rebalance(_ group: ConsumerGroup) {
        if group.state != .preparingRebalance {
            let isFirst = group.state == .empty
            group.state = .preparingRebalance
            group.rebalances += 1
            for member in group.members {
                var response = SyncGroupResponse()
                response.errorCode = ErrorCode.rebalanceInProgress.rawValue
                member.synced?(response)
                member.synced = nil
            }
            let longest = group.members.map(\.rebalanceTimeoutMs).max() ?? 0
            let box = UncheckedSendable(value: group)
            let number = group.rebalances
            let delay = isFirst ? min(properties.coordinators.initialRebalanceDelayMs, longest) : longest
            schedule(max(delay, 0)) { core in
                guard box.value.rebalances == number, box.value.state == .preparingRebalance else { return }
                core.completeJoin(box.value)
            }
            if isFirst, properties.coordinators.initialRebalanceDelayMs > 0 { return }
        }
        if group.rebalances > 1 || properties.coordinators.initialRebalanceDelayMs == 0,
            group.members.allSatisfy({ $0.joined != nil })
        {
            completeJoin(group)
        }
    }

    /// Every member that has joined gets the new generation; the others are out.
    private func completeJoin(_ group: ConsumerGroup) {
        group.members.removeAll { $0.joined == nil && $0.instanceID == nil }
        group.generation += 1
        group.rebalances += 1
        guard let first = group.members.first else {
            group.state = .empty
            group.leader = nil
            return
        }
        if group.leader.flatMap(group.member) == nil { group.leader = first.id }
        let names = first.protocols.map(\.name)
        group.protocolName =
            names.first { name in group.members.allSatisfy { $0.protocols.contains { $0.name == name } } } ?? names[0]
        group.state = .completingRebalance
        for member in group.members {
            var response = JoinGroupResponse()
            response.generationID = group.generation
            response.protocolType = group.protocolType
            response.protocolName = group.protocolName
            response.leader = group.leader ?? ""
            response.memberID = member.id
            if member.id == group.leader {
                response.members = group.members.map { one in
                    .init(
                        memberID: one.id, groupInstanceID: one.instanceID,
                        metadata: one.protocols.first { $0.name == group.protocolName }?.metadata ?? [])
                }
            }
            member.lastSeenMs = nowMs
            let answer = member.joined
            member.joined = nil
            answer?(response)
        }
    }

    /// Takes the leader's assignment, and gives every member its part.
    func sync(
        _ group: ConsumerGroup, _ request: SyncGroupRequest, _ answer: @escaping (SyncGroupResponse) -> Void
    ) {
        var response = SyncGroupResponse()
        func refuse(_ code: ErrorCode) {
            response.errorCode = code.rawValue
            answer(response)
        }
        guard let member = group.member(request.memberID) else { return refuse(.unknownMemberId) }
        guard request.generationID == group.generation else { return refuse(.illegalGeneration) }
        member.lastSeenMs = nowMs
        switch group.state {
        case .empty: refuse(.unknownMemberId)
        case .preparingRebalance: refuse(.rebalanceInProgress)
        case .stable: answer(Self.synced(group, member))
        case .completingRebalance:
            member.synced = answer
            guard member.id == group.leader else { return }
            for assignment in request.assignments {
                group.member(assignment.memberID)?.assignment = assignment.assignment
            }
            group.state = .stable
            for one in group.members {
                let waiting = one.synced
                one.synced = nil
                waiting?(Self.synced(group, one))
            }
        }
    }

    private static func synced(_ group: ConsumerGroup, _ member: ConsumerGroup.Member) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.protocolType = group.protocolType
        response.protocolName = group.protocolName
        response.assignment = member.assignment
        return response
    }

    /// A member lives.
    func heartbeat(_ group: ConsumerGroup, _ request: HeartbeatRequest) -> ErrorCode {
        guard let member = group.member(request.memberID) else { return .unknownMemberId }
        guard request.generationID == group.generation else { return .illegalGeneration }
        member.lastSeenMs = nowMs
        return group.state == .preparingRebalance ? .rebalanceInProgress : .none
    }

    /// A member goes.
    func remove(_ member: ConsumerGroup.Member, from group: ConsumerGroup) {
        group.members.removeAll { $0 === member }
        var response = JoinGroupResponse()
        response.errorCode = ErrorCode.unknownMemberId.rawValue
        response.protocolName = ""
        member.joined?(response)
        member.joined = nil
        if group.members.isEmpty {
            group.generation += 1
            group.rebalances += 1
            group.state = .empty
            group.leader = nil
        } else {
            rebalance(group)
        }
    }

    /// Takes a member out when it has been silent for longer than its session.
    private func watch(_ member: ConsumerGroup.Member, of group: ConsumerGroup) {
        let box = UncheckedSendable(value: (member: member, group: group))
        schedule(max(member.sessionTimeoutMs, 1)) { core in
            let (member, group) = box.value
            guard group.members.contains(where: { $0 === member }) else { return }
            let isWaiting = member.joined != nil || member.synced != nil
            if !isWaiting, core.nowMs - member.lastSeenMs >= member.sessionTimeoutMs {
                core.logger.info("member left its group: silent", metadata: ["group": "\(group.id)"])
                core.remove(member, from: group)
            } else {
                core.watch(member, of: group)
            }
        }
    }
}
