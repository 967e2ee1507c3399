// Which topic settings a release knows (`LogConfig.configNames`, `TopicConfig`).
extension Release {
    /// Whether a topic may have a setting of this name; CreateTopics answers another with 40 INVALID_CONFIG.
    public func knowsTopicSetting(_ name: String) -> Bool {
        if Self.lastingTopicSettings.contains(name) { return true }
        return switch name {
        case "message.format.version", "message.timestamp.difference.max.ms": hasTimestampDifferenceSetting
        case "message.downconversion.enable": hasDownConversionSetting
        case "max.compaction.lag.ms": isAtLeast(2, 3)
        case "remote.storage.enable", "local.retention.ms", "local.retention.bytes": isAtLeast(3, 0)
        case "message.timestamp.before.max.ms", "message.timestamp.after.max.ms": isAtLeast(3, 6)
        case "compression.gzip.level", "compression.lz4.level", "compression.zstd.level": isAtLeast(3, 8)
        case "remote.log.copy.disable", "remote.log.delete.on.disable": isAtLeast(3, 9)
        case "internal.segment.bytes": isAtLeast(4, 1)
        default: false
        }
    }

    /// The settings that every release since 0.11 has.
    private static let lastingTopicSettings: Set<String> = [
        "segment.bytes", "segment.ms", "segment.jitter.ms", "segment.index.bytes", "flush.messages", "flush.ms",
        "retention.bytes", "retention.ms", "max.message.bytes", "index.interval.bytes", "delete.retention.ms",
        "min.compaction.lag.ms", "file.delete.delay.ms", "min.cleanable.dirty.ratio", "cleanup.policy",
        "unclean.leader.election.enable", "min.insync.replicas", "compression.type", "preallocate",
        "message.timestamp.type", "leader.replication.throttled.replicas", "follower.replication.throttled.replicas",
    ]
}
