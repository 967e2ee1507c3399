import EvidenceModel
import KafkaWire
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct BodyTriggerTests {
    private func batch(producerID: Int64, baseSequence: Int32, size: Int = 100) -> [UInt8] {
        var header = RecordBatchHeader()
        header.producerID = producerID
        header.producerEpoch = 0
        header.baseSequence = baseSequence
        header.recordCount = 1
        header.batchLength = Int32(49 + size)
        var writer = ByteWriter()
        header.write(to: &writer)
        return writer.bytes + [UInt8](repeating: 3, count: size)
    }

    private func framed(_ body: [UInt8]) -> [UInt8] { Packets.big(UInt32(body.count)) + body }

    private func produce(
        _ correlation: Int32, version: Int16 = 7, _ parts: [(topic: String, partition: Int32, batch: [UInt8])]
    ) throws -> [UInt8] {
        var request = ProduceRequest()
        request.topics = parts.map {
            .init(name: $0.topic, partitions: [.init(index: $0.partition, records: $0.batch)])
        }
        var writer = ByteWriter()
        try RequestHeader(apiKey: .produce, apiVersion: version, correlationID: correlation, clientID: "test")
            .write(to: &writer)
        writer.version = version
        writer.flexible = APIKey.produce.isFlexible(version)
        try request.code(&writer)
        return framed(writer.bytes)
    }

    private func answer(
        _ correlation: Int32, version: Int16 = 7, topic: String, partition: Int32, error: Int16
    ) throws -> [UInt8] {
        var part = ProduceResponse.Partition()
        part.index = partition
        part.errorCode = error
        var entry = ProduceResponse.Topic()
        entry.name = topic
        entry.partitions = [part]
        var response = ProduceResponse()
        response.topics = [entry]
        var writer = ByteWriter()
        ResponseHeader.write(to: &writer, correlationID: correlation, apiKey: .produce, apiVersion: version)
        writer.version = version
        writer.flexible = APIKey.produce.isFlexible(version)
        try response.code(&writer)
        return framed(writer.bytes)
    }

    private func triggered(_ rig: CoreRig) throws -> [Int32] { try rig.log().compactMap(\.message?.correlationID) }

    @Test(arguments: [7, 60, 1000], [Int16(3), 7, 9])
    func requestsByTopicPartitionProducerAndSequence(_ segment: Int, _ version: Int16) throws {
        let changes: [(String, (inout MessageMatch) -> Void, [Int32])] = [
            ("topic", { $0.topic = "two" }, [2, 4]),
            ("partition", { $0.partition = 1 }, [3, 4]),
            (
                "both",
                {
                    $0.topic = "two"; $0.partition = 1
                }, [4]
            ),
            ("producer", { $0.producerID = 8 }, [3]),
            ("sequence", { $0.baseSequence = 15 }, [2]),
        ]
        for (name, change, wanted) in changes {
            let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["delay:1us"], change: change)])
            let talk = Conversation(rig)
            let requests = [
                try produce(1, version: version, [("one", 0, batch(producerID: 7, baseSequence: 0))]),
                try produce(2, version: version, [("two", 0, batch(producerID: 7, baseSequence: 15))]),
                try produce(3, version: version, [("one", 1, batch(producerID: 8, baseSequence: 0))]),
                try produce(
                    4, version: version,
                    [
                        ("one", 2, batch(producerID: 7, baseSequence: 30, size: 900)),
                        ("two", 1, batch(producerID: 7, baseSequence: 0)),
                    ]),
            ]
            talk.send(up: true, requests.flatMap { $0 }, segment: segment)
            #expect(Set(try triggered(rig)) == Set(wanted), "\(name)")
            #expect(rig.core.counters.triggers == UInt64(wanted.count), "\(name)")
        }
    }

    @Test func responsesByErrorTopicAndPartition() throws {
        let rig = try CoreRig([
            Faults.message(.response, "Produce", .nth([2]), do: ["delay:1ms"]) { $0.error = 45 }
        ])
        let talk = Conversation(rig)
        for correlation in Int32(1)...5 {
            talk.send(up: true, try produce(correlation, [("one", 0, batch(producerID: 1, baseSequence: 0))]))
        }
        for correlation in Int32(1)...5 {
            let error: Int16 = correlation % 2 == 0 ? 45 : 0
            talk.send(
                up: false, try answer(correlation, topic: "one", partition: 0, error: error), segment: 11)
        }
        #expect(Set(try triggered(rig)) == [4])
        #expect(rig.core.counters.triggers == 1)
    }

    @Test func responsesByTheirPartition() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .all, do: ["drop"]) { $0.partition = 1 }])
        let talk = Conversation(rig)
        for correlation in Int32(1)...3 {
            talk.send(up: true, try produce(correlation, [("one", 0, batch(producerID: 1, baseSequence: correlation))]))
        }
        for correlation in Int32(1)...2 {
            talk.send(up: false, try answer(correlation, topic: "one", partition: 3 - correlation, error: 0))
        }
        #expect(try triggered(rig) == [2])
    }

    @Test func responsesByTheBatchOfTheirRequest() throws {
        let rig = try CoreRig([
            Faults.message(.response, "Produce", .all, do: ["drop"]) { $0.baseSequence = 15 }
        ])
        let talk = Conversation(rig)
        talk.send(up: true, try produce(1, [("one", 0, batch(producerID: 1, baseSequence: 0))]))
        talk.send(up: true, try produce(2, [("one", 0, batch(producerID: 1, baseSequence: 15))]))
        talk.send(up: false, try answer(1, topic: "one", partition: 0, error: 0))
        talk.send(up: false, try answer(2, topic: "one", partition: 0, error: 0))
        #expect(try triggered(rig) == [2])
    }

    @Test func aTriggerByRequestFiresWhateverItsPlaceInTheList() throws {
        var faults = (0..<70).map { (index: Int) in
            Faults.message(.request, "Produce", .nth([9999]), do: ["drop"], id: "fault-\(index)")
        }
        faults.append(
            Faults.message(.response, "Produce", .all, do: ["drop"], id: "fault-70") { $0.baseSequence = 15 })
        let rig = try CoreRig(faults)
        let talk = Conversation(rig)
        talk.send(up: true, try produce(1, [("one", 0, batch(producerID: 1, baseSequence: 15))]))
        talk.send(up: false, try answer(1, topic: "one", partition: 0, error: 0))
        #expect(try triggered(rig) == [1])
    }

    /// From version 13 on Produce names topics by their ids.
    @Test func topicsByTheIdThatMetadataGave() throws {
        let rig = try CoreRig([
            Faults.message(.request, "Produce", .all, do: ["drop"]) { $0.topic = "one" },
            Faults.message(.response, "Produce", .all, do: ["drop"], id: "fault-1") { $0.topic = "two" },
        ])
        let talk = Conversation(rig)
        let (one, two) = (KafkaUUID(high: 1, low: 2), KafkaUUID(high: 1, low: 3))
        func produce(_ correlation: Int32, to id: KafkaUUID) throws {
            var request = ProduceRequest()
            request.topics = [
                .init(
                    name: "", topicID: id,
                    partitions: [.init(index: 0, records: batch(producerID: 1, baseSequence: 0))])
            ]
            talk.send(up: true, try frame(request, .produce, 13, correlation), segment: 50)
            var response = ProduceResponse()
            var topic = ProduceResponse.Topic()
            topic.topicID = id
            topic.partitions = [ProduceResponse.Partition()]
            response.topics = [topic]
            talk.send(up: false, try frame(response, .produce, 13, correlation), segment: 50)
        }
        try produce(1, to: one)
        talk.send(up: true, try frame(MetadataRequest(), .metadata, 12, 2))
        var metadata = MetadataResponse()
        metadata.topics = [.init(), .init()]
        (metadata.topics[0].name, metadata.topics[0].topicID) = ("one", one)
        (metadata.topics[1].name, metadata.topics[1].topicID) = ("two", two)
        talk.send(up: false, try frame(metadata, .metadata, 12, 2), segment: 30)
        try produce(3, to: one)
        try produce(4, to: two)
        #expect(try Set(triggered(rig)) == [3, 4], "nothing is known of the topic before Metadata came")
        #expect(rig.core.counters.triggers == 2)
    }

    private func frame(_ message: some FieldCodable, _ api: APIKey, _ version: Int16, _ correlation: Int32) throws
        -> [UInt8]
    {
        var writer = ByteWriter()
        if message is ProduceRequest || message is MetadataRequest {
            try RequestHeader(apiKey: api, apiVersion: version, correlationID: correlation, clientID: "test")
                .write(to: &writer)
        } else {
            ResponseHeader.write(to: &writer, correlationID: correlation, apiKey: api, apiVersion: version)
        }
        writer.version = version
        writer.flexible = api.isFlexible(version)
        var message = message
        try message.code(&writer)
        return framed(writer.bytes)
    }

    @Test func bodiesThatMakeNoSenseDoNotMatchAndDoNotTrap() throws {
        let rig = try CoreRig([
            Faults.message(.request, "Produce", .all, do: ["drop"]) { $0.topic = "one" },
            Faults.message(.response, "Produce", .all, do: ["drop"], id: "fault-1") { $0.error = 45 },
        ])
        let talk = Conversation(rig)
        for size in 0..<60 {
            talk.send(up: true, Packets.request(correlation: Int32(size), body: size))
            talk.send(up: false, Packets.response(correlation: Int32(size), body: size))
        }
        #expect(rig.core.counters.triggers == 0)
        #expect(rig.core.counters.responses == 60)
        #expect(rig.isBalanced)
    }
}
