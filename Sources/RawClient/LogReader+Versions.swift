import KafkaWire

/// What a consumer that speaks one Fetch version got of some topics.
public struct VersionedFetch: Sendable, Equatable {
    /// The version.
    public var version: Int16
    /// What it got, ordered by topic, partition and offset.
    public var batches: [ReadBatch] = []
    /// The first error that a partition was answered; `none` when all were read to their end.
    public var error: ErrorCode = .none
    /// The error's partition, or why the version could not be used at all.
    public var detail: String = ""
}

extension LogReader {
    /// Reads `topics` to the end as a consumer of another age does: with Fetch `version` and no other.
    ///
    /// Versions 0 and 1 get messages of magic 0, 2 and 3 of magic 1, 4 and later record batches. A broker that stores
    /// batches converts them for the old versions, or, with `message.downconversion.enable=false`, answers 35
    /// UNSUPPORTED_VERSION (KIP-283). A broker that does not offer the version at all is reported with the same code.
    ///
    /// - Parameter from: first offset of each partition; one that is not named is read from its start.
    /// - Throws: ``RawClientError``: a topic that does not exist, a partition without a leader, a broken connection.
    public func fetch(
        topics: [String], version: Int16, from: [String: [Int32: Int64]] = [:]
    ) throws -> VersionedFetch {
        var result = VersionedFetch(version: version)
        try forEachPartition(of: topics) { topic, partition, connection in
            if let offered = connection.offered[.fetch], !offered.contains(version) {
                result.error = .unsupportedVersion
                result.detail = "the broker offers Fetch \(offered)"
                return
            }
            let name = topic.name ?? ""
            try fetch(name, topic.topicID, partition, connection, from: from[name]?[partition], into: &result)
        }
        return result
    }

    private func fetch(
        _ topic: String, _ topicID: KafkaUUID, _ partition: Int32, _ connection: RawConnection, from first: Int64?,
        into result: inout VersionedFetch
    ) throws {
        let start = try first ?? connection.offset(topic: topic, partition: partition, timestamp: -2)
        let end = try connection.offset(topic: topic, partition: partition, timestamp: -1)
        let version = result.version
        // Gathered apart: two closures may not change one value.
        var refusal: ErrorCode?
        var batches: [ReadBatch] = []
        try walk(
            topic, topicID, partition, from: start, to: end, connection, firstSize: 1 << 20, version: version,
            onRefusal: { code, _ in refusal = code }, onBatches: { batches += $0 })
        result.batches += batches
        if let refusal, result.error == .none {
            result.error = refusal
            result.detail = "\(topic)-\(partition)"
        }
    }
}
