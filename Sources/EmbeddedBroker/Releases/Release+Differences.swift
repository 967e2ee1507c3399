import KafkaWire

extension Release {
    /// One rule that is not the same in every release.
    public struct Difference: Sendable {
        /// What the rule is about.
        public var area: String
        /// The rule, as the row of a table.
        public var rule: String
        /// What it is in a release.
        public var value: @Sendable (Release) -> String

        init(_ area: String, _ rule: String, _ value: @escaping @Sendable (Release) -> String) {
            self.area = area
            self.rule = rule
            self.value = value
        }

        init(_ area: String, _ rule: String, if holds: @escaping @Sendable (Release) -> Bool) {
            self.init(area, rule) { holds($0) ? "yes" : "no" }
        }

        /// The runs of releases for which the value is the same, oldest first.
        public var runs: [(first: String, last: String, value: String)] {
            var result: [(first: String, last: String, value: String)] = []
            for name in Release.known {
                guard let value = Release(name).map(value) else { continue }
                if result.last?.value == value {
                    result[result.count - 1].last = name
                } else {
                    result.append((name, name, value))
                }
            }
            return result
        }
    }

    /// Every rule that differs, by area; what `crosswind broker --releases` prints.
    public static let differences: [Difference] =
        sequenceDifferences + requestDifferences + recordDifferences + formatDifferences + replicationDifferences
        + transactionDifferences + versionDifferences

    /// The releases and what differs between them, for people.
    public static var overview: String {
        var lines = ["releases: " + known.joined(separator: ", "), "and any patch release of these"]
        var area = ""
        for difference in differences {
            if difference.area != area {
                area = difference.area
                lines += ["", area]
            }
            lines.append("  \(difference.rule)")
            for run in difference.runs {
                let span = run.first == run.last ? run.first : "\(run.first) to \(run.last)"
                let padded = span + String(repeating: " ", count: max(15 - span.count, 1))
                lines.append("    \(padded)\(run.value)")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func code(_ code: ErrorCode) -> String { "\(code.rawValue) \(code.name)" }

    private static let sequenceDifferences: [Difference] = [
        .init("producers and sequences", "batches per producer that are recognized again") { "\($0.duplicateWindow)" },
        .init("producers and sequences", "a range that ends before the window") {
            code($0.refusesOldDuplicateAs46 ? .duplicateSequenceNumber : .outOfOrderSequenceNumber)
        },
        .init("producers and sequences", "producer not known, sequence not 0") {
            switch $0.unknownProducerRule {
            case .outOfOrder: code(.outOfOrderSequenceNumber)
            case .unknownProducerID: code(.unknownProducerId)
            case .accepted: "taken"
            case .acceptedUnlessNeverWritten: "taken, but not by a log that was never written"
            }
        },
        .init("producers and sequences", "epoch known, next sequence not, sequence not 0") {
            code($0.unknownNextSequenceCode)
        },
        .init("producers and sequences", "epoch -1 counts as no state", if: \.epochMinusOneIsNoState),
        .init(
            "producers and sequences", "a producer is forgotten with its last record",
            if: \.forgetsProducersBelowLogStart),
        .init("producers and sequences", "default expiration of a producer, hours") {
            "\($0.defaultProducerExpirationMs / 3_600_000)"
        },
    ]

    private static let requestDifferences: [Difference] = [
        .init("Produce requests", "records that are not one batch of magic 2 (v3 and later)") {
            switch $0.recordsCheck {
            case .whileParsing: "close the connection"
            case .flagsWhileParsing: "are answered, but close it where there is no whole batch"
            case .inHandler: "are answered"
            }
        },
        .init("Produce requests", "null records") {
            if $0.recordsCheck != .inHandler { return "close the connection" }
            return $0.neverAnswersNullRecords(hasTransactionalID: false)
                ? "are never answered" : code(.unknownServerError)
        },
        .init("Produce requests", "a transactional batch without a transactional id") {
            $0.demandsTransactionalID ? code(.transactionalIdAuthorizationFailed) : "is taken"
        },
        .init("Produce requests", "zstd is known", if: \.knowsZstd),
        .init("Produce requests", "Produce v0 to v2 and message sets are taken", if: \.acceptsMessageSets),
        .init("Produce requests", "topic ids", if: \.hasTopicIDs),
    ]

    private static let recordDifferences: [Difference] = [
        .init("records", "a batch's offset range must agree with its count", if: \.checksOffsetRange),
        .init("records", "an invalid batch") {
            code($0.hasInvalidRecordError ? .invalidRecord : .corruptMessage)
        },
        .init("records", "bad records are told") {
            switch $0.recordErrors {
            case .none: "by the code alone"
            case .first: "the first, its message for the batch"
            case .all: $0.quotesRecordErrors ? "all, three quoted for the batch" : "all"
            }
        },
        .init("records", "message.timestamp.after.max.ms") {
            $0.defaultTimestampAfterMaxMs == .max ? "no limit" : "\($0.defaultTimestampAfterMaxMs)"
        },
    ]

    private static let formatDifferences: [Difference] = [
        .init("formats", "Fetch v0 to v3, converted down", if: \.convertsDown),
        .init("formats", "message.downconversion.enable", if: \.hasDownConversionSetting),
        .init("formats", "what is converted down ends with a message that is not whole", if: \.padsConvertedRecords),
        .init("formats", "message.format.version decides what is stored", if: \.obeysMessageFormatVersion),
        .init("formats", "a compressed message must stand alone in its set", if: \.demandsUniformSets),
    ]

    private static let replicationDifferences: [Difference] = [
        .init(
            "replication", "the high watermark moves when a replica leaves the in-sync set",
            if: \.movesHighWatermarkOnShrink),
        .init(
            "replication", "the high watermark waits for the minimum of in-sync replicas",
            if: \.holdsHighWatermarkBelowMinISR),
        .init("replication", "Fetch by replica id -3 reads past the high watermark", if: \.letsLogEndReaders),
    ]

    private static let versionDifferences: [Difference] = [
        APIKey.produce, .fetch, .listOffsets, .metadata, .apiVersions, .initProducerId, .createTopics, .deleteRecords,
        .offsetForLeaderEpoch, .addPartitionsToTxn, .addOffsetsToTxn, .txnOffsetCommit, .endTxn, .writeTxnMarkers,
    ].map { api in
        .init("versions", api.name) {
            $0.versions(of: api).map { "v\($0.lowerBound) to v\($0.upperBound)" } ?? "none"
        }
    }
}
