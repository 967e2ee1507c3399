import EmbeddedBroker
import KafkaWire
import RawClient
import Testing

/// What is wrong with a request, and whether that is answered or closes the connection, by release.
struct MalformedRequestTests {
    /// The code of the answer; nil when the connection was closed.
    private func code(
        _ release: String, _ records: [UInt8]?, acks: Int16 = -1, version: Int16 = 3, transactionalID: String? = nil,
        partition: Int32 = 0
    ) throws -> Int16? {
        let cluster = try TestCluster(release: release)
        defer { cluster.cluster.end() }
        var request = TestCluster.request(records, acks: acks)
        request.transactionalID = transactionalID
        request.topics[0].partitions[0].index = partition
        do {
            return try cluster.connect().produce(request, version: version)?.topics[0].partitions[0].errorCode
        } catch RawClientError.closed {
            return nil
        }
    }

    private func message(magic: Int8) -> [UInt8] {
        var writer = ByteWriter()
        Message(magic: magic, timestamp: 1, value: [1]).write(to: &writer)
        return writer.bytes
    }

    private let one = TestCluster.batch(["a"])

    @Test(
        arguments: [("0.11", nil), ("2.0", nil), ("2.1", 2), ("2.3", 2), ("2.4", 87), ("3.9", 87)] as [(String, Int16?)]
    )
    func notOneBatchOfMagic2(release: String, expected: Int16?) throws {
        #expect(try code(release, one + one) == expected)
        #expect(try code(release, message(magic: 1)) == expected)
    }

    @Test(arguments: [("0.11", nil), ("2.7", nil), ("2.8", 87), ("4.3", 87)] as [(String, Int16?)])
    func noWholeBatch(release: String, expected: Int16?) throws {
        #expect(try code(release, []) == expected)
        #expect(try code(release, Array(one.dropLast(3))) == expected)
    }

    /// Before 2.1 and since 2.8 nobody looks at the records of Produce v2 before the log does.
    @Test(arguments: [("2.0", 0), ("2.1", nil), ("2.7", nil), ("2.8", 0), ("3.9", 0)] as [(String, Int16?)])
    func emptyRecordsOfOldVersions(release: String, expected: Int16?) throws {
        #expect(try code(release, [], version: 2) == expected)
    }

    @Test(arguments: [("0.11", nil), ("2.7", nil), ("2.8", 2)] as [(String, Int16?)])
    func bytesThatAreNoBatch(release: String, expected: Int16?) throws {
        #expect(try code(release, [UInt8](repeating: 0xff, count: 70)) == expected)
    }

    @Test(arguments: [("0.11", nil), ("2.7", nil), ("2.8", -1), ("3.7", -1)] as [(String, Int16?)])
    func nullRecords(release: String, expected: Int16?) throws {
        #expect(try code(release, nil) == expected)
    }

    @Test(arguments: [("1.1", -1), ("2.0", -1), ("2.1", 76), ("4.3", 76)] as [(String, Int16?)])
    func zstdBeforeItsVersion(release: String, expected: Int16?) throws {
        var builder = RecordBatchBuilder([Record(value: [1])])
        builder.header.attributes = 4
        #expect(try code(release, builder.build()) == expected)
    }

    /// A codec that is not defined fails the request where old versions look at it, else only the append.
    @Test func anUndefinedCodec() throws {
        var builder = RecordBatchBuilder([Record(value: [1])])
        builder.header.attributes = 5
        for (release, version) in [("1.1", 3), ("2.1", 3), ("2.1", 7), ("4.3", 3), ("4.3", 9)] as [(String, Int16)] {
            #expect(try code(release, builder.build(), version: version) == -1)
        }
    }

    @Test(arguments: [("0.11", 0), ("1.0.2", 0), ("1.1", 2), ("2.3", 2), ("2.4", 87)] as [(String, Int16?)])
    func anOffsetRangeThatIsNotTheCount(release: String, expected: Int16?) throws {
        var builder = RecordBatchBuilder([Record(value: [1]), Record(value: [2])])
        builder.header.lastOffsetDelta = 5
        #expect(try code(release, builder.build()) == expected)
    }

    /// Where the range is not looked at, the batch is stored so that its last offset is right.
    @Test func aWrongOffsetRangeIsStoredFromItsEnd() throws {
        let cluster = try TestCluster(release: "1.0.0")
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        _ = try connection.produce(one, version: 5)
        var builder = RecordBatchBuilder([Record(value: [1]), Record(value: [2])])
        builder.header.lastOffsetDelta = 4
        let answer = try connection.produce(builder.build(), version: 5)
        #expect(answer.errorCode == 0 && answer.baseOffset == 1)
        let log = try cluster.read()
        #expect(log.endOffsets["t"]?[0] == 3)
        #expect(log.batches.last?.header.baseOffset == -2)
    }

    @Test(arguments: [("2.0", 0), ("2.1", 53), ("4.3", 53)] as [(String, Int16?)])
    func aTransactionalBatchWithoutAnID(release: String, expected: Int16?) throws {
        #expect(try code(release, transactional(sequence: 0)) == expected)
    }

    @Test(arguments: [("2.0", 0), ("3.5", 0), ("3.6", 49), ("4.3", 49)] as [(String, Int16?)])
    func aTransactionalBatchOutsideATransaction(release: String, expected: Int16?) throws {
        #expect(try code(release, transactional(sequence: 0), transactionalID: "x") == expected)
    }

    /// Without a producer id the bit means nothing.
    @Test(arguments: ["2.3", "3.6", "4.3"]) func aTransactionalBatchOfNobodyIsTaken(release: String) throws {
        var builder = RecordBatchBuilder([Record(value: [1])])
        builder.header.attributes = 16
        #expect(try code(release, builder.build(), transactionalID: "x") == 0)
    }

    @Test func whatIsNotOfTheOpenTransactionIsRefused() throws {
        let cluster = try TestCluster(release: "2.3")
        defer { cluster.cluster.end() }
        let connection = try cluster.connect()
        var request = TestCluster.request(transactional(sequence: 0))
        request.transactionalID = "x"
        _ = try connection.produce(request, version: 7)
        let plain = TestCluster.batch(["b"], producer: 5, sequence: 1)
        #expect(try connection.produce(plain, version: 7).errorCode == 48)
    }

    private func transactional(sequence: Int32) -> [UInt8] {
        var builder = RecordBatchBuilder([Record(value: [1])], producerID: 5, producerEpoch: 0, baseSequence: sequence)
        builder.header.attributes = 16
        return builder.build()
    }

    @Test(arguments: [("1.1", 21), ("2.0", 3), ("4.3", 3)] as [(String, Int16?)])
    func aPartitionThatIsNotThereAndWrongAcks(release: String, expected: Int16?) throws {
        #expect(try code(release, one, acks: 2, partition: 7) == expected)
        #expect(try code(release, one, partition: 7) == 3)
    }

    /// Two entries for one partition: until 2.7 only the last counts; since then what can be appended is, and an error
    /// stays.
    @Test(arguments: [("2.7", false), ("2.8", true)])
    func anErrorOfAnotherEntryStays(release: String, stays: Bool) throws {
        for (first, second) in [(one, message(magic: 1)), (message(magic: 1), one)] {
            let cluster = try TestCluster(release: release)
            defer { cluster.cluster.end() }
            var request = TestCluster.request(first)
            request.topics[0].partitions.append(.init(index: 0, records: second))
            let answers = try #require(try cluster.connect().produce(request, version: 7)).topics[0].partitions
            #expect(answers.count == 1)
            let lastIsGood = second == one
            #expect(answers[0].errorCode == (stays || !lastIsGood ? 87 : 0))
            #expect(try cluster.read().endOffsets["t"]?[0] == (stays || lastIsGood ? 1 : 0))
        }
    }

    /// A missing key, told as each release tells it.
    @Test(arguments: ["2.3", "2.4", "2.5", "3.2", "3.5"])
    func badRecordsAreToldAsTheReleaseTellsThem(release: String) throws {
        let cluster = try TestCluster(
            release: release, topics: [.init(name: "t", properties: ["cleanup.policy": "compact"])])
        defer { cluster.cluster.end() }
        let version: Int16 = release == "2.3" ? 7 : 8
        let answer = try cluster.connect().produce(TestCluster.batch(["a", "b"]), version: version)
        let text = "Compacted topic cannot accept message without key in topic partition t-0"
        switch release {
        case "2.3": #expect(answer.errorCode == 2 && answer.errorMessage == nil && answer.logStartOffset == -1)
        case "2.4":
            #expect(answer.errorCode == 87 && answer.errorMessage == text + ".")
            #expect(answer.recordErrors.map(\.message) == [nil])
        case "2.5":
            #expect(answer.errorMessage == "One or more records have been rejected")
            #expect(answer.recordErrors.map(\.message) == [text + ".", text + "."])
        default:
            let told = text + (release == "3.5" ? "" : ".")
            let beginning = "One or more records have been rejected due to 2 record errors"
            #expect(answer.errorMessage?.hasPrefix(beginning) == true)
            #expect(answer.recordErrors.map(\.message) == [told, told])
        }
    }
}
