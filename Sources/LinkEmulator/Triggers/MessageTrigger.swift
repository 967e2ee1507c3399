import KafkaWire
import ScenarioModel

/// A message that the link saw, as triggers look at it.
struct SeenMessage: BitwiseCopyable {
    var isRequest: Bool
    var apiKey: Int16
    var apiVersion: Int16
    var correlationID: Int32
    var node: UInt16
    /// Responses: the triggers whose conditions on the request hold, by their ``MessageTrigger/requestBit``.
    var requestMatches: UInt64 = 0
}

/// A message at its place in the stream.
struct FoundMessage: BitwiseCopyable {
    var message: SeenMessage
    /// Sequence numbers of its first byte and behind its last.
    var start: UInt32
    var end: UInt32
}

/// `on:` of a fault, ready for the packet path: counts the messages that match and picks those that trigger.
struct MessageTrigger {
    /// Index of the fault.
    let fault: UInt16
    /// For a trigger that ``needsRequest``: its bit among those that do; 0 for the others.
    private(set) var requestBit: UInt64 = 0
    // What is asked for every message is plain: to look into an array or a string is to count references.
    private let match: MessageMatch
    /// Whether the message's body decides, so that the trigger has to wait for its last byte.
    let needsBody: Bool
    /// Whether, for a response, the request that it answers decides.
    let needsRequest: Bool
    /// Whether the trigger looks for a topic, which Produce names by its id from version 13 on (KIP-516).
    let looksForTopic: Bool
    private let needsBatch: Bool
    /// Acts on every so many-th message; 0: on those of ``numbers``.
    private let every: Int
    /// The messages that it acts on, in rising order, and the next of them; `Int.max` when there is none any more.
    private let numbers: [Int]
    private var nextNumber = Int.max
    private let isRequest: Bool
    private let apiKey: Int16
    private let node: UInt16?
    private let topic: [UInt8]?
    /// The ids that Metadata responses gave for the topic, the latest last: it may have been deleted and made again.
    private var topicIDs: [KafkaUUID] = []
    private var count = 0

    private static let maximumTopicIDs = 16
    /// The triggers of those faults that a message starts.
    ///
    /// - Throws: `LinkError` when more of them than there are bits need the request behind a response.
    static func all(of planned: [PlannedFault]) throws -> [MessageTrigger] {
        try numbered(
            planned.indices.compactMap { index -> MessageTrigger? in
                guard case .message(let match) = planned[index].spec.trigger else { return nil }
                return MessageTrigger(fault: UInt16(index), match: match, node: planned[index].spec.node)
            })
    }

    /// Gives each trigger that needs the request its bit.
    ///
    /// - Throws: `LinkError` when there are more of them than bits. A scenario with so many is refused before.
    private static func numbered(_ triggers: [MessageTrigger]) throws -> [MessageTrigger] {
        var triggers = triggers
        var used = 0
        for index in triggers.indices where triggers[index].needsRequest {
            guard used < MessageMatch.mostByRequest else {
                throw LinkError(
                    "more than \(MessageMatch.mostByRequest) faults ask for the producer_id or base_sequence behind a response",
                    remedy: "ask for it on the request, or use fewer of them")
            }
            triggers[index].requestBit = 1 << UInt64(used)
            used += 1
        }
        return triggers
    }

    init(fault: UInt16, match: MessageMatch, node: Int?) {
        self.fault = fault
        self.match = match
        isRequest = match.kind == .request
        apiKey = (0..<128).first { APIKey(rawValue: $0).name == match.api } ?? -1
        self.node = (match.node ?? node).map { UInt16(truncatingIfNeeded: $0) }
        topic = match.topic.map { Array($0.utf8) }
        looksForTopic = match.topic != nil
        needsRequest = match.isDecidedByRequest
        needsBatch = match.producerID != nil || match.baseSequence != nil
        needsBody =
            looksForTopic || match.partition != nil || match.error != nil || (match.kind == .request && needsBatch)
        switch match.selection {
        case .all: (every, numbers) = (1, [])
        case .every(let n): (every, numbers) = (n, [])
        case .nth(let chosen): (every, numbers) = (0, chosen.sorted())
        }
        nextNumber = numbers.first ?? .max
    }

    /// Whether the message is of the kind, api and node that the trigger looks for.
    func concerns(_ message: SeenMessage) -> Bool {
        message.isRequest == isRequest && message.apiKey == apiKey && (node == nil || node == message.node)
    }

    /// The api whose requests have to be looked into for `needsRequest`.
    func looksInto(requestsOf api: Int16) -> Bool { needsRequest && apiKey == api }

    /// Learns the topic's id from a Metadata response.
    ///
    /// - Parameter frame: the response from its correlation id on; one that is cut or makes no sense teaches nothing.
    mutating func learn(fromMetadata frame: UnsafeRawBufferPointer, version: Int16) {
        guard let wanted = match.topic else { return }
        do {
            var reader = ByteReader(frame)
            _ = try ResponseHeader.read(from: &reader, apiKey: .metadata, apiVersion: version)
            let response = try MetadataResponse(from: &reader, version: version)
            for entry in response.topics where entry.name == wanted && entry.topicID != .zero {
                guard !topicIDs.contains(entry.topicID) else { continue }
                if topicIDs.count == Self.maximumTopicIDs { topicIDs.removeFirst() }
                topicIDs.append(entry.topicID)
            }
        } catch {
            // A peer may send anything; what cannot be read teaches nothing.
            return
        }
    }

    /// True when it has acted on the last message that it names.
    var isSpent: Bool { every == 0 && nextNumber == .max }

    /// Counts a message that matches; whether it is one of those that trigger.
    mutating func counts() -> Bool {
        count += 1
        guard every == 0 else { return count % every == 0 }
        guard count == nextNumber else { return false }
        nextNumber = numbers.first { $0 > count } ?? .max
        return true
    }

    /// Whether a request has a partition that satisfies every condition. Only Produce carries what can be asked for.
    ///
    /// - Parameters:
    ///   - frame: the request from its api key on, or its first part.
    ///   - length: the length that it declared.
    /// - Returns: nil when what could be read does not satisfy, and there is more that could not be read.
    func requestSatisfies(_ frame: UnsafeRawBufferPointer, length: Int) -> Bool? {
        var found = false
        var end = ProduceWalk.End.complete
        do {
            var reader = ByteReader(frame)
            let header = try RequestHeaderView(from: &reader)
            guard header.apiKey == .produce else { return false }
            end = try ProduceWalk.walk(frame, from: reader.position, length: length, version: header.apiVersion) {
                part in
                if satisfies(part) { found = true }
            }
        } catch {
            // A peer may send anything; what cannot be read does not match.
            return found ? true : nil
        }
        return found || end == .complete ? found : nil
    }

    private func satisfies(_ part: ProducePartitionView) -> Bool {
        // On a response these two are asked of the response itself.
        if isRequest {
            if let partition = match.partition, Int(part.partition) != partition { return false }
            if let topic, !part.topicName.elementsEqual(topic), !topicIDs.contains(part.topicID) { return false }
        }
        guard needsBatch else { return true }
        for batch in part.batches {
            let id = match.producerID.map { $0 == batch.header.producerID } ?? true
            let sequence = match.baseSequence.map { $0 == Int(batch.header.baseSequence) } ?? true
            if id && sequence { return true }
        }
        return false
    }

    /// Whether a response has a partition that satisfies every condition.
    ///
    /// - Parameter frame: the whole response from its correlation id on.
    /// - Returns: nil when it could not be read.
    func responseSatisfies(_ frame: UnsafeRawBufferPointer, version: Int16) -> Bool? {
        guard APIKey(rawValue: apiKey) == .produce else { return false }
        do {
            var reader = ByteReader(frame)
            _ = try ResponseHeader.read(from: &reader, apiKey: .produce, apiVersion: version)
            let response = try ProduceResponse(from: &reader, version: version)
            for entry in response.topics {
                if let wanted = match.topic, entry.name != wanted, !topicIDs.contains(entry.topicID) { continue }
                for part in entry.partitions {
                    if let partition = match.partition, Int(part.index) != partition { continue }
                    if let error = match.error, Int(part.errorCode) != error { continue }
                    return true
                }
            }
            return false
        } catch {
            return nil
        }
    }
}
